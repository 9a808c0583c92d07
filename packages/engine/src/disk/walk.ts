/** Walks through folders. Links are followed, but not in circles. */
import { cannot } from "../errors.ts";
import { FileAccessError, shortPath, wrapFileErrors } from "./file-errors.ts";
import type { FileStat, FileSystem } from "./files.ts";

/** A folder of the walk, and its parent. */
export interface WalkedFolder {
  /** Empty for the working folder. */
  readonly path: string;
  readonly inode: number | undefined;
  readonly within: WalkedFolder | null;
}

export interface Entry {
  readonly name: string;
  readonly path: string;
  /** Null for a link that points nowhere. */
  readonly stat: FileStat | null;
  /** Set for a folder, unless it is a link to a folder that is being walked. */
  readonly folder: WalkedFolder | null;
}

/** The folder at which a walk begins. */
export function startWalk(files: FileSystem, path: string): WalkedFolder {
  return { path, inode: files.stat(place(path))?.inode, within: null };
}

/** The entries of a folder, sorted by name. Throws if a name is not valid UTF-8. */
export function listEntries(files: FileSystem, within: WalkedFolder): Entry[] {
  const at = place(within.path);
  const names = wrapFileErrors("read the folder", at, () => files.list(at)) ?? [];
  return names.map((name) => {
    const path = within.path === "" ? name : `${within.path}/${name}`;
    const stat = wrapFileErrors("look at", path, () => files.stat(path));
    if (stat === null && name.includes("\uFFFD") && files.linkStat(path) === null)
      throw invalidNameError(at, name);
    const folder = stat?.directory ? { path, inode: stat.inode, within } : null;
    return { name, path, stat, folder: folder !== null && isLinkCycle(files, folder) ? null : folder };
  });
}

function place(path: string): string {
  return path === "" ? "." : path;
}

/** True for a folder inside itself, by a link. The paths are compared too: other disks may have the same inodes. */
function isLinkCycle(files: FileSystem, { path, inode, within }: WalkedFolder): boolean {
  if (inode === undefined) return false;
  for (let one = within; one !== null; one = one.within)
    if (one.inode === inode && files.physical(place(one.path)) === files.physical(path)) return true;
  return false;
}

/** Node replaces the bytes of a name that are not UTF-8, so that no file has the name that it returns. */
function invalidNameError(folder: string, name: string): Error {
  const cause = `the name of a file in it is not UTF-8: "${name}"`;
  const hint = "Rename the file; `ls -b` shows its name.";
  return new FileAccessError(cannot("read the folder", shortPath(folder), cause, { hint }).message);
}
