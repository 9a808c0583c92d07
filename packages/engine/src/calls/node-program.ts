/** How other Node processes and threads start as this one did: the program to call, and the cache of compiled code. */
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
export function nodeProgram(): string {
  return process.env.BRAID_NODE ?? process.execPath;
}

/** What `NODE_COMPILE_CACHE` is to be for them; empty where nothing is kept. */
export function compileCache(): { readonly NODE_COMPILE_CACHE?: string } {
  const folder = getCompileCacheDir();
  // Its last part is the version of Node, which Node adds by itself.
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}
