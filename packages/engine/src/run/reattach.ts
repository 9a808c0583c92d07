/** Which calls that a dead engine left running are still wanted by the current plan. */

import type { CallSpec, JobSpec } from "../calls/executor.ts";
import type { JobView, Plan } from "../plan/table.ts";

export interface ReattachedCall {
  readonly orphan: CallSpec;
  /** Its wanted jobs under their new rows, with what their runner was told about them. */
  readonly jobs: readonly JobView[];
  readonly specs: readonly JobSpec[];
}

/** Pairs orphans with waiting jobs: the same rule and key, made from the same inputs by the same recipe. */
export function matchOrphans(
  orphans: readonly CallSpec[],
  waiting: readonly JobView[],
  plan: Plan,
  originOf: (job: JobView) => string,
): { readonly reattached: readonly ReattachedCall[]; readonly unwanted: readonly CallSpec[] } {
  const open = new Map(waiting.map((job) => [plan.key(job.row), job]));
  const reattached: ReattachedCall[] = [];
  const unwanted: CallSpec[] = [];
  for (const orphan of orphans) {
    const jobs: JobView[] = [];
    const specs: JobSpec[] = [];
    for (const old of orphan.jobs) {
      const job = open.get(old.key);
      if (job === undefined || job.rule.name !== orphan.rule || !isOrigin(old.origin, originOf(job)))
        continue;
      open.delete(old.key);
      jobs.push(job);
      specs.push({ ...old, order: job.row });
    }
    if (jobs.length === 0) unwanted.push(orphan);
    else reattached.push({ orphan, jobs, specs });
  }
  return { reattached, unwanted };
}

/** Earlier versions wrote no roles into an origin: it is then compared without them. */
function isOrigin(old: string | undefined, now: string): boolean {
  if (old === now) return true;
  return old?.split(".").length === 3 && now.startsWith(`${old}.`);
}
