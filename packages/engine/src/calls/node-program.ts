/** How to start other Node processes and threads like this one: the program, and the cache of compiled code. */
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";

/**
 * The program that starts Node as this process was started. On a system whose glibc is older than Node needs it is
 * started through another loader, which is what `process.execPath` then names: the starter says in BRAID_NODE what
 * to call instead.
 */
export function nodeProgram(): string {
  return process.env.BRAID_NODE ?? process.execPath;
}

/** The value of `NODE_COMPILE_CACHE` for them; empty if nothing is cached. */
export function compileCache(): { readonly NODE_COMPILE_CACHE?: string } {
  const folder = getCompileCacheDir();
  // Node itself appends the last part, its version.
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}
