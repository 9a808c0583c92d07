/** Libraries of our own in the place of a GPU's, for tests: compiled here, and set by variables that C reads. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import koffi from "koffi";

/** The library made of a file beside this one, or null, said aloud, where there is no C compiler; CI has one. */
export function compileStandIn(
  source: string,
  library: string,
  ...options: readonly string[]
): string | null {
  const file = fileURLToPath(new URL(source, import.meta.url));
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, file, ...options], { stdio: "pipe" });
    return library;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || process.env.CI !== undefined) throw error;
    console.warn(`Skipped the tests with ${source}: there is no C compiler \`cc\``);
    return null;
  }
}

let setenv: ((name: string, value: string, overwrite: number) => number) | undefined;

/** Sets a variable of C's environment, which process.env of a test worker is a copy of. */
export function setInC(name: string, value: string): void {
  setenv ??= koffi.load("libc.so.6").func("int setenv(const char *, const char *, int)");
  setenv!(name, value, 1);
}
