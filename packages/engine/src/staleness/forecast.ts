/** What a run will do, as far as it can be said before: how many jobs run, how many may, and how long it takes. */
import type { History } from "../journal/journal.ts";
import type { Plan } from "../plan/table.ts";
import type { Prepared } from "./prepare.ts";
import { describeReason, type Reason, reason } from "./reason.ts";

export interface Forecast {
  /** Jobs that run, by rule. */
  readonly runs: ReadonlyMap<string, number>;
  /** Jobs that run only if their inputs come out different, by rule. */
  readonly onlyIf: ReadonlyMap<string, number>;
  /** Both. */
  readonly both: ReadonlyMap<string, number>;
  /** Files that were removed and that nothing asks for or needs; temporary ones do not count. */
  readonly removed: readonly string[];
  /** Jobs whose outputs somebody has changed, which are moved away; by path. */
  readonly edited: readonly string[];
  /** The rows of the jobs that are up to date but may be needed. */
  readonly needed: ReadonlySet<number>;
}

export function forecast({ plan, states, answers, looks, selected }: Prepared): Forecast {
  const needed = answers.onlyIf();
  const runs = states.byRule(["stale"]);
  const onlyIf = states.byRule(["maybe"]);
  for (const job of needed) {
    const { name } = plan.ruleOf(job);
    onlyIf.set(name, (onlyIf.get(name) ?? 0) + 1);
  }
  const removed = [...looks.absent].filter((file) => {
    const maker = plan.maker(file);
    return (
      selected.isWanted(maker) && !states.isStale(maker) && !plan.isTemporary(file) && !needed.has(maker)
    );
  });
  const edited = [...looks.edited].filter((file) => states.isActive(plan.maker(file)));
  return {
    runs,
    onlyIf: alphabetical(onlyIf),
    both: alphabetical(sum(runs, onlyIf)),
    removed: removed.map((file) => plan.path(file)),
    edited: edited.map((file) => plan.path(file)),
    needed,
  };
}

/** The jobs that run or may run, in the plan's order. */
export function jobsAhead({ selected, states }: Prepared, needed: ReadonlySet<number>): number[] {
  return [...selected.rows()].filter(
    (job) => (states.isActive(job) && !states.isHidden(job)) || needed.has(job),
  );
}

/** Why a job that is up to date may be needed. */
export const neededReason = "a job that may run needs its removed output";

function sum(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): Map<string, number> {
  const both = new Map(one);
  for (const [name, count] of other) both.set(name, (both.get(name) ?? 0) + count);
  return both;
}

function alphabetical(counts: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same counts in the order of the work: that in which the plan first comes to each rule. */
export function inOrderOfWork(counts: ReadonlyMap<string, number>, plan: Plan): Map<string, number> {
  const ordered = new Map<string, number>();
  for (let job = 0; job < plan.jobCount && ordered.size < counts.size; job++) {
    const { name } = plan.ruleOf(job);
    const count = counts.get(name);
    if (count !== undefined) ordered.set(name, count);
  }
  return ordered;
}

/** How many jobs one that was measured may stand for. */
const mostPerSeen = 5_000;

/** Seconds that the jobs will take on `slots` at once, from those of earlier runs; null where there are none. */
export function estimateSeconds(
  counts: ReadonlyMap<string, number>,
  history: History,
  slots: number,
): number | null {
  // Going through all that was ever made costs more than finding nothing to do.
  if (counts.size === 0) return null;
  const seen = history.traces.byRule();
  let total = 0;
  let known = false;
  for (const [rule, jobs] of counts) {
    const { measured = 0, seconds = 0 } = seen.get(rule) ?? {};
    if (measured > 0) {
      // The start of a worker is part of a job's time: five jobs say nothing of a hundred thousand.
      if (jobs > mostPerSeen * measured) return null;
      total += (jobs * seconds) / measured / Math.min(slots, jobs);
      known = true;
    }
    // A gather or a preparation that runs once says little; a rule of many jobs must have been seen.
    else if (jobs > slots) return null;
  }
  return known ? total : null;
}

/**
 * Why a job runs or may run; null for one that is up to date. Of a job without a record that another one precedes, a
 * missing output is the better reason.
 */
export function reasonOf({ states, plan, files, looks }: Prepared, job: number): Reason | null {
  const why = states.reason(job);
  if (why?.kind !== "upstream" || looks.trace(job) !== undefined) return why;
  const missing = plan.outputs(job).find((file) => files.stat(plan.path(file)) === null);
  return missing === undefined ? why : reason("missing output", missing);
}

/** The same in words. */
export function reasonText(prepared: Prepared, job: number): string | null {
  const why = reasonOf(prepared, job);
  if (why === null) return null;
  const instead = why.kind === "missing output" ? missingText(prepared, job, why.row) : undefined;
  return describeReason(why, prepared.plan, instead);
}

/** What is missing of an output: itself, a file that was in it, or the right kind of thing. */
function missingText({ plan, files, looks }: Prepared, job: number, file: number): string {
  const path = plan.path(file);
  const stat = files.stat(path);
  if (stat === null) return path;
  if (stat.special) return `${path}: neither a file nor a folder stands there`;
  const { marks = {} } = plan.ruleOf(job).outputs[plan.place(file)] ?? {};
  if (stat.directory !== (marks.directory === true))
    return `${path}: ${stat.directory ? "a folder" : "a file"} stands there`;
  const parts = looks.known(file)?.parts ?? [];
  const lost = parts.find((part) => files.stat(`${path}/${part.name}`) === null);
  return lost === undefined ? path : `${path}/${lost.name}`;
}
