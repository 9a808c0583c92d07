/** How a plan grows while it runs: by what a job asks for when its first inputs are made. */
import { assessJobs, needInputs } from "../judge/assess.ts";
import type { Reason, Rebuilder } from "../judge/rebuilder.ts";
import { CannotGrow, growPlan, type Plan, type PlannedJob } from "../plan/dag.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Tally } from "./tally.ts";
import type { Temporary } from "./temporary.ts";

export interface GrowthOptions {
  readonly plan: Plan;
  readonly reasons: (Reason | null)[];
  readonly rebuilder: Rebuilder;
  readonly needs: Dependencies;
  /** What a job of these asks for belongs to them too. */
  readonly urgent: Set<PlannedJob>;
  readonly passing: Temporary;
  readonly tally: Tally;
}

/** Of what a job asks for, one may be unable to say what it needs itself: it fails by itself, when it is its turn. */
function growIfAble(plan: Plan, job: PlannedJob): PlannedJob[] | null {
  try {
    return growPlan(plan, job);
  } catch (error) {
    if (error instanceof CannotGrow) return null;
    throw error;
  }
}

/**
 * Gives what asks a job for the rest of its inputs and returns the jobs that wait for nothing now; it throws where
 * the job cannot say it, or names what cannot be made.
 */
export function growing(options: GrowthOptions): (job: PlannedJob) => number[] {
  const { plan, reasons, rebuilder, needs, urgent, passing, tally } = options;
  const { jobs } = plan;
  const isStale = (job: PlannedJob) => reasons[job.order] !== null;
  const waits = (job: PlannedJob) => isStale(job) && !needs.isSettled(job.order);

  return (job) => {
    const before = jobs.length;
    const needed = assessJobs(plan, growPlan(plan, job), rebuilder, reasons, waits, growIfAble);
    const added = jobs.slice(before);
    if (urgent.has(job)) for (const one of added) urgent.add(one);
    const leftOut = plan.leftOut?.has(job) === true;
    for (const one of added.filter(isStale)) needed.push(...needInputs(one, rebuilder, reasons));
    // It may be up to date after all, now that it is known what it needs.
    if (!leftOut && rebuilder.reason(job, waits) !== null)
      needed.push(...needInputs(job, rebuilder, reasons));
    const revived = needed.filter((one) => one.order < before);
    const fresh = [...revived, ...added.filter(isStale)];
    tally.grown(fresh);
    passing.grow(job, fresh);
    const { free, lost } = needs.grow(job, added, revived, leftOut);
    tally.blocked(lost);
    if (leftOut) leaveOut(job);
    return free;
  };

  /** A part of the plan was asked for, and this job turned out not to be in it, nor what needs it. */
  function leaveOut(job: PlannedJob): void {
    const out = [job.order, ...needs.block(job.order)];
    for (const order of out) reasons[order] = null;
    tally.grown(
      out.map((order) => jobs[order]!),
      -1,
    );
  }
}
