/**
 * Who waits for whom among the jobs that are to run: counts that fall as jobs settle.
 *
 * A gather counts for its files once, however many jobs use it, so that the cost is that of the plan.
 */
import { type Gather, inputsOf, type Plan, type PlannedFile, type PlannedJob } from "../plan/dag.ts";

export interface Dependencies {
  /** Jobs that wait for nothing. */
  ready(): number[];
  /** A job is settled: returns those that now wait for nothing. */
  settle(order: number): number[];
  isSettled(order: number): boolean;
  /** A job failed: returns all jobs that can no longer run, each once over all calls. */
  block(order: number): number[];
  /**
   * The plan has grown by `added`, which `job` now waits for too, and by `revived`: jobs that were up to date until
   * they were needed. Returns which of them wait for nothing, and which can never run because something that they
   * need has failed. With `leftOut`, the job itself waits for nothing any more: it is not to run.
   */
  grow(
    job: PlannedJob,
    added: readonly PlannedJob[],
    revived?: readonly PlannedJob[],
    leftOut?: boolean,
  ): { readonly free: number[]; readonly lost: number[] };
}

export function dependencies(plan: Plan, stale: (job: PlannedJob) => boolean): Dependencies {
  const { jobs } = plan;
  const waiting = new Array<number>(jobs.length).fill(0);
  const blocked = new Array<boolean>(jobs.length).fill(false);
  const settled = new Array<boolean>(jobs.length).fill(false);
  const failed = new Set<number>();
  // Dependents of a job: positions of jobs, or ~index of a gather. Most have one: an empty list would make room for many.
  const dependents = new Array<number[] | undefined>(jobs.length).fill(undefined);
  const gathers: { left: number; jobs: number[] }[] = [];
  const gatherIndex = new Map<Gather, number>();

  const staleMakers = (files: readonly PlannedFile[]) => {
    const makers = new Set<PlannedJob>();
    for (const { maker } of files)
      if (maker !== null && stale(maker) && !settled[maker.order]) makers.add(maker);
    return makers;
  };

  function depend(maker: PlannedJob, dependent: number): void {
    const others = dependents[maker.order];
    if (others === undefined) dependents[maker.order] = [dependent];
    else others.push(dependent);
  }

  function indexOf(gather: Gather): number {
    let index = gatherIndex.get(gather);
    if (index === undefined) {
      index = gathers.length;
      gatherIndex.set(gather, index);
      const makers = staleMakers(gather.files);
      for (const maker of makers) depend(maker, ~index);
      gathers.push({ left: makers.size, jobs: [] });
    }
    return index;
  }

  function wait(job: PlannedJob): void {
    for (const maker of staleMakers(job.inputs)) {
      depend(maker, job.order);
      waiting[job.order]!++;
    }
    for (const gather of job.gathers) {
      const node = gathers[indexOf(gather)]!;
      if (node.left === 0) continue;
      node.jobs.push(job.order);
      waiting[job.order]!++;
    }
  }

  for (const job of jobs) if (stale(job)) wait(job);

  return {
    ready: () => jobs.filter((job) => stale(job) && waiting[job.order] === 0).map((job) => job.order),
    settle(order) {
      settled[order] = true;
      const free: number[] = [];
      const release = (job: number) => {
        if (--waiting[job]! === 0 && !blocked[job]) free.push(job);
      };
      for (const next of dependents[order] ?? []) {
        if (next >= 0) release(next);
        else if (--gathers[~next]!.left === 0) gathers[~next]!.jobs.forEach(release);
      }
      return free;
    },
    grow(job, added, revived = [], leftOut = false) {
      for (const _ of added) {
        dependents.push(undefined);
        settled.push(false);
        waiting.push(0);
        blocked.push(false);
      }
      const touched = [...revived, ...added.filter(stale), ...(leftOut ? [] : [job])];
      touched.forEach(wait);
      const isLost = (one: PlannedJob) =>
        [...inputsOf(one)].some(
          ({ maker }) => maker !== null && (blocked[maker.order] || failed.has(maker.order)),
        );
      const lost: number[] = [];
      for (const one of touched)
        if (isLost(one)) {
          blocked[one.order] = true;
          lost.push(one.order);
        }
      const free = touched.filter((one) => waiting[one.order] === 0 && !blocked[one.order]);
      return { free: free.map((one) => one.order), lost };
    },
    isSettled: (order) => settled[order] === true,
    block(order) {
      failed.add(order);
      const lost: number[] = [];
      const stack = [order];
      for (let at = stack.pop(); at !== undefined; at = stack.pop())
        for (const next of dependents[at] ?? [])
          for (const job of next >= 0 ? [next] : gathers[~next]!.jobs) {
            if (blocked[job]) continue;
            blocked[job] = true;
            lost.push(job);
            stack.push(job);
          }
      return lost;
    },
  };
}
