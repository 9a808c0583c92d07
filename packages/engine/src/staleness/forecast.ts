/**
 * Predicts a run: how many jobs run, how many may run, how long it takes, and which files are used as they are because their
 * jobs cannot run.
 */
import { pathInside } from "../disk/locate.ts";
import type { History } from "../journal/journal.ts";
import { foldersAbove } from "../patterns/pattern.ts";
import { inputsFor } from "../plan/job-inputs.ts";
import type { Plan } from "../plan/table.ts";
import { count } from "../quantities.ts";
import { ruleEnvironment } from "../rules/code.ts";
import type { Prepared } from "./prepare.ts";
import { describeReason, type Reason, reason } from "./states.ts";

export interface Forecast {
  /** Jobs that run, by rule. */
  readonly runs: ReadonlyMap<string, number>;
  /** Jobs that run only if their inputs change, by rule. */
  readonly onlyIf: ReadonlyMap<string, number>;
  /** Both, in the order of work. */
  readonly all: ReadonlyMap<string, number>;
  /** Removed files that nothing asks for or needs; temporary ones do not count. */
  readonly removed: readonly string[];
  /** Paths of edited outputs, which the run will move away. */
  readonly edited: readonly string[];
  /** Paths of outputs without a record, which may be somebody's own files: the run will move them away too. */
  readonly unrecorded: readonly string[];
  /** The rows of up-to-date jobs that may be needed. */
  readonly needed: ReadonlySet<number>;
}

export function forecast({ plan, states, answers, fileStates, selected, files }: Prepared): Forecast {
  const needed = answers.onlyIf();
  const runs = states.byRule(["stale"]);
  const onlyIf = states.byRule(["maybe"]);
  for (const job of needed) {
    const { name } = plan.ruleOf(job);
    onlyIf.set(name, (onlyIf.get(name) ?? 0) + 1);
  }
  const removed = [...fileStates.absent].filter((file) => {
    const maker = plan.maker(file);
    return (
      selected.isWanted(maker) && !states.isStale(maker) && !plan.isTemporary(file) && !needed.has(maker)
    );
  });
  // A link is not kept: what it points to stays where it is.
  const isMovedAway = (file: number) =>
    states.isActive(plan.maker(file)) && files.linkStat(plan.path(file))?.link !== true;
  const pathsOf = (outputs: Iterable<number>) =>
    [...outputs].filter(isMovedAway).map((file) => plan.path(file));
  const hasFiles = (path: string) => files.list(path)?.length !== 0;
  return {
    runs,
    onlyIf: inOrderOfWork(onlyIf, plan),
    all: inOrderOfWork(sum(runs, onlyIf), plan),
    removed: removed.map((file) => plan.path(file)),
    edited: pathsOf(fileStates.edited),
    unrecorded: pathsOf(fileStates.foreign).filter(hasFiles),
    needed,
  };
}

/** The jobs that run or may run, in the plan's order. */
export function jobsAhead({ selected, states }: Prepared, needed: ReadonlySet<number>): number[] {
  return [...selected.rows()].filter(
    (job) => (states.isActive(job) && !states.isHidden(job)) || needed.has(job),
  );
}

/** Why an up-to-date job may be needed. */
export const neededReason = "a job that may run needs its removed output";

function sum(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): Map<string, number> {
  const both = new Map(one);
  for (const [name, count] of other) both.set(name, (both.get(name) ?? 0) + count);
  return both;
}

/** The same counts in the order in which the plan first reaches each rule. */
function inOrderOfWork(counts: ReadonlyMap<string, number>, plan: Plan): Map<string, number> {
  const rows = plan.columns.rule.view();
  const first = (rule: number) => rows.indexOf(rule);
  const reached = plan.rules
    .filter(({ name }) => counts.has(name))
    .map(({ name, index }) => ({ name, at: first(index) }));
  return new Map(reached.sort((a, b) => a.at - b.at).map(({ name }) => [name, counts.get(name)!]));
}

/** One measured job may stand for at most this many jobs. */
const maxJobsPerMeasured = 5_000;

/** Seconds that the jobs will take on `slots`, judged by earlier runs; null without any. */
export function estimateSeconds(
  counts: ReadonlyMap<string, number>,
  history: History,
  slots: number,
): number | null {
  // Reading all records would double the cost of finding nothing to do.
  if (counts.size === 0) return null;
  const seen = history.traces.byRule();
  let total = 0;
  let known = false;
  for (const [rule, jobs] of counts) {
    const { measured = 0, seconds = 0 } = seen.get(rule) ?? {};
    if (measured > 0) {
      // The time of a job includes the start of its worker: five jobs say nothing about a hundred thousand.
      if (jobs > maxJobsPerMeasured * measured) return null;
      total += (jobs * seconds) / measured / Math.min(slots, jobs);
      known = true;
    }
    // A gather or preparation that runs once may be unknown; a rule with many jobs must have been measured.
    else if (jobs > slots) return null;
  }
  return known ? total : null;
}

