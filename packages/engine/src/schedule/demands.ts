/** What a job asks for when it is to run: what its call books, and how far in front it stands. */

import type { FileSystem } from "../disk/files.ts";
import { cannot } from "../errors.ts";
import { inputShape } from "../plan/job-inputs.ts";
import type { PlannedJob } from "../plan/plan.ts";
import { describeJob } from "../plan/plan-errors.ts";
import type { Resources } from "../rules/rule.ts";
import { bind, type NamedRule } from "../rules/ruleset.ts";
import type { Wants } from "./booking.ts";

export interface Demands {
  /** What a call with the job books; on another machine it is one of the calls under way, whatever it uses there. */
  wantsOf(job: PlannedJob): Wants;
  /** What the rule says, as it stands. */
  resourcesOf(job: PlannedJob): Resources;
  priorityOf(job: PlannedJob): number;
}

export interface DemandsOptions {
  readonly files: FileSystem;
  readonly slots: number;
  isRemote(rule: NamedRule): boolean;
  attemptOf(job: PlannedJob): number;
}

export function demands({ files, slots, isRemote, attemptOf }: DemandsOptions): Demands {
  const ofRule = new Map<NamedRule, Wants>();
  const priorities = new Map<PlannedJob, number>();
  const asked = (job: PlannedJob) => ({
    input: inputShape(job, files.real),
    wildcards: bind(job.rule, job.values),
  });

  function bookable(rule: NamedRule, { threads = 1, ...others }: Resources): Wants {
    return { ...others, threads: isRemote(rule) ? 1 : Math.min(threads, slots) };
  }

  function resourcesOf(job: PlannedJob): Resources {
    const { resources = {} } = job.rule.spec;
    return typeof resources === "function"
      ? given(job, "resources", () => resources({ ...asked(job), attempt: attemptOf(job) }))
      : resources;
  }

  /** Without it nobody can say when the job may run: that ends the run. */
  function given<T>(job: PlannedJob, what: string, ask: () => T): T {
    try {
      return ask();
    } catch (error) {
      throw cannot("run", describeJob(job.rule, job.values), `its ${what} function failed`, {
        facts: [["error", String((error as Error).message ?? error)]],
        cause: error,
      });
    }
  }

  return {
    resourcesOf,
    wantsOf(job) {
      const { rule } = job;
      if (typeof rule.spec.resources === "function") return bookable(rule, resourcesOf(job));
      let wants = ofRule.get(rule);
      if (wants === undefined) {
        wants = bookable(rule, resourcesOf(job));
        ofRule.set(rule, wants);
      }
      return wants;
    },
    priorityOf(job) {
      const { priority = 0 } = job.rule.spec;
      if (typeof priority !== "function") return priority;
      let known = priorities.get(job);
      if (known === undefined) {
        known = given(job, "priority", () => priority(asked(job)));
        priorities.set(job, known);
      }
      return known;
    },
  };
}
