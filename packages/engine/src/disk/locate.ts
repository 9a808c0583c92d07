/**
 * The file systems of folders, including folders that do not exist yet.
 *
 * Each folder is checked once. If its parent does not exist, a folder is not checked at all: it will be on the same
 * file system as its parent.
 */
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path/posix";
import type { FileSystem } from "./files.ts";

export interface Location {
  /** The folder itself, or the deepest existing folder above it. */
  readonly existing: string;
  /** The number of its file system; null if even the working folder does not exist yet. */
  readonly device: number | null;
  /** Whether it is writable. */
  readonly writable: boolean;
  /** The highest writable folder on the same file system, above it or itself; null if there is none. */
  readonly top: string | null;
  /** The path of a broken link or of a file in the way, if there is one. */
  readonly broken?: string;
  readonly file?: string;
}

/** Paths are as the user gave them. `..` after a link means the parent of the link's target. */
export function locator(files: FileSystem): (folder: string) => Location {
  const known = new Map<string, Location>();

  function find(folder: string): Location {
    const above = folder === "" || folder === "/" ? undefined : locate(folderOf(folder));
    if (above !== undefined && above.existing !== folderOf(folder)) return above;
    if (above?.broken !== undefined || above?.file !== undefined) return above;
    const place = files.place(folder);
    if (place !== null) {
      const { device, writable } = place;
      const shared = above?.device === device ? above.top : null;
      return { existing: folder, device, writable, top: shared ?? (writable ? folder : null) };
    }
    // The working folder itself is made when a run begins.
    if (above === undefined) return { existing: folder, device: null, writable: true, top: folder };
    const found = files.linkStat(folder);
    if (found === null) return above;
    return files.stat(folder) === null ? { ...above, broken: folder } : { ...above, file: folder };
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

/** The path relative to the working folder: empty for the folder itself, null outside of it. */
export function pathInside(files: Pick<FileSystem, "real">, path: string): string | null {
  if (!isAbsolute(path) && !path.split("/").includes("..")) return path === "." ? "" : path;
  const root = resolve(files.real("."));
  const inside = relative(root, resolve(root, path));
  return isAbsolute(inside) || inside.split("/")[0] === ".." ? null : inside;
}

/**
 * Returns a function that lists the other paths of a file, from the working folder, where a folder on the way to it is a
 * link: below the working folder, or below one of `folders`, which may be links to other disks. Each folder is looked at
 * once.
 */
export function linkedPaths(
  files: Pick<FileSystem, "linkStat" | "physical">,
  folders: readonly string[],
): (path: string) => string[] {
  const known = new Map<string, string>();

  /** The absolute path of a folder, with its links followed as far as they lead somewhere. */
  function physical(folder: string): string {
    let found = known.get(folder);
    if (found === undefined) {
      const isTop = folder === "" || folder === "/";
      found = isTop ? resolve(files.physical(folder || ".")) : follow(folder);
      known.set(folder, found);
    }
    return found;
  }

  function follow(folder: string): string {
    try {
      if (files.linkStat(folder)?.link) return resolve(files.physical(folder));
    } catch {
      // It leads nowhere, or may not be looked at: whoever opens the file says so.
    }
    return join(physical(folderOf(folder)), basename(folder));
  }

  let places: { readonly folder: string; readonly at: string }[] | undefined;
  return (path) => {
    places ??= [...new Set(["", ...folders])].map((folder) => ({ folder, at: physical(folder) }));
    const file = join(physical(folderOf(path)), basename(path));
    const paths = places.flatMap(({ folder, at }) =>
      file === at || file.startsWith(`${at}/`) ? [join(folder, file.slice(at.length + 1))] : [],
    );
    return [...new Set(paths)].filter((other) => other !== path && other !== ".");
  };
}

/** Where a link leads, as an absolute path; null for anything but a link. */
export function linkTarget(
  files: Pick<FileSystem, "linkStat" | "physical" | "readLink">,
  path: string,
): string | null {
  return files.linkStat(path)?.link ? resolve(files.physical(dirname(path)), files.readLink(path)) : null;
}

/** As `linkedPaths`, for a file that may be a link itself: the paths of each file that it leads to count too. */
export function linkedFiles(
  files: Pick<FileSystem, "linkStat" | "physical" | "readLink">,
  folders: readonly string[],
): (path: string) => string[] {
  const pathsOf = linkedPaths(files, folders);
  return (path) => {
    const passed = new Set([path]);
    try {
      for (const at of passed) {
        const next = linkTarget(files, at);
        if (next !== null) passed.add(next);
      }
    } catch {
      // It may not be looked at: whoever opens the file says so.
    }
    return [...passed].flatMap(pathsOf);
  };
}
