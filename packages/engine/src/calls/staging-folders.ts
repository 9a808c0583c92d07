/**
 * The staging folders of a run, in which outputs are made before they are renamed.
 *
 * A rename works only within one file system, so each file system has a folder: `.braid/staging/<run>` on its own one,
 * and a hidden folder on any other, as far up as the run may write. Two mounts may look like one file system and still
 * refuse a rename. After the first refusal, outputs are staged in a folder beside their final place.
 *
 * Invariant: a hidden folder is recorded in `.braid/elsewhere/<run>` before it is made, so that a later run finds it
 * after a kill.
 */
import { basename, join } from "node:path/posix";
import { type FileSystem, ownFolder } from "../disk/files.ts";
import { folderOf, type Location, locator } from "../disk/locate.ts";
import { cannot } from "../errors.ts";

export const stagingRoot = ".braid/staging";
/** Older versions moved discarded files there. */
const parents = [stagingRoot, ".braid/trash"];
const records = ".braid/elsewhere";
const hidden = (run: string) => `${ownFolder}${run}`;

/** A staging folder, for one file system. */
export interface StagingFolder {
  /** A path in it that is unique in the run. */
  next(): string;
  /** Its job folders that are empty and free again. */
  readonly free: string[];
}

export interface StagingFolders {
  /** Where to stage the outputs for `folder`. Throws if nothing can be written there. */
  folderFor(folder: string): StagingFolder;
  /** Where to stage them from now on, after a rename from there into `folder` was refused. */
  beside(folder: string): StagingFolder;
}

/** The staging of one run; `locate` may already know where folders are. */
export function stagingFolders(files: FileSystem, run: string, locate = locator(files)): StagingFolders {
  const byDevice = new Map<number | null, StagingFolder>();
  const byFolder = new Map<string, StagingFolder>();
  // One counter for all folders, because two links may lead to the same one.
  let made = 0;
  const ownPath = `${stagingRoot}/${run}`;
  const own = staged(ownPath);
  byDevice.set(null, own);
  byDevice.set(files.place(ownPath)?.device ?? null, own);

  function staged(path: string): StagingFolder {
    files.makeFolder(path);
    return { next: () => `${path}/${made++}`, free: [] };
  }

  function hiddenIn(folder: string): StagingFolder {
    const path = join(folder, hidden(run));
    files.makeFolder(records);
    const record = files.openAppend(`${records}/${run}`);
    record.append(`${JSON.stringify(path)}\n`);
    record.close();
    return staged(path);
  }

  return {
    folderFor(folder) {
      let found = byFolder.get(folder);
      if (found !== undefined) return found;
      const location = locate(folder);
      checkLocation(files, folder, location);
      found = byDevice.get(location.device);
      if (found === undefined) {
        found = hiddenIn(location.top!);
        byDevice.set(location.device, found);
      }
      byFolder.set(folder, found);
      return found;
    },
    beside(folder) {
      const found = hiddenIn(folder);
      byFolder.set(folder, found);
      return found;
    },
  };
}

/** An output, and whether it is a folder that its job makes as a whole. */
export interface OutputPlace {
  readonly path: string;
  readonly directory: boolean;
}

/**
 * Throws, before any job runs, if one of these outputs could not be put in place. Checks each folder once, and each
 * output that is a folder itself.
 */
export function checkOutputFolders(
  files: FileSystem,
  outputs: Iterable<OutputPlace>,
  locate = locator(files),
): void {
  for (const { path, directory } of outputs) {
    const folder = folderOf(path);
    const location = locate(folder);
    checkLocation(files, folder, location);
    if (!directory) continue;
    const itself = locate(path);
    if (itself.existing !== path || itself.device === location.device) continue;
    // The link itself is replaced, whatever it points to.
    if (files.linkStat(path)?.link === true) continue;
    throw cannot("make", path, "it is a mount point, which no job can replace with its folder", {
      hint: "Let the rule make a folder inside it.",
    });
  }
}

function checkLocation(files: FileSystem, folder: string, location: Location): void {
  const { existing, writable, broken, file } = location;
  if (file !== undefined)
    throw cannot("make outputs in", folder, `"${file}" is a file`, {
      hint: "Move the file away, or give the rule another output.",
    });
  if (broken !== undefined)
    throw cannot("make outputs in", folder, `"${broken}" is a link that points nowhere`, {
      facts: [["link to", files.readLink(broken)]],
      hint: "Mount the disk if it is missing, or correct the link.",
    });
  if (!writable)
    throw cannot("make outputs in", folder, `"${existing === "" ? "." : existing}" is not writable`, {
      facts: existing === "" ? [] : [["folder", files.physical(existing)]],
      hint: "Make the folder writable, or give the rule another output folder.",
    });
}

/** True for the error of a rename to another file system. */
export function leavesDisk(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === "EXDEV";
}

/** The run whose staging folder contains a path. */
export function runOfStaging(path: string): string | undefined {
  return /(?:^|\/)\.braid(?:\/staging\/|-staging-)([^/]+)/.exec(path)?.[1];
}

/**
 * Removes what runs left in staging, on all disks. `isInUse` says whether a run may still write there. Warns of folders
 * that cannot be removed; the next call finds them again.
 */
export function removeStaging(
  files: FileSystem,
  isInUse: (run: string) => boolean,
  warn: (text: string) => void,
): void {
  const runs = new Set([...parents, records].flatMap((folder) => files.list(folder) ?? []));
  for (const run of runs) if (!isInUse(run)) removeFolders(files, run, warn);
  for (const folder of [...parents, records]) files.removeEmpty(folder);
}

function removeFolders(files: FileSystem, run: string, warn: (text: string) => void): void {
  const record = `${records}/${run}`;
  let left = false;
  for (const folder of [...parents.map((parent) => `${parent}/${run}`), ...recorded(files, run)])
    try {
      files.remove(folder);
    } catch (error) {
      left = true;
      warn(`"${folder}" cannot be removed yet: ${(error as Error).message}`);
    }
  if (!left) files.remove(record);
}

/** The hidden folders of a run. Anything else in a damaged record is ignored. */
function recorded(files: FileSystem, run: string): string[] {
  const record = `${records}/${run}`;
  if (files.stat(record) === null) return [];
  const lines = new TextDecoder().decode(files.read(record)).split("\n");
  return lines.flatMap((line) => {
    try {
      const path: unknown = JSON.parse(line);
      return typeof path === "string" && basename(path) === hidden(run) ? [path] : [];
    } catch {
      // A kill cut the line off: that folder was never made.
      return [];
    }
  });
}
