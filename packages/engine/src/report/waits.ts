/**
 * What each job waited for, from the records: of the jobs that made its inputs, the one that was last to end before the
 * job began.
 *
 * The journal does not record waiting. A job that was made again after its reader began is not what the reader waited for,
 * so it is left out.
 */
import type { Trace } from "../journal/journal.ts";
import type { Plan } from "../plan/table.ts";

/** The row of a job and when it ended, ms since 1970. */
interface Ended {
  readonly job: number;
  readonly end: number;
}

/**
 * Returns a function that gives the row of the job that another job waited for last; -1 if no job with a record ended before
 * the start and made one of its inputs.
 */
export function waitFinder(plan: Plan, traceOf: (job: number) => Trace | undefined) {
  const ends = new Map<number, number>();
  /** The last job that made a file of each gather. Jobs of a rule share gathers, so it is found only once. */
  const ofGather = new Map<number, Ended>();

  function endOf(job: number): number {
    let end = ends.get(job);
    if (end === undefined) {
      const trace = traceOf(job);
      // Attempt 0 means that --touch marked the job as up to date: it was not made then.
      end = trace === undefined || trace.attempt === 0 ? Number.POSITIVE_INFINITY : trace.end;
      ends.set(job, end);
    }
    return end;
  }

  function last(files: Iterable<number>, before: number): Ended {
    let found: Ended = { job: -1, end: Number.NEGATIVE_INFINITY };
    for (const file of files) {
      const job = plan.maker(file);
      if (job < 0) continue;
      const end = endOf(job);
      if (end <= before && end > found.end) found = { job, end };
    }
    return found;
  }

  function lastOfGather(gather: number): Ended {
    let found = ofGather.get(gather);
    if (found === undefined) {
      found = last(plan.gatherFiles(gather), Number.MAX_VALUE);
      ofGather.set(gather, found);
    }
    return found;
  }

  return (job: number, start: number): number => {
    let found = last(
      Array.from(plan.inputs(job), (place) => place >> 1),
      start,
    );
    for (const gather of plan.gathers(job)) {
      const other = lastOfGather(gather);
      if (other.end <= start && other.end > found.end) found = other;
    }
    return found.job;
  };
}
