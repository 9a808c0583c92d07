/** Compiles the native kernel into a cache of the test's own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { compileNative } from "../compile.ts";

/** Its library, which from here on is the one that this process finds; null, said aloud, where no compiler is. */
export async function compileForTests(): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), "braid-native-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  process.env.XDG_CACHE_HOME = folder;
  try {
    return await compileNative();
  } catch (error) {
    if (process.env.CI !== undefined) throw error;
    console.warn(`Skipped the tests of native: ${(error as Error).message}`);
    return null;
  }
}
