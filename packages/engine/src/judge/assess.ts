/** What a plan means for the files that stand: why each job is to run, and what it will take. */

import type { History } from "../journal/journal.ts";
import {
  findInput,
  growPlan,
  inputsOf,
  isTemporary,
  type Plan,
  type PlannedFile,
  type PlannedJob,
} from "../plan/dag.ts";
import type { Reason, Rebuilder } from "./rebuilder.ts";

/** A plan with the reason of each job that is to run, and how many of each rule those are. */
export interface Assessment {
  readonly plan: Plan;
  /** Files that were removed and that nothing asks for or needs; temporary ones do not count. */
  readonly removed: readonly string[];
  readonly reasons: (Reason | null)[];
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Why each job is to run, by position; null for one that is up to date. The plan grows by what jobs ask for
 * whose first inputs are up to date.
 */
export function assess(plan: Plan, rebuilder: Rebuilder): (Reason | null)[] {
  const reasons: (Reason | null)[] = [];
  const revived = assessJobs(plan, plan.jobs, rebuilder, reasons, (job) => reasons[job.order] !== null);
  if (rebuilder.absent.size + revived.length > 0) needAbsent(plan, rebuilder, reasons, revived);
  return reasons;
}

/**
 * Finds the reasons of these jobs, each after those that it needs, and of those by which the plan grows at once.
 * Returns jobs before them that are to run now, since what they made was removed and decides what comes next. Where
 * `grow` gives null, the job is to run, and is asked again then.
 */
export function assessJobs(
  plan: Plan,
  jobs: readonly PlannedJob[],
  rebuilder: Rebuilder,
  reasons: (Reason | null)[],
  willRun: (job: PlannedJob) => boolean,
  grow: (plan: Plan, job: PlannedJob) => PlannedJob[] | null = growPlan,
): PlannedJob[] {
  const revived: PlannedJob[] = [];
  for (const job of [...jobs]) {
    let unable = false;
    if (job.after !== undefined && !plan.leftOut?.has(job)) {
      revived.push(...needInputs(job, rebuilder, reasons));
      if (job.inputs.every(({ maker }) => maker === null || !willRun(maker))) {
        const added = grow(plan, job);
        unable = added === null;
        revived.push(...assessJobs(plan, added ?? [], rebuilder, reasons, willRun, grow));
      }
    }
    const reason = plan.leftOut?.has(job) ? null : rebuilder.reason(job, willRun);
    reasons[job.order] = reason ?? (unable ? { kind: "changed input set" } : null);
  }
  return revived;
}

/**
 * Makes again what was removed and is asked for, or needed by a job that is to run. That touches jobs that use
 * it too, and these may need more: so until nothing changes.
 */
function needAbsent(
  plan: Plan,
  rebuilder: Rebuilder,
  reasons: (Reason | null)[],
  first: readonly PlannedJob[],
): void {
  let revived = new Set(first);
  const revive = (jobs: readonly PlannedJob[]) => {
    for (const job of jobs) revived.add(job);
  };
  for (const target of plan.targets) {
    const job = "path" in target ? target.maker : target;
    if (job !== null && plan.leftOut?.has(job)) continue;
    revive(
      "path" in target
        ? needFile(target, rebuilder, reasons)
        : needInputs(target, rebuilder, reasons, (file) => !isTemporary(file)),
    );
  }
  for (const job of plan.jobs) if (reasons[job.order] !== null) revive(needInputs(job, rebuilder, reasons));
  while (revived.size > 0) {
    const made = revived;
    revived = new Set();
    for (const job of plan.jobs) {
      if (reasons[job.order] !== null || plan.leftOut?.has(job)) continue;
      const input = findInput(job, (file) => {
        return file.maker !== null && made.has(file.maker) && !job.ancient.has(file);
      });
      if (input === undefined) continue;
      reasons[job.order] = { kind: "upstream", job: input.maker! };
      made.add(job);
      revive(needInputs(job, rebuilder, reasons));
    }
  }
}

/** The jobs that are to run now because `job` needs what they made and what was removed since. */
export function needInputs(
  job: PlannedJob,
  rebuilder: Rebuilder,
  reasons: (Reason | null)[],
  counts: (file: PlannedFile) => boolean = () => true,
): PlannedJob[] {
  if (rebuilder.absent.size === 0) return [];
  return [...inputsOf(job)].filter(counts).flatMap((file) => needFile(file, rebuilder, reasons));
}

function needFile(file: PlannedFile, rebuilder: Rebuilder, reasons: (Reason | null)[]): PlannedJob[] {
  const revived: PlannedJob[] = [];
  const files = [file];
  for (let at = files.pop(); at !== undefined; at = files.pop()) {
    const { maker } = at;
    if (maker === null || !rebuilder.absent.has(at)) continue;
    rebuilder.need(maker);
    if (reasons[maker.order] === null) revived.push(maker);
    reasons[maker.order] ??= { kind: "missing output", path: at.path };
    files.push(...inputsOf(maker));
  }
  return revived;
}

/** True for a job that is to run; one that is only asked what it needs is not, so far. */
export function isToRun({ plan, reasons }: Pick<Assessment, "plan" | "reasons">, job: PlannedJob): boolean {
  return reasons[job.order] !== null && plan.askedOnly?.has(job) !== true;
}

/** How many jobs of each rule are to run, in alphabetical order of the rules. */
export function countByRule(plan: Plan, reasons: (Reason | null)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const job of plan.jobs)
    if (isToRun({ plan, reasons }, job)) counts.set(job.rule.name, (counts.get(job.rule.name) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same in the order of the work: that in which the plan first comes to each rule. */
export function inOrderOfWork(counts: ReadonlyMap<string, number>, { jobs }: Plan): Map<string, number> {
  const ordered = new Map<string, number>();
  for (const { rule } of jobs) {
    if (ordered.size === counts.size) break;
    const count = counts.get(rule.name);
    if (count !== undefined) ordered.set(rule.name, count);
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
  // Going through all that was ever made would double the cost of finding nothing to do.
  if (counts.size === 0) return null;
  const seen = new Map<string, { jobs: number; ms: number }>();
  for (const { rule, start, end, attempt } of history.traces.values()) {
    // Taken as it stood: nobody measured it.
    if (attempt === 0) continue;
    const sum = seen.get(rule) ?? { jobs: 0, ms: 0 };
    seen.set(rule, { jobs: sum.jobs + 1, ms: sum.ms + (end - start) });
  }
  let total = 0;
  let known = false;
  for (const [rule, jobs] of counts) {
    const sum = seen.get(rule);
    // The start of a worker is part of a job's time: five jobs say nothing of a hundred thousand.
    if (sum !== undefined && jobs > mostPerSeen * sum.jobs) return null;
    if (sum !== undefined) {
      total += (jobs * sum.ms) / sum.jobs / 1_000 / Math.min(slots, jobs);
      known = true;
    }
    // A gather or a preparation that runs once says little; a rule of many jobs must have been seen.
    else if (jobs > slots) return null;
  }
  return known ? total : null;
}
