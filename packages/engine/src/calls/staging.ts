/**
 * The folders of a run in which outputs are made before they stand under their names.
 *
 * A rename does not leave a file system, so there is one folder on each: `.braid/staging/<run>` serves all outputs that
 * lie where it lies; for another disk it is a hidden folder there, as far up as the run may write. Two mounts may look
 * like one file system and still refuse a rename: the first refusal sends what follows to a folder beside the output.
 *
 * Invariant: a hidden folder is recorded in `.braid/elsewhere/<run>` before it is made, so that a later run finds
 * what a killed one left.
 */
import { basename, join } from "node:path/posix";
import { type FileSystem, ownFolder } from "../disk/files.ts";
import { folderOf, type Location, locator } from "../disk/locate.ts";
import { cannot } from "../errors.ts";

const home = ".braid/staging";
/** Older versions moved discarded files there. */
const parents = [home, ".braid/trash"];
const records = ".braid/elsewhere";
const hidden = (run: string) => `${ownFolder}${run}`;

/** A staging folder, for one file system. */
export interface StagingFolder {
  /** A path in it that is unique in the run. */
  next(): string;
  /** Its job folders that are empty and free again. */
  readonly free: string[];
}

export interface Staging {
  /** Where to stage the outputs for `folder`. Throws if nothing can be written there. */
  folderFor(folder: string): StagingFolder;
  /** Where to stage them from now on, after a rename from there into `folder` was refused. */
  beside(folder: string): StagingFolder;
}

/** The staging of one run; `locate` may already know where folders are. */
export function staging(files: FileSystem, run: string, locate = locator(files)): Staging {
  const byDevice = new Map<number | null, StagingFolder>();
  const byFolder = new Map<string, StagingFolder>();
  // One counter for all folders, because two links may lead to the same one.
  let made = 0;
  const ownPath = `${home}/${run}`;
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
 * Throws where one of these outputs could not be put in place: before any job runs. Asks the disk once for each folder,
 * and for each output that is a folder itself.
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
    if (itself.standing !== path || itself.device === location.device) continue;
    // The link itself is replaced, whatever it points to.
    if (files.linkStat(path)?.link === true) continue;
    throw cannot("make", path, "it is a mount point, which no job can replace with its folder", {
      hint: "Let the rule make a folder inside it.",
    });
  }
}

function checkLocation(files: FileSystem, folder: string, { standing, writable, broken }: Location): void {
  if (broken !== undefined)
    throw cannot("make outputs in", folder, `"${broken}" is a link that points nowhere`, {
      facts: [["link to", files.readLink(broken)]],
      hint: "Mount the disk if it is missing, or correct the link.",
    });
  if (!writable)
    throw cannot("make outputs in", folder, `"${standing === "" ? "." : standing}" is not writable`, {
      facts: standing === "" ? [] : [["folder", files.physical(standing)]],
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
 * Removes what runs left in staging, wherever it lies; `isInUse` says of a run that somebody may still write there.
 * What cannot be removed is warned of, and the next call finds it again.
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
