/** Checks before anything runs: no job would overwrite a protected output, and the disks have enough space. */
import { logPath } from "../calls/job-staging.ts";
import { checkEmpty } from "../calls/output-checks.ts";
import { checkOutputFolders, type OutputPlace } from "../calls/staging-folders.ts";
import type { FileSystem } from "../disk/files.ts";
import { folderOf, type Location } from "../disk/locate.ts";
import { cannot } from "../errors.ts";
import { count, fileSize } from "../quantities.ts";
import type { Prepared } from "../staleness/prepare.ts";

/** True if a job would have to overwrite a read-only output. */
export function isProtected({ plan, files }: Prepared, job: number): boolean {
  return protectedOutputs({ plan, files }, job).length > 0;
}

function protectedOutputs({ plan, files }: Pick<Prepared, "plan" | "files">, job: number): string[] {
  const rule = plan.ruleOf(job);
  if (!rule.outputs.some(({ marks }) => marks.protect)) return [];
  const outputs = Array.from(plan.outputs(job), (file) => plan.path(file));
  return outputs.filter((path, i) => rule.outputs[i]!.marks.protect && files.isProtected(path));
}

/** The jobs that must run (with `maybe`: may run) but cannot, because an output of theirs is protected. */
export function blockedByProtection(prepared: Prepared, answer: "stale" | "maybe" = "stale"): number[] {
  const { plan, states, selected } = prepared;
  if (!plan.rules.some((rule) => rule.outputs.some(({ marks }) => marks.protect))) return [];
  return [...selected.rows()].filter(
    (job) => states.answer(job) === answer && !states.isHidden(job) && isProtected(prepared, job),
  );
}

/** `maybe`: the jobs run only if their inputs change. */
export function protectedError({ plan, files }: Prepared, jobs: readonly number[], maybe = false): Error {
  const locked = jobs.flatMap((job) => protectedOutputs({ plan, files }, job));
  return cannot("make", locked[0]!, `it is protected, and ${maybe ? "may" : "would"} have to be made again`, {
    facts: locked.slice(1, 6).map((path) => ["protected too", path] as const),
    hint: `To make it again, allow writing first: chmod -R u+w ${locked[0]!}`,
  });
}

/** Throws if a job would overwrite a read-only output, or cannot rename an output into place. */
export function checkOutputs(prepared: Prepared, locate: Locate): void {
  const jobs = blockedByProtection(prepared);
  if (jobs.length > 0) throw protectedError(prepared, jobs);
  for (const [, error] of jobsWithoutPlace(prepared, locate)) throw error;
}

type Locate = (folder: string) => Location;

/** Throws if a folder with files has the path of a job's output. */
export function checkPlaces({ plan, fileStates, files }: Prepared, job: number): void {
  if (fileStates.inWrongPlace.size === 0) return;
  for (const file of plan.outputs(job))
    if (fileStates.inWrongPlace.has(file)) checkEmpty(files, plan.path(file));
}

/** The jobs that run, or may run, but cannot rename an output into place, each with its error. */
export function* jobsWithoutPlace(
  prepared: Prepared,
  locate: Locate,
): Generator<readonly [job: number, error: unknown]> {
  const { plan, states, selected, files } = prepared;
  const seen = new Uint8Array(plan.texts.folders.texts.length);
  for (const job of selected.rows()) {
    if (!states.isActive(job)) continue;
    try {
      checkPlaces(prepared, job);
      checkOutputFolders(files, placesOf(prepared, job, seen), locate);
    } catch (error) {
      yield [job, error];
    }
  }
}

/** The log of a job, an output in each folder that is not among `seen`, and every output that is a folder itself. */
function* placesOf({ plan }: Prepared, job: number, seen: Uint8Array): Generator<OutputPlace> {
  const rule = plan.ruleOf(job);
  const log = logPath({ rule, values: plan.values(job) });
  if (log !== undefined) yield { path: log, directory: false };
  const files = plan.outputs(job);
  for (let i = 0; i < files.length; i++) {
    const directory = rule.outputs[i]!.marks.directory === true;
    const folder = plan.columns.folder.at(files[i]!);
    if (!directory && seen[folder] === 1) continue;
    yield { path: plan.path(files[i]!), directory };
    seen[folder] = 1;
  }
}

/** Throws if a disk has less space than the jobs will need, judged by earlier runs. */
export function checkSpace(prepared: Prepared, locate: Locate): void {
  for (const { existing, bytes, files } of expectedSizes(prepared, locate)) {
    const room = prepared.files.room(existing);
    if (room === null || (bytes <= room.bytes && files <= room.files)) continue;
    const short = bytes > room.bytes ? "bytes" : "files";
    const disk = existing === "" ? "the disk" : `the disk of "${existing}"`;
    throw cannot("start", "", `${disk} has too little space for the ${short} that the jobs will write`, {
      facts: [
        // The output size of rules that have never run is unknown.
        ["needed", `${bytes === 0 ? "" : `about ${fileSize(Math.round(bytes))} in `}${count(files, "file")}`],
        ["free", `${fileSize(room.bytes)}, and ${count(room.files, "file")}`],
      ],
      hint: "Free some space, choose another folder (--directory), or ask for less.",
    });
  }
}

interface SpaceNeed {
  /** A folder on the disk. */
  readonly existing: string;
  bytes: number;
  files: number;
}

/** Space per disk, from the latest output sizes of each rule; a rule that has never run counts only its files. */
function expectedSizes(prepared: Prepared, locate: Locate): Iterable<SpaceNeed> {
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
      const folder = plan.columns.folder.at(file);
      ofFolders[folder] ??= needAt(plan.path(file));
      const need = ofFolders[folder];
      need.files++;
      need.bytes += bytes / jobs / outputs.length;
    }
  }
  return needs.values();
}

/** Throws if no logs can be written. Each run has a folder below `.braid/logs`, which may not exist yet. */
export function checkLogs(files: FileSystem): void {
  const logs = ".braid/logs";
  const stat = files.stat(logs);
  if (stat === null) return;
  const cause = !stat.directory ? "it is a file" : "it is not writable";
  if (stat.directory && files.place(logs)?.writable !== false) return;
  throw cannot("write logs in", logs, cause, { hint: "Move it away, or change its permissions." });
}
