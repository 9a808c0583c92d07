/**
 * The check that the disks have enough space, judged by the outputs of earlier runs.
 *
 * Outputs are replaced one by one, and temporary ones are removed in between. So a run is stopped only where even the
 * outputs that it certainly adds do not fit. Where all that its jobs may write would not fit at once, it warns.
 */
import { folderOf } from "../disk/locate.ts";
import { cannot } from "../errors.ts";
import { count, fileSize } from "../quantities.ts";
import type { Prepared } from "../staleness/prepare.ts";
import type { Locate } from "./checks.ts";

/** Bytes, and files. */
interface Amount {
  bytes: number;
  files: number;
}

/** The space that is needed on a disk. */
interface SpaceNeed extends Amount {
  /** A folder on it. */
  readonly existing: string;
}

export interface SpaceOptions {
  readonly keepGoing?: boolean | undefined;
  readonly keepTemporary?: boolean | undefined;
}

/**
 * Throws if a disk has less space than the run will certainly take, unless it keeps going. Warns if it has less than
 * the run may take.
 */
export function checkSpace(
  prepared: Prepared,
  locate: Locate,
  { keepGoing = false, keepTemporary = false }: SpaceOptions,
  warn: (text: string) => void,
): void {
  const { files, fileStates, plan, states } = prepared;
  const may = spaceNeeds(prepared, locate, () => true);
  const short = [...may.keys()].filter((disk) => !fits(may.get(disk)!, files.room(may.get(disk)!.existing)));
  if (short.length === 0) return;
  // An output that stands is replaced by one of about its size; one of the user is kept beside.
  const isAdded = (file: number) => fileStates.isOfUser(file) || !fileStates.exists(file);
  const added = spaceNeeds(
    prepared,
    locate,
    (job, file) => states.isStale(job) && (keepTemporary || !plan.isTemporary(file)) && isAdded(file),
  );
  for (const disk of short) {
    const written = may.get(disk)!;
    const room = files.room(written.existing)!;
    const certain = added.get(disk);
    if (!keepGoing && certain !== undefined && !fits(certain, room)) throw spaceError(certain, room);
    const text = `${diskOf(written)} may become full: the jobs write up to ${amountText(written)}, including old and temporary outputs. Free: ${roomText(room)}.`;
    warn(text[0]!.toUpperCase() + text.slice(1));
  }
}

function spaceError(need: SpaceNeed, room: Amount): Error {
  const what = need.bytes > room.bytes ? "bytes" : "files";
  return cannot("start", "", `${diskOf(need)} has too little space for the ${what} that the jobs will add`, {
    facts: [
      ["needed", amountText(need)],
      ["free", roomText(room)],
    ],
    hint: "Free some space, choose another folder (--directory), ask for less, or make what fits (--keep-going).",
  });
}

/** Whether it fits; true where it is unknown what is free. */
function fits({ bytes, files }: Amount, room: Amount | null): boolean {
  return room === null || (bytes <= room.bytes && files <= room.files);
}

function diskOf({ existing }: SpaceNeed): string {
  return existing === "" ? "the disk" : `the disk of "${existing}"`;
}

function roomText({ bytes, files }: Amount): string {
  return `${fileSize(bytes)}, and ${count(files, "file")}`;
}

/** The output size of rules that have never run is unknown. */
function amountText({ bytes, files }: Amount): string {
  return `${bytes === 0 ? "" : `about ${fileSize(Math.round(bytes))} in `}${count(files, "file")}`;
}

/**
 * Space per disk for the outputs that count of jobs that run or may run, from the latest output sizes of each rule; a rule
 * that has never run counts only its files.
 */
function spaceNeeds(
  prepared: Prepared,
  locate: Locate,
  counts: (job: number, file: number) => boolean,
): Map<number | null, SpaceNeed> {
  const { plan, states, selected, history } = prepared;
  const sums = history.traces.byRule();
  const needs = new Map<number | null, SpaceNeed>();
  const ofFolders: SpaceNeed[] = [];
  const needAt = (path: string) => {
    const { device, existing } = locate(folderOf(path));
    const need = needs.get(device) ?? { existing, bytes: 0, files: 0 };
    needs.set(device, need);
    return need;
  };
  for (const job of selected.rows()) {
    if (!states.isActive(job)) continue;
    const { name, outputs } = plan.ruleOf(job);
    const { jobs = 1, bytes = 0 } = sums.get(name) ?? {};
    for (const file of plan.outputs(job)) {
      if (!counts(job, file)) continue;
      const folder = plan.columns.folder.at(file);
      ofFolders[folder] ??= needAt(plan.path(file));
      const need = ofFolders[folder];
      need.files++;
      need.bytes += bytes / jobs / outputs.length;
    }
  }
  return needs;
}
