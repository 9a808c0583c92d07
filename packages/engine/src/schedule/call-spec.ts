/** What a runner is told of a call: its jobs with their staging folders, and all that their rule says of running them. */
import type { CallSpec, Executor, JobSpec } from "../calls/executor.ts";
import type { Workshop } from "../calls/job.ts";
import type { FileSystem } from "../disk/files.ts";
import type { Rebuilder } from "../judge/rebuilder.ts";
import type { PlannedJob } from "../plan/plan.ts";
import { ruleId } from "../plan/recipe.ts";
import { isProgram } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import type { Demands } from "./demands.ts";
import { keyOf } from "./running-call.ts";

export interface CallSpecsOptions {
  readonly files: FileSystem;
  readonly rebuilder: Rebuilder;
  readonly workshop: Workshop;
  readonly demands: Demands;
  readonly executorOf: (rule: NamedRule) => Executor;
  attemptOf(job: PlannedJob): number;
  /** The folder for logs of this run. */
  readonly logs: string;
}

/** Gives what stages the jobs of a call and describes it. */
export function callSpecs(options: CallSpecsOptions) {
  const { files, rebuilder, workshop, demands, executorOf, attemptOf, logs } = options;

  function described(job: PlannedJob, remote: boolean): JobSpec {
    const origin = remote ? { origin: rebuilder.origin(job) } : {};
    return { ...workshop.stage(job, remote), key: keyOf(job), attempt: attemptOf(job), ...origin };
  }

  return (id: number, batch: readonly PlannedJob[], gpus: readonly number[]): CallSpec => {
    const { rule } = batch[0]!;
    const remote = executorOf(rule).remote !== undefined;
    const { timeout, runBatch } = rule.spec;
    return {
      id,
      rule: rule.name,
      jobs: batch.map((job) => described(job, remote)),
      resources: demands.grantOf(batch[0]!),
      gpus,
      batch: rule.spec.batch ?? 1,
      together: runBatch !== undefined,
      ...(isProgram(rule.spec) ? { program: true } : {}),
      recipe: ruleId(rule),
      log: files.real(`${logs}/${rule.name}-${id}.log`),
      ...(timeout === undefined ? {} : { timeout }),
    };
  };
}
