/** Temporary outputs of a run: each is removed when the last job that needs it has settled. */
import { inputsOf, isTemporary, type Plan, type PlannedFile, type PlannedJob } from "../plan/dag.ts";

export interface Temporary {
  /** A job is done, or up to date after all: returns the paths that nobody needs any more. */
  settle(job: PlannedJob): string[];
  /** A job has asked for what it needs beside; the plan has grown by these jobs, which are to run. */
  grow(job: PlannedJob, added: readonly PlannedJob[]): void;
}

/**
 * What is asked for is kept, temporary or not; and so is what the next run must read to know what is needed.
 * `fleeting`: there may be temporary outputs, of jobs that are not to run too.
 */
export function temporary(plan: Plan, stale: (job: PlannedJob) => boolean, fleeting: boolean): Temporary {
  const kept = new Set<PlannedFile | PlannedJob>(plan.targets);
  const left = new Map<PlannedFile, number>();
  const passes = (file: PlannedFile) => !kept.has(file) && !plan.asked.has(file) && isTemporary(file);
  const needs = (job: PlannedJob) => new Set([...inputsOf(job)].filter(passes));
  const add = (job: PlannedJob) => {
    for (const file of needs(job)) left.set(file, (left.get(file) ?? 0) + 1);
  };
  if (fleeting) plan.jobs.filter(stale).forEach(add);
  // While jobs may still ask for more, nobody knows what will not be needed.
  let asking = plan.jobs.filter((job) => stale(job) && job.after !== undefined).length;
  let unused = new Set<PlannedFile>();

  function release(): string[] {
    if (asking > 0) return [];
    const paths = [...unused].filter((file) => (left.get(file) ?? 0) === 0).map((file) => file.path);
    unused = new Set();
    return paths;
  }

  return {
    settle(job) {
      if (!fleeting) return [];
      for (const file of needs(job)) {
        const users = (left.get(file) ?? 1) - 1;
        left.set(file, users);
        if (users === 0) unused.add(file);
      }
      for (const file of job.outputs) if (passes(file) && !left.has(file)) unused.add(file);
      return release();
    },
    grow(job, added) {
      asking += added.filter((one) => one.after !== undefined).length - 1;
      // Until now it counted only for its first inputs.
      for (const file of needs(job)) if (!left.has(file)) left.set(file, 1);
      added.forEach(add);
    },
  };
}
