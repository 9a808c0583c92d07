/**
 * What stands on disk, for one plan.
 *
 * A folder known to be absent answers for everything below it: planning 82,000 jobs of which nothing is
 * built costs a handful of system calls.
 */
import type { FileStat, FileSystem } from "./files.ts";
import { folderOf } from "./locate.ts";

export interface Inventory {
  stat(path: string): FileStat | null;
}

export function inventory(files: FileSystem): Inventory {
  const absent = new Map<string, boolean>([["", false]]);
  // Paths come folder by folder: most questions are about the one of the last answer.
  let lastFolder = "";
  let lastAbsent = false;

  /** True if `folder` is already known to be missing, by itself or through one above it. */
  function knownAbsent(folder: string): boolean {
    const known = absent.get(folder);
    if (known !== undefined) return known;
    const above = folderOf(folder);
    if (above === folder || !knownAbsent(above)) return false;
    absent.set(folder, true);
    return true;
  }

  /** Called when something in `folder` was not found: learns how far up the absence goes. */
  function learn(folder: string): boolean {
    const known = absent.get(folder);
    if (known !== undefined) return known;
    const missing = learn(folderOf(folder)) || files.stat(folder) === null;
    absent.set(folder, missing);
    return missing;
  }

  return {
    stat(path) {
      const slash = path.lastIndexOf("/");
      if (slash !== lastFolder.length || !path.startsWith(lastFolder)) {
        lastFolder = folderOf(path);
        lastAbsent = knownAbsent(lastFolder);
      }
      if (lastAbsent) return null;
      const found = files.stat(path);
      if (found === null) lastAbsent = learn(lastFolder);
      return found;
    },
  };
}
