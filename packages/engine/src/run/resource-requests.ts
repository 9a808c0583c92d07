/** What a job asks for when it is to run: what its call takes from the pool, and how far in front it stands. */

import type { FileSystem } from "../disk/files.ts";
import { messageOf } from "../errors.ts";
import { inputShape } from "../plan/job-inputs.ts";
import type { JobView, Plan } from "../plan/table.ts";
import type { Resources } from "../rules/rule.ts";
import { bind, type NamedRule } from "../rules/ruleset.ts";
import { gpusElsewhere, localThreads, type Request } from "./resource-pool.ts";

/** A function of a rule threw. */
class Unanswered extends Error {}

export interface ResourceRequestsOptions {
  readonly plan: Plan;
  readonly files: FileSystem;
  readonly slots: number;
  /** Threads of this machine for jobs that run here where others run elsewhere. */
  readonly localSlots?: number | undefined;
  /** How much there is of each thing, as far as anybody has said. */
  readonly limits: ReadonlyMap<string, number>;
  /** Jobs that start before others. */
  readonly urgent: ReadonlySet<number>;
  isRemote(rule: NamedRule): boolean;
  attemptOf(job: number): number;
}

/** Above what rules say of their priority. */
const first = 1e9;

export class ResourceRequests {
  readonly #options: ResourceRequestsOptions;
  readonly #ofJob = new Map<number, { readonly attempt: number; readonly resources: Resources }>();
  readonly #ofRule = new Map<NamedRule, Request>();
  readonly #priorities = new Map<number, number>();

  constructor(options: ResourceRequestsOptions) {
    this.#options = options;
  }

  /** What a call with the job takes; on another machine it is one of the calls under way, whatever it uses there. */
  of(job: number): Request {
    const rule = this.#options.plan.ruleOf(job);
    if (typeof rule.resources === "function") return this.#request(rule, this.#resourcesOf(job));
    let request = this.#ofRule.get(rule);
    if (request === undefined) {
      request = this.#request(rule, rule.resources);
      this.#ofRule.set(rule, request);
    }
    return request;
  }

  /** What the runner of a call with the job is told that it has. */
  grant(job: number): Resources {
    if (this.#options.isRemote(this.#options.plan.ruleOf(job)))
      return { threads: 1, ...this.#resourcesOf(job) };
    const { [localThreads]: threads, ...request } = this.of(job);
    return threads === undefined ? request : { ...request, threads };
  }

  priority(job: number): number {
    return this.#ownPriority(job) + (this.#options.urgent.has(job) ? first : 0);
  }

  /** Null, or why a function of the rule cannot say it: to be asked before a job goes into the queue. */
  problem(job: number): string | null {
    try {
      if (typeof this.#options.plan.ruleOf(job).resources === "function") this.of(job);
      this.priority(job);
      return null;
    } catch (error) {
      if (error instanceof Unanswered) return error.message;
      throw error;
    }
  }

  /** The job has ended. */
  forget(job: number): void {
    this.#ofJob.delete(job);
    this.#priorities.delete(job);
  }

  #request(rule: NamedRule, { threads = 1, ...others }: Resources): Request {
    const { isRemote, limits, localSlots, slots } = this.#options;
    if (isRemote(rule)) {
      const { gpu, ...rest } = others;
      const free = gpu !== undefined && !limits.has("gpu");
      return free ? { ...rest, [gpusElsewhere]: gpu, threads: 1 } : { ...others, threads: 1 };
    }
    if (localSlots !== undefined) return { ...others, [localThreads]: Math.min(threads, localSlots) };
    return { ...others, threads: Math.min(threads, slots) };
  }

  /** A function is asked once an attempt: all that is decided of the job is decided by one answer. */
  #resourcesOf(job: number): Resources {
    const { plan, attemptOf } = this.#options;
    const { resources } = plan.ruleOf(job);
    if (typeof resources !== "function") return resources;
    const attempt = attemptOf(job);
    let known = this.#ofJob.get(job);
    if (known?.attempt !== attempt) {
      const asked = this.#asked(plan.job(job));
      known = { attempt, resources: given("resources", () => resources({ ...asked, attempt })) };
      this.#ofJob.set(job, known);
    }
    return known.resources;
  }

  #ownPriority(job: number): number {
    const { plan } = this.#options;
    const { priority = 0 } = plan.ruleOf(job).spec;
    if (typeof priority !== "function") return priority;
    let known = this.#priorities.get(job);
    if (known === undefined) {
      const asked = this.#asked(plan.job(job));
      known = given("priority", () => priority(asked));
      this.#priorities.set(job, known);
    }
    return known;
  }

  #asked(job: JobView) {
    return {
      input: inputShape(job, this.#options.files.real),
      wildcards: bind(job.rule, job.values),
    };
  }
}

function given<T>(what: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw new Unanswered(`Its ${what} function failed: ${messageOf(error)}`);
  }
}
