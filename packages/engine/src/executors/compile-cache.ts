/** Where this process keeps what it has compiled: threads and runners that find it there need not do it again. */
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";

/** What `NODE_COMPILE_CACHE` is to be for them; empty where nothing is kept. */
export function compileCache(): { readonly NODE_COMPILE_CACHE?: string } {
  const folder = getCompileCacheDir();
  // Its last part is the version of Node, which Node adds by itself.
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}
