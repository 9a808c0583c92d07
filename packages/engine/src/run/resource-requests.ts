/** What a job asks for: the resources that its call takes from the pool, and its priority. */

import { messageOf } from "../errors.ts";
import { inputShape } from "../plan/job-inputs.ts";
import type { JobView } from "../plan/table.ts";
import type { QueueSettings } from "../rules/queue-settings.ts";
import { attemptOf, type Failure, growthAfter } from "../rules/retries.ts";
import type { Resources } from "../rules/rule.ts";
import { bind, type NamedRule } from "../rules/ruleset.ts";
import { gpusElsewhere, localThreads, type Request } from "./resource-pool.ts";
import type { SchedulerContext } from "./schedule.ts";

/** A function of a rule threw. */
class ResourceFunctionError extends Error {}

/** What one attempt of a job asks for. */
interface JobNeeds {
  /** Those before the attempt. */
  readonly failures: readonly Failure[];
  readonly resources: Resources;
  /** The function has looked at the attempt, and says what it asks for. */
  readonly chosen: boolean;
  readonly queue: QueueSettings | undefined;
}

/** Above any priority that a rule gives. */
const topPriority = 1e9;

export class ResourceRequests {
  readonly #options: SchedulerContext;
  readonly #ofJob = new Map<number, JobNeeds>();
  readonly #ofRule = new Map<NamedRule, Request>();
  readonly #priorities = new Map<number, number>();

  constructor(options: SchedulerContext) {
    this.#options = options;
  }

  /** What a call with the job takes; a call on another machine counts as one, whatever it uses there. */
  of(job: number): Request {
    const rule = this.#options.prepared.plan.ruleOf(job);
    if (typeof rule.resources === "function") return this.#request(rule, this.#needsOf(job).resources);
    let request = this.#ofRule.get(rule);
    if (request === undefined) {
      request = this.#request(rule, rule.resources);
      this.#ofRule.set(rule, request);
    }
    return request;
  }

  /** The resources that the runner of a call with the job is told about; a later task of a queue gets more of some. */
  grant(job: number): Resources {
    if (this.#isRemote(this.#options.prepared.plan.ruleOf(job))) {
      const { resources, chosen } = this.#needsOf(job);
      const granted = { threads: 1, ...resources };
      return chosen ? granted : grown(granted, this.#options.attempts.failures(job));
    }
    const { [localThreads]: threads, ...request } = this.of(job);
    return threads === undefined ? request : { ...request, threads };
  }

  /** What the rule says of the queue for the job; undefined on this machine. */
  queue(job: number): QueueSettings | undefined {
    return this.#needsOf(job).queue;
  }

  /** Jobs of one rule with the same kind may share a task of a queue; empty where nothing can differ. */
  kind(job: number): string {
    const rule = this.#options.prepared.plan.ruleOf(job);
    if (!this.#isRemote(rule)) return "";
    const varies = typeof rule.resources === "function" || typeof rule.queue === "function";
    const growth = growthAfter(this.#options.attempts.failures(job));
    if (!varies && growth.memory === 1 && growth.time === 1) return "";
    return JSON.stringify([this.grant(job), this.queue(job), growth]);
  }

  /** What the job's next attempt asks for, by name; for messages. */
  describe(job: number): Readonly<Record<string, string | number>> {
    const { executorOf, prepared, attempts } = this.#options;
    const rule = prepared.plan.ruleOf(job);
    const { remote } = executorOf(rule);
    const resources = this.grant(job);
    if (remote === undefined) return resources;
    const queue = this.queue(job);
    const needs = { rule: rule.name, resources, queue, failures: attempts.failures(job) };
    if (remote.request !== undefined) return remote.request(needs);
    const { extra = [], set, ...words } = queue ?? {};
    return { ...resources, ...words, ...set, ...(extra.length > 0 && { extra: extra.join(" ") }) };
  }

  priority(job: number): number {
    return this.#ownPriority(job) + (this.#options.prepared.urgent.has(job) ? topPriority : 0);
  }

  /** The error of a function of the rule, or null. Must be called before a job is queued. */
  problem(job: number): string | null {
    try {
      this.#needsOf(job);
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
  #needsOf(job: number): JobNeeds {
    const { prepared, attempts } = this.#options;
    const rule = prepared.plan.ruleOf(job);
    const { resources } = rule;
    const queue = this.#isRemote(rule) ? rule.queue : undefined;
    const failures = attempts.failures(job);
    if (typeof resources !== "function" && typeof queue !== "function")
      return { failures, resources, chosen: false, queue };
    const known = this.#ofJob.get(job);
    if (known?.failures === failures) return known;
    const { argument, isRead } = this.#attemptArgument(job, failures);
    const needs = {
      failures,
      resources:
        typeof resources === "function"
          ? callRuleFunction("resources", () => resources(argument))
          : resources,
      // Before the other function reads the attempt too.
      chosen: isRead(),
      queue: typeof queue !== "function" ? queue : callRuleFunction("queue", () => queue(argument)),
    };
    this.#ofJob.set(job, needs);
    return needs;
  }

  /** What functions are told, and whether one has read anything about the attempt. */
  #attemptArgument(job: number, failures: readonly Failure[]) {
    const argument = this.#functionArgument(this.#options.prepared.plan.job(job));
    let read = false;
    for (const [name, value] of Object.entries(attemptOf(failures)))
      Object.defineProperty(argument, name, {
        enumerable: true,
        get() {
          read = true;
          return value;
        },
      });
    return { argument, isRead: () => read };
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

/** More memory and time, where the rule says the same for each attempt. */
function grown(resources: Resources, failures: readonly Failure[]): Resources {
  if (failures.length === 0) return resources;
  const { memory, time } = growthAfter(failures);
  const factor = (name: string) => (name.startsWith("mem") ? memory : name.startsWith("runtime") ? time : 1);
  return Object.fromEntries(Object.entries(resources).map(([name, amount]) => [name, amount * factor(name)]));
}

function callRuleFunction<T>(what: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw new ResourceFunctionError(`Its ${what} function failed: ${messageOf(error)}`);
  }
}
