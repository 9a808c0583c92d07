import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseBackend, openBackend } from "@braid/lstm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { compileNative, nativeLibrary } from "./compile.ts";

const packages = { native: () => import("./index.ts") };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-native-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("the native backend", () => {
  test("is never compiled behind the user's back", async () => {
    const message =
      'Cannot open the backend "native": its kernel was not compiled for this processor\n' +
      "  Run `pnpm run setup native`, which uses this machine's C compiler.\n" +
      "  `backend: wasm` needs none.";
    await expect(openBackend("native", { packages })).rejects.toThrow(message);
    // Before a run starts, too.
    await expect(chooseBackend("native", null, { packages })).rejects.toThrow(message);
    expect(await chooseBackend("auto", null, { packages, environment: {} })).not.toMatchObject({
      backend: "native",
    });
  });

  test("says what to install where there is no compiler", async () => {
    await expect(compileNative("no-such-cc")).rejects.toThrow(
      'Cannot compile the native kernel: there is no C compiler "no-such-cc"\n' +
        "  Install one (Debian: gcc; macOS: xcode-select --install), or name it: CC=clang pnpm run setup native\n" +
        "  `backend: wasm` needs none.",
    );
  });

  test("says what the compiler said where it refuses", async () => {
    const compiler = join(folder, "cc");
    writeFileSync(compiler, "#!/bin/sh\necho 'kernel.c: no such vectors' >&2\nexit 1\n", { mode: 0o755 });
    await expect(compileNative(compiler)).rejects.toThrow(
      `Cannot compile the native kernel: ${compiler} refuses it\n  kernel.c: no such vectors`,
    );
  });

  test("says so where its library does not open", async () => {
    const compiler = join(folder, "cc");
    writeFileSync(compiler, '#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\necho broken > "$2"\n', {
      mode: 0o755,
    });
    expect(readFileSync(await compileNative(compiler), "utf8")).toBe("broken\n");
    await expect(openBackend("native", { packages })).rejects.toThrow(
      `Cannot open the native kernel's library: ${nativeLibrary()}: `,
    );
  });
});