/**
 * Why a job runs or may run; null if it is up to date. If a job without a record waits for another job, its missing
 * output is the better reason.
 */
export function reasonOf({ states, plan, files, fileStates }: Prepared, job: number): Reason | null {
  const why = states.reason(job);
  if (why?.kind !== "upstream" || fileStates.trace(job) !== undefined) return why;
  const missing = plan.outputs(job).find((file) => files.stat(plan.path(file)) === null);
  return missing === undefined ? why : reason("missing output", missing);
}

/** The same as text. */
export function reasonText(prepared: Prepared, job: number): string | null {
  const why = reasonOf(prepared, job);
  if (why === null) return null;
  return describeReason(why, prepared.plan, fileOf(prepared, job, why));
}

/** The file that a reason is about: what is missing, the input that will be made first, the environment. */
function fileOf(prepared: Prepared, job: number, { kind, row }: Reason): string | undefined {
  const { plan, files: disk } = prepared;
  if (kind === "missing output") return missingText(prepared, job, row);
  if (kind === "changed software-env") {
    const { name, spec } = plan.ruleOf(job);
    const { source, files } = ruleEnvironment(name, spec) ?? {};
    return files?.length ? files.map((file) => pathInside(disk, file) ?? file).join(" or ") : source;
  }
  if (kind !== "upstream") return undefined;
  for (const file of plan.inputFiles(job)) if (plan.maker(file) === row) return plan.path(file);
  return undefined;
}

/** What is missing: the output, a file in it, or an output of the right kind. */
function missingText({ plan, files, fileStates }: Prepared, job: number, file: number): string {
  const path = plan.path(file);
  const stat = files.stat(path);
  if (stat === null) return path;
  if (stat.special) return `${path}: neither a file nor a folder is there`;
  const { marks = {} } = plan.ruleOf(job).outputs[plan.place(file)] ?? {};
  if (stat.directory !== (marks.directory === true))
    return `${path}: ${stat.directory ? "a folder" : "a file"} is there`;
  const parts = fileStates.recorded(file)?.parts ?? [];
  const lost = parts.find((part) => files.stat(`${path}/${part.name}`) === null);
  return lost === undefined ? path : `${path}/${lost.name}`;
}

/** The warning about them; null if there are none. */
export function unmakeableWarning(prepared: Prepared): string | null {
  const paths = unmakeableFiles(prepared);
  const [first] = paths;
  if (first === undefined) return null;
  const gone = missingInput(prepared, first);
  const why = gone === null ? "a file that it was made from is missing" : `${gone} is missing`;
  if (paths.length === 1) return `${first} is used as it is, and cannot be made again: ${why}.`;
  const others = count(paths.length - 1, "more file");
  return `${first} and ${others} are used as they are, and cannot be made again: for the first, ${why}.`;
}

/** Their paths, in the plan's order. */
function unmakeableFiles({ plan, readers, selected, history, rules }: Prepared): string[] {
  const isMade = (path: string) =>
    rules.some(({ outputs }) => outputs.some((one) => one.match(path) !== null));
  const isRecorded = (path: string) =>
    history.traces.get(path) !== undefined || history.traces.ofOther(path) !== undefined;
  const hasFolders = rules.some(({ outputs }) => outputs.some(({ marks }) => marks.directory === true));
  const found = new Set<string>();
  for (const file of plan.sources()) {
    const own = plan.path(file);
    // A file in an output folder is made with the folder.
    const path = [own, ...(hasFolders ? foldersAbove(own) : [])].find(
      (one) => isMade(one) && isRecorded(one),
    );
    if (path === undefined || found.has(path)) continue;
    if ([...readers.ofFile(file)].some((job) => selected.isWanted(job))) found.add(path);
  }
  return [...found];
}

/** The first missing input of the job that made a file; null if its own inputs all exist. */
function missingInput({ rules, files }: Prepared, path: string): string | null {
  for (const rule of rules)
    for (const output of rule.outputs) {
      const values = output.match(path);
      if (values === null) continue;
      try {
        const lacks = [...inputsFor(rule, values).paths()].find((input) => files.stat(input) === null);
        if (lacks !== undefined) return lacks;
      } catch {
        // The input function failed.
      }
    }
  return null;
}

/** The files that the planned jobs read and no job makes, and those that are missing. */
export function sourcesOf({ plan, impossible }: Prepared): string[] {
  const paths = new Set(impossible.flatMap(({ lacks }) => lacks));
  for (const file of plan.sources()) paths.add(plan.path(file));
  return [...paths];
}
