/**
 * Who waits for whom among the jobs that are to run: counts that fall as jobs settle.
 *
 * A gather counts for its files once, however many jobs use it, so that the cost is that of the plan.
 */
import type { Gather, Plan, PlannedFile, PlannedJob } from "./dag.ts";

export interface Dependencies {
  /** Jobs that wait for nothing. */
  ready(): number[];
  /** A job is settled: returns those that now wait for nothing. */
  settle(order: number): number[];
  /** A job failed: returns all jobs that can no longer run, each once over all calls. */
  block(order: number): number[];
}

export function dependencies(plan: Plan, stale: (job: PlannedJob) => boolean): Dependencies {
  const { jobs } = plan;
  const waiting = new Int32Array(jobs.length);
  const blocked = new Uint8Array(jobs.length);
  // Dependents of a job: positions of jobs, or ~index of a gather.
  const dependents: number[][] = jobs.map(() => []);
  const gathers: { left: number; jobs: number[] }[] = [];
  const gatherIndex = new Map<Gather, number>();

  const staleMakers = (files: readonly PlannedFile[]) => {
    const makers = new Set<PlannedJob>();
    for (const file of files) if (file.maker !== null && stale(file.maker)) makers.add(file.maker);
    return makers;
  };

  function indexOf(gather: Gather): number {
    let index = gatherIndex.get(gather);
    if (index === undefined) {
      index = gathers.length;
      gatherIndex.set(gather, index);
      const makers = staleMakers(gather.files);
      for (const maker of makers) dependents[maker.order]!.push(~index);
      gathers.push({ left: makers.size, jobs: [] });
    }
    return index;
  }

  for (const job of jobs) {
    if (!stale(job)) continue;
    for (const maker of staleMakers(job.inputs)) {
      dependents[maker.order]!.push(job.order);
      waiting[job.order]!++;
    }
    for (const gather of job.gathers) {
      const node = gathers[indexOf(gather)]!;
      if (node.left === 0) continue;
      node.jobs.push(job.order);
      waiting[job.order]!++;
    }
  }

  return {
    ready: () => jobs.filter((job) => stale(job) && waiting[job.order] === 0).map((job) => job.order),
    settle(order) {
      const free: number[] = [];
      const release = (job: number) => {
        if (--waiting[job]! === 0 && blocked[job] === 0) free.push(job);
      };
      for (const next of dependents[order]!) {
        if (next >= 0) release(next);
        else if (--gathers[~next]!.left === 0) gathers[~next]!.jobs.forEach(release);
      }
      return free;
    },
    block(order) {
      const lost: number[] = [];
      const stack = [order];
      for (let at = stack.pop(); at !== undefined; at = stack.pop())
        for (const next of dependents[at]!)
          for (const job of next >= 0 ? [next] : gathers[~next]!.jobs) {
            if (blocked[job] === 1) continue;
            blocked[job] = 1;
            lost.push(job);
            stack.push(job);
          }
      return lost;
    },
  };
}
