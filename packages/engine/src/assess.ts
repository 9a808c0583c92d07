/** What a plan means for the files that stand: why each job is to run, and what it will take. */
import { growPlan, inputsOf, type Plan, type PlannedFile, type PlannedJob } from "./dag.ts";
import type { History } from "./journal.ts";
import type { Reason, Rebuilder } from "./rebuilder.ts";

/** A plan with the reason of each job that is to run, and how many of each rule those are. */
export interface Assessment {
  readonly plan: Plan;
  readonly reasons: (Reason | null)[];
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Why each job is to run, by position; null for one that is up to date. The plan grows by what jobs ask for
 * whose first inputs are up to date.
 */
export function assess(plan: Plan, rebuilder: Rebuilder): (Reason | null)[] {
  const reasons: (Reason | null)[] = [];
  assessJobs(plan, plan.jobs, rebuilder, reasons, (job) => reasons[job.order] !== null);
  if (plan.jobs.some((job) => job.rule.fleeting)) needTemporary(plan, rebuilder, reasons);
  return reasons;
}

/** Finds the reasons of these jobs, each after those that it needs, and of those by which the plan grows at once. */
export function assessJobs(
  plan: Plan,
  jobs: readonly PlannedJob[],
  rebuilder: Rebuilder,
  reasons: (Reason | null)[],
  willRun: (job: PlannedJob) => boolean,
): void {
  for (const job of [...jobs]) {
    if (job.after !== undefined && job.inputs.every(({ maker }) => maker === null || !willRun(maker)))
      assessJobs(plan, growPlan(plan, job), rebuilder, reasons, willRun);
    reasons[job.order] = rebuilder.reason(job, willRun);
  }
}

/**
 * Temporary files that were removed are made again where a job that is to run needs them. That may touch jobs
 * that use them too, and these may need others: so until nothing changes.
 */
function needTemporary(plan: Plan, rebuilder: Rebuilder, reasons: (Reason | null)[]): void {
  const willRun = (job: PlannedJob) => reasons[job.order] !== null;
  let changed = true;
  const need = (file: PlannedFile) => {
    const { maker } = file;
    if (maker === null || !rebuilder.isAbsent(file)) return;
    rebuilder.need(maker);
    if (willRun(maker)) return;
    reasons[maker.order] = { kind: "missing output", path: file.path };
    changed = true;
  };
  for (const target of plan.targets) if ("path" in target) need(target);
  while (changed) {
    changed = false;
    for (const job of [...plan.jobs].reverse())
      if (willRun(job)) for (const input of inputsOf(job)) need(input);
    for (const job of plan.jobs) {
      if (willRun(job)) continue;
      const reason = rebuilder.reason(job, willRun);
      if (reason === null) continue;
      reasons[job.order] = reason;
      changed = true;
    }
  }
}

/** How many jobs of each rule are to run, in alphabetical order of the rules. */
export function countByRule(plan: Plan, reasons: readonly (Reason | null)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const job of plan.jobs)
    if (reasons[job.order] !== null) counts.set(job.rule.name, (counts.get(job.rule.name) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
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
