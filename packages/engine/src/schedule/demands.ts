/** What a job asks for when it is to run: what its call books, and how far in front it stands. */

import type { FileSystem } from "../disk/files.ts";
import { messageOf } from "../errors.ts";
import { inputShape } from "../plan/job-inputs.ts";
import type { PlannedJob } from "../plan/plan.ts";
import type { Resources } from "../rules/rule.ts";
import { bind, type NamedRule } from "../rules/ruleset.ts";
import { gpusElsewhere, localThreads, type Wants } from "./booking.ts";

export interface Demands {
  /** What a call with the job books; on another machine it is one of the calls under way, whatever it uses there. */
  wantsOf(job: PlannedJob): Wants;
  /** What the runner of a call with the job is told that it has. */
  grantOf(job: PlannedJob): Resources;
  priorityOf(job: PlannedJob): number;
  /** Null, or why a function of the rule cannot say it: to be asked before a job goes into the queue. */
  problemOf(job: PlannedJob): string | null;
}

/** A function of a rule threw. */
class Unanswered extends Error {}

export interface DemandsOptions {
  readonly files: FileSystem;
  readonly slots: number;
  /** Threads of this machine for jobs that run here where others run elsewhere. */
  readonly localSlots?: number | undefined;
  /** How much there is of each thing, as far as anybody has said. */
  readonly limits: ReadonlyMap<string, number>;
  /** Jobs that start before others. */
  readonly urgent: ReadonlySet<PlannedJob>;
  isRemote(rule: NamedRule): boolean;
  attemptOf(job: PlannedJob): number;
}

/** Above what rules say of their priority. */
const first = 1e9;

export function demands(options: DemandsOptions): Demands {
  const { files, slots, localSlots, limits, urgent, isRemote, attemptOf } = options;
  const ofJob = new Map<PlannedJob, { readonly attempt: number; readonly resources: Resources }>();
  const ofRule = new Map<NamedRule, Wants>();
  const priorities = new Map<PlannedJob, number>();
  const asked = (job: PlannedJob) => ({
    input: inputShape(job, files.real),
    wildcards: bind(job.rule, job.values),
  });

  function bookable(rule: NamedRule, { threads = 1, ...others }: Resources): Wants {
    if (isRemote(rule)) {
      const { gpu, ...rest } = others;
      const free = gpu !== undefined && !limits.has("gpu");
      return free ? { ...rest, [gpusElsewhere]: gpu, threads: 1 } : { ...others, threads: 1 };
    }
    if (localSlots !== undefined) return { ...others, [localThreads]: Math.min(threads, localSlots) };
    return { ...others, threads: Math.min(threads, slots) };
  }

  /** A function is asked once an attempt: all that is decided of the job is decided by one answer. */
  function resourcesOf(job: PlannedJob): Resources {
    const { resources } = job.rule;
    if (typeof resources !== "function") return resources;
    const attempt = attemptOf(job);
    let known = ofJob.get(job);
    if (known?.attempt !== attempt) {
      known = { attempt, resources: given("resources", () => resources({ ...asked(job), attempt })) };
      ofJob.set(job, known);
    }
    return known.resources;
  }

  function wantsOf(job: PlannedJob): Wants {
    const { rule } = job;
    if (typeof rule.resources === "function") return bookable(rule, resourcesOf(job));
    let wants = ofRule.get(rule);
    if (wants === undefined) {
      wants = bookable(rule, resourcesOf(job));
      ofRule.set(rule, wants);
    }
    return wants;
  }

  function priorityOf(job: PlannedJob): number {
    return ownPriority(job) + (urgent.has(job) ? first : 0);
  }

  function ownPriority(job: PlannedJob): number {
    const { priority = 0 } = job.rule.spec;
    if (typeof priority !== "function") return priority;
    let known = priorities.get(job);
    if (known === undefined) {
      known = given("priority", () => priority(asked(job)));
      priorities.set(job, known);
    }
    return known;
  }

  function grantOf(job: PlannedJob): Resources {
    if (isRemote(job.rule)) return { threads: 1, ...resourcesOf(job) };
    const { [localThreads]: threads, ...wants } = wantsOf(job);
    return threads === undefined ? wants : { ...wants, threads };
  }

  return {
    grantOf,
    wantsOf,
    priorityOf,
    problemOf(job) {
      try {
        if (typeof job.rule.resources === "function") wantsOf(job);
        priorityOf(job);
        return null;
      } catch (error) {
        if (error instanceof Unanswered) return error.message;
        throw error;
      }
    },
  };
}

function given<T>(what: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw new Unanswered(`Its ${what} function failed: ${messageOf(error)}`);
  }
}
