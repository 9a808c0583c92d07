/** Renames the outputs of a job into place, all of them or none, on whatever disks they are. */
import { fileErrorCause, isDiskFullError } from "../disk/file-errors.ts";
import type { FileSystem } from "../disk/files.ts";
import { folderOf } from "../disk/locate.ts";
import { cannot } from "../errors.ts";
import { foldersAbove } from "../patterns/pattern.ts";
import { checkEmpty, notFolderError } from "./output-checks.ts";
import { leavesDisk, type StagingFolder, type StagingFolders } from "./staging-folders.ts";

/** An old output that was moved away. */
export interface ReplacedOutput {
  readonly path: string;
  /** The new path, below `.braid/replaced/<run>`. */
  readonly to: string;
}

/** An output that was made in staging. */
export interface StagedOutput {
  readonly path: string;
  readonly from: string;
  readonly directory: boolean;
}

export interface OutputPlacer {
  /** Makes a folder and those above it; once in a run. */
  makeFolder(folder: string): void;
  /**
   * Puts outputs that were staged in `within` into place. If one of them cannot be, it throws, and the old outputs return.
   * Returns the old outputs that `old.keep` has asked to keep.
   */
  place(outputs: readonly StagedOutput[], within: StagingFolder, old: OldOutputs): readonly ReplacedOutput[];
}

/** What becomes of the outputs that stand. */
export interface OldOutputs {
  /** True if somebody has edited an output, so that it must be kept. Asked after `stay`. */
  keep(path: string): boolean;
  /** Which files and folders in an old folder stay where they are when the one at `staged` takes its place; by their paths inside it. */
  stay(path: string, staged: string): Iterable<string>;
}

export function outputPlacer(files: FileSystem, run: string, stagingRoots: StagingFolders): OutputPlacer {
  const madeFolders = new Set<string>();
  const placeOf = (path: string) => stagingRoots.folderFor(folderOf(path));

  function makeFolderOnce(folder: string): void {
    if (folder === "" || madeFolders.has(folder)) return;
    try {
      files.makeFolder(folder);
    } catch (error) {
      throw notFolderError(files, folder, error);
    }
    madeFolders.add(folder);
  }

  /** Copies an output to the disk of `path` if a rename cannot move it there; returns where it is now. */
  function copyFor(path: string, from: string, to: StagingFolder): string {
    const copy = to.next();
    try {
      files.duplicate(from, copy);
    } catch (error) {
      files.remove(copy);
      if (isDiskFullError(error)) throw error;
      throw cannot("keep", path, "it cannot be copied to the disk of its folder", {
        facts: [["reason", (error as Error).message]],
        cause: error,
      });
    }
    return copy;
  }

  /**
   * Renames a file from the disk of `disk`. If the target is on another disk, it copies the file and keeps the
   * original.
   */
  function move(from: string, to: string, disk: StagingFolder): void {
    try {
      files.rename(from, to);
    } catch (error) {
      if (!leavesDisk(error)) throw error;
      const place = placeOf(to);
      const other = place === disk ? stagingRoots.beside(folderOf(to)) : place;
      files.rename(copyFor(to, from, other), to);
    }
  }

  /** Moves an old output to staging, on its own disk. */
  function clear(path: string): ReplacedOutput {
    let to = placeOf(path).next();
    try {
      files.rename(path, to);
    } catch (error) {
      if (!leavesDisk(error)) throw cannot("replace", path, fileErrorCause(error as Error), { cause: error });
      to = stagingRoots.beside(folderOf(path)).next();
      files.rename(path, to);
    }
    return { path, to };
  }

  function setAside(path: string, name = run): ReplacedOutput {
    const to = `.braid/replaced/${name}/${path}`;
    makeFolderOnce(folderOf(to));
    move(path, to, placeOf(path));
    if (files.linkStat(path) !== null) clear(path);
    return { path, to };
  }

  function putBack({ path, to }: ReplacedOutput): void {
    move(to, path, placeOf(to));
    files.remove(to);
  }

  /** Moves what stays in a folder to the new one. It waits in `.braid/replaced`, where a run that is killed leaves it. */
  function returnStaying(staying: readonly ReplacedOutput[]): void {
    for (const one of staying) {
      files.makeFolder(folderOf(one.path));
      putBack(one);
    }
    const above = new Set(staying.flatMap(({ to }) => [...foldersAbove(to)]));
    for (const folder of [...above].sort((a, b) => b.length - a.length)) {
      files.removeEmpty(folder);
      madeFolders.delete(folder);
    }
  }

  return {
    makeFolder: makeFolderOnce,
    place(outputs, within, { keep, stay }) {
      const placed: string[] = [];
      const aside: ReplacedOutput[] = [];
      const cleared: ReplacedOutput[] = [];
      const copies: string[] = [];
      const staying: ReplacedOutput[] = [];
      try {
        const moves = outputs.map(({ path, from, directory }) => {
          makeFolderOnce(folderOf(path));
          const place = placeOf(path);
          const copy = place === within ? null : copyFor(path, from, place);
          if (copy !== null) copies.push(copy);
          const old = files.linkStat(path);
          if (old?.directory === true && !directory) checkEmpty(files, path);
          return { path, from: copy ?? from, directory, old };
        });
        for (const [i, { path, from, directory, old }] of moves.entries()) {
          const isLast = i === moves.length - 1;
          const names = old?.directory && directory ? stay(path, from) : [];
          // Replacing a link loses nothing: its target stays.
          const isKept = old !== null && !old.link && keep(path);
          // A folder cannot be renamed over, and what is renamed over cannot return. Between these two renames nothing
          // stands there, and a run that is killed at that instant makes the output again.
          const isCleared = !isKept && old !== null && (old.directory || directory || !isLast);
          for (const name of names) staying.push(setAside(`${path}/${name}`, `${run}-others`));
          const replaced = isKept ? setAside(path) : isCleared ? clear(path) : undefined;
          if (replaced !== undefined) (isKept ? aside : cleared).push(replaced);
          move(from, path, placeOf(path));
          placed.push(path);
        }
        returnStaying(staying);
      } catch (error) {
        for (const { path, to } of staying) if (files.linkStat(to) === null) putBack({ path: to, to: path });
        for (const path of [...placed, ...copies]) files.remove(path);
        for (const old of [...aside, ...cleared]) putBack(old);
        returnStaying(staying);
        throw error;
      }
      return aside;
    },
  };
}
