/** Which calls that an engine left running when it died are still what the present plan wants. */

import type { CallSpec, JobSpec } from "../calls/executor.ts";
import type { PlannedJob } from "../plan/dag.ts";

export interface Adoption {
  readonly orphan: CallSpec;
  /** Those of its jobs that are wanted, and what their runner was told of them, under their new orders. */
  readonly jobs: readonly PlannedJob[];
  readonly specs: readonly JobSpec[];
}

/** Pairs orphans with waiting jobs: the same rule and key, made from the same inputs by the same recipe. */
export function matchOrphans(
  orphans: readonly CallSpec[],
  waiting: readonly PlannedJob[],
  keyOf: (job: PlannedJob) => string,
  originOf: (job: PlannedJob) => string,
): { readonly adopted: readonly Adoption[]; readonly unwanted: readonly CallSpec[] } {
  const open = new Map(waiting.map((job) => [keyOf(job), job]));
  const adopted: Adoption[] = [];
  const unwanted: CallSpec[] = [];
  for (const orphan of orphans) {
    const jobs: PlannedJob[] = [];
    const specs: JobSpec[] = [];
    for (const old of orphan.jobs) {
      const job = open.get(old.key);
      if (job === undefined || job.rule.name !== orphan.rule || originOf(job) !== old.origin) continue;
      open.delete(old.key);
      jobs.push(job);
      specs.push({ ...old, order: job.order });
    }
    if (jobs.length === 0) unwanted.push(orphan);
    else adopted.push({ orphan, jobs, specs });
  }
  return { adopted, unwanted };
}
