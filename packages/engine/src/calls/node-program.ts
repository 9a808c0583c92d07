/** How other Node processes and threads start as this one did: the program to call, and the cache of compiled code. */
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

/** What `NODE_COMPILE_CACHE` is to be for them; empty where nothing is kept. */
export function compileCache(): { readonly NODE_COMPILE_CACHE?: string } {
  const folder = getCompileCacheDir();
  // Its last part is the version of Node, which Node adds by itself.
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}
