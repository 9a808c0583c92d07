/** What a job asks for: the resources that its call takes from the pool, and its priority. */

import { messageOf } from "../errors.ts";
import { inputShape } from "../plan/job-inputs.ts";
import type { JobView } from "../plan/table.ts";
import type { Resources } from "../rules/rule.ts";
import { bind, type NamedRule } from "../rules/ruleset.ts";
import { gpusElsewhere, localThreads, type Request } from "./resource-pool.ts";
import type { SchedulerContext } from "./schedule.ts";

/** A function of a rule threw. */
class ResourceFunctionError extends Error {}

/** Above any priority that a rule gives. */
const topPriority = 1e9;

export class ResourceRequests {
  readonly #options: SchedulerContext;
  readonly #ofJob = new Map<number, { readonly attempt: number; readonly resources: Resources }>();
  readonly #ofRule = new Map<NamedRule, Request>();
  readonly #priorities = new Map<number, number>();

  constructor(options: SchedulerContext) {
    this.#options = options;
  }

  /** What a call with the job takes; a call on another machine counts as one, whatever it uses there. */
  of(job: number): Request {
    const rule = this.#options.prepared.plan.ruleOf(job);
    if (typeof rule.resources === "function") return this.#request(rule, this.#resourcesOf(job));
    let request = this.#ofRule.get(rule);
    if (request === undefined) {
      request = this.#request(rule, rule.resources);
      this.#ofRule.set(rule, request);
    }
    return request;
  }

  /** The resources that the runner of a call with the job is told about. */
  grant(job: number): Resources {
    if (this.#isRemote(this.#options.prepared.plan.ruleOf(job)))
      return { threads: 1, ...this.#resourcesOf(job) };
    const { [localThreads]: threads, ...request } = this.of(job);
    return threads === undefined ? request : { ...request, threads };
  }

  priority(job: number): number {
    return this.#ownPriority(job) + (this.#options.prepared.urgent.has(job) ? topPriority : 0);
  }

  /** The error of a function of the rule, or null. Must be called before a job is queued. */
  problem(job: number): string | null {
    try {
      if (typeof this.#options.prepared.plan.ruleOf(job).resources === "function") this.of(job);
      this.priority(job);
      return null;
    } catch (error) {
      if (error instanceof ResourceFunctionError) return error.message;
      throw error;
    }
  }

  /** The job has ended. */
  forget(job: number): void {
    this.#ofJob.delete(job);
    this.#priorities.delete(job);
  }

  #request(rule: NamedRule, { threads = 1, ...others }: Resources): Request {
    const { limits, localSlots, slots } = this.#options;
    if (this.#isRemote(rule)) {
      const { gpu, ...rest } = others;
      const free = gpu !== undefined && !limits.has("gpu");
      return free ? { ...rest, [gpusElsewhere]: gpu, threads: 1 } : { ...others, threads: 1 };
    }
    if (localSlots !== undefined) return { ...others, [localThreads]: Math.min(threads, localSlots) };
    return { ...others, threads: Math.min(threads, slots) };
  }

  #isRemote(rule: NamedRule): boolean {
    return this.#options.executorOf(rule).remote !== undefined;
  }

  /** A function is asked once an attempt: all that is decided of the job is decided by one answer. */
  #resourcesOf(job: number): Resources {
    const { prepared, attempts } = this.#options;
    const { plan } = prepared;
    const { resources } = plan.ruleOf(job);
    if (typeof resources !== "function") return resources;
    const attempt = attempts.of(job);
    let known = this.#ofJob.get(job);
    if (known?.attempt !== attempt) {
      const argument = this.#functionArgument(plan.job(job));
      known = {
        attempt,
        resources: callRuleFunction("resources", () => resources({ ...argument, attempt })),
      };
      this.#ofJob.set(job, known);
    }
    return known.resources;
  }

  #ownPriority(job: number): number {
    const { plan } = this.#options.prepared;
    const { priority = 0 } = plan.ruleOf(job).spec;
    if (typeof priority !== "function") return priority;
    let known = this.#priorities.get(job);
    if (known === undefined) {
      const argument = this.#functionArgument(plan.job(job));
      known = callRuleFunction("priority", () => priority(argument));
      this.#priorities.set(job, known);
    }
    return known;
  }

  #functionArgument(job: JobView) {
    return {
      input: inputShape(job, this.#options.prepared.files.real),
      wildcards: bind(job.rule, job.values),
    };
  }
}

function callRuleFunction<T>(what: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw new ResourceFunctionError(`Its ${what} function failed: ${messageOf(error)}`);
  }
}
