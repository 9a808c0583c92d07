/**
 * On which file system folders lie, those too that are yet to be made.
 *
 * A folder is asked for once, and one that stands nowhere not at all if the one above does not stand either: it will
 * be made where that one lies.
 */
import type { FileSystem } from "./files.ts";

export interface Location {
  /** The folder itself, or the deepest one above it that stands. */
  readonly standing: string;
  /** The number of its file system; null where not even the working folder stands yet. */
  readonly device: number | null;
  /** Whether files can be made in it. */
  readonly writable: boolean;
  /** The highest folder above, or itself, that lies on the same file system and takes files; null where none does. */
  readonly top: string | null;
  /** A link that points nowhere stands in the way, by its path. */
  readonly broken?: string;
}

/** Paths are as the user gave them: what links in them lead to counts, not where `..` leads without them. */
export function locator(files: FileSystem): (folder: string) => Location {
  const known = new Map<string, Location>();

  function find(folder: string): Location {
    const above = folder === "" || folder === "/" ? undefined : locate(folderOf(folder));
    if (above !== undefined && (above.broken !== undefined || above.standing !== folderOf(folder)))
      return above;
    const place = files.place(folder);
    if (place !== null) {
      const { device, writable } = place;
      const shared = above?.device === device ? above.top : null;
      return { standing: folder, device, writable, top: shared ?? (writable ? folder : null) };
    }
    // The working folder itself is made when a run begins.
    if (above === undefined) return { standing: folder, device: null, writable: true, top: folder };
    return files.linkStat(folder)?.link === true ? { ...above, broken: folder } : above;
  }

  function locate(folder: string): Location {
    let found = known.get(folder);
    if (found === undefined) {
      found = find(folder);
      known.set(folder, found);
    }
    return found;
  }

  return locate;
}

/** The folder that a path lies in: empty for the working folder. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === 0 && path.length > 1 ? "/" : path.slice(0, Math.max(0, slash));
}
