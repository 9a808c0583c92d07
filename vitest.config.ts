/** One run over every package: unit tests beside the sources, scenarios in test/. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "{packages,experiments}/*/**/*.test.ts",
      "data/**/*.test.ts",
      "test/**/*.test.ts",
      "scripts/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/dist/**"],
    setupFiles: ["test/support/property-seed.ts"],
    // A busy machine is no failure: these only end what hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Only with --coverage. Programs that tests start are not seen: the table is a lower bound.
    coverage: {
      provider: "v8",
      include: ["{packages,experiments,data}/**/*.ts", "scripts/**/*.ts"],
      exclude: [
        "**/*.test.ts",
        "**/testing/**",
        "**/testing.ts",
        "**/bench/**",
        "**/assembly/**",
        "**/dist/**",
      ],
      reporter: ["text"],
    },
  },
});
