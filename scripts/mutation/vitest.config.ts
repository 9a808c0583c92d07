/** The tests that one run of Stryker uses: BRAID_MUTATION_TESTS lists their globs. */
import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // biome-ignore lint/suspicious/noUndeclaredEnvVars: no task of turbo reads it.
    include: JSON.parse(process.env.BRAID_MUTATION_TESTS ?? "[]") as string[],
    exclude: ["**/node_modules/**", "**/dist/**"],
    setupFiles: [join(import.meta.dirname, "activate.ts")],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
