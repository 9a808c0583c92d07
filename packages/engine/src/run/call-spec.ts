/** What a runner is told about a call: its jobs with their staging folders, and how their rule runs them. */
import type { CallSpec, JobSpec } from "../calls/executor.ts";
import { ruleId } from "../plan/recipe.ts";
import type { JobView } from "../plan/table.ts";
import { isProgram } from "../rules/rule.ts";
import { originOf } from "./commits.ts";
import type { ResourceRequests } from "./resource-requests.ts";
import type { SchedulerContext } from "./schedule.ts";

/** Stages the jobs of a call and describes it. */
export function callSpec(
  shared: SchedulerContext,
  requests: ResourceRequests,
  id: number,
  jobs: readonly JobView[],
  gpus: readonly number[],
): CallSpec {
  const { prepared, staging, executorOf, attempts, logs } = shared;
  const { rule, row } = jobs[0]!;
  const remote = executorOf(rule).remote !== undefined;
  const { timeout, runBatch } = rule.spec;
  const described = (job: JobView): JobSpec => ({
    ...staging.stage(job, remote),
    key: prepared.plan.key(job.row),
    attempt: attempts.of(job.row),
    ...(remote ? { origin: originOf(prepared, job) } : {}),
  });
  return {
    id,
    rule: rule.name,
    jobs: jobs.map(described),
    resources: requests.grant(row),
    gpus,
    batch: rule.spec.batch ?? 1,
    together: runBatch !== undefined,
    ...(isProgram(rule.spec) ? { program: true } : {}),
    recipe: ruleId(rule),
    log: prepared.files.real(`${logs}/${rule.name}-${id}.log`),
    ...(timeout === undefined ? {} : { timeout }),
  };
}
