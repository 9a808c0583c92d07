/** Checks before anything runs: no job would overwrite a protected output, and each output can be put in place. */
import { checkEmpty } from "../calls/output-checks.ts";
import { checkOutputFolders, type OutputPlace } from "../calls/staging-folders.ts";
import type { FileSystem } from "../disk/files.ts";
import type { Location } from "../disk/locate.ts";
import { cannot } from "../errors.ts";
import { logPath } from "../rules/ruleset.ts";
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

export type Locate = (folder: string) => Location;

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
  for (const job of states.rowsOf("maybe", "stale")) {
    if (!selected.isWanted(job)) continue;
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
  const log = logPath(rule, plan.values(job));
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

/** Throws if no logs can be written. Each run has a folder below `.braid/logs`, which may not exist yet. */
export function checkLogs(files: FileSystem): void {
  const logs = ".braid/logs";
  const stat = files.stat(logs);
  if (stat === null) return;
  const cause = !stat.directory ? "it is a file" : "it is not writable";
  if (stat.directory && files.place(logs)?.writable !== false) return;
  throw cannot("write logs in", logs, cause, { hint: "Move it away, or change its permissions." });
}
