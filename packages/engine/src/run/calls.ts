/** Decides how many ready jobs form a call, and describes the call for a runner. */
import type { CallSpec, JobSpec } from "../calls/executor.ts";
import { ruleId } from "../plan/recipe.ts";
import type { JobView } from "../plan/table.ts";
import { environmentsFolder } from "../rules/code.ts";
import { isProgram } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import { originOf } from "./commits.ts";
import type { ResourceRequests } from "./resource-requests.ts";
import type { Attempts, SchedulerContext } from "./schedule.ts";

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
    ...(remote ? { origin: originOf(prepared, job), ...failuresOf(attempts, job) } : {}),
  });
  const queue = requests.queue(row);
  return {
    id,
    rule: rule.name,
    jobs: jobs.map(described),
    resources: requests.grant(row),
    ...(queue === undefined ? {} : { queue }),
    gpus,
    batch: rule.spec.batch ?? 1,
    together: runBatch !== undefined,
    ...(isProgram(rule.spec) ? { program: true } : {}),
    ...(rule.spec.env === undefined ? {} : { environments: prepared.files.real(environmentsFolder) }),
    recipe: ruleId(rule),
    log: prepared.files.real(`${logs}/${rule.name}-${id}.log`),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

function failuresOf(attempts: Attempts, { row }: JobView): Pick<JobSpec, "failures"> {
  const failures = attempts.failures(row);
  return failures.length === 0 ? {} : { failures };
}

/** How many jobs of a rule make one call, and how many calls run on other machines. */
export class Packing {
  readonly #options: SchedulerContext;
  /** Calls that run elsewhere. */
  #remoteCalls = 0;

  constructor(options: SchedulerContext) {
    this.#options = options;
  }

  isRemote(rule: NamedRule): boolean {
    return this.#options.executorOf(rule).remote !== undefined;
  }

  begin(rule: NamedRule): void {
    if (this.isRemote(rule)) this.#remoteCalls++;
  }

  end(rule: NamedRule): void {
    if (this.isRemote(rule)) this.#remoteCalls--;
  }

  /** Divides the ready jobs among the slots: the last calls are smaller, so that all slots end together. */
  sizeOf(rule: NamedRule, ready: number): number {
    const { slots, localSlots = slots } = this.#options;
    const share = Math.ceil(ready / (this.isRemote(rule) ? slots : localSlots));
    return this.#packOf(rule, ready)?.size ?? Math.min(rule.spec.batch ?? 1, share);
  }

  /** Whether such a call would be full. */
  isFull(rule: NamedRule, ready: number): boolean {
    return this.#packOf(rule, ready)?.full ?? true;
  }

  #packOf(rule: NamedRule, ready: number) {
    const { executorOf, slots, reporter } = this.#options;
    return executorOf(rule).remote?.pack(rule, {
      ready,
      slots,
      free: slots - this.#remoteCalls,
      left: reporter.left(),
    });
  }
}
