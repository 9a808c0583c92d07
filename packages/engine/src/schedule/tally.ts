/** What a run has done so far and what is left; each change is written to the journal and told to who listens. */

import type { Emit, FailedJob, Summary } from "../events.ts";
import type { Journal } from "../journal/journal.ts";
import { countByRule } from "../judge/assess.ts";
import type { Reason } from "../judge/rebuilder.ts";
import type { Plan, PlannedJob } from "../plan/plan.ts";
import { describeJob } from "../plan/plan-errors.ts";
import type { NamedRule } from "../rules/ruleset.ts";

export interface Tally {
  /** Jobs that are in no call yet, by rule. */
  readonly left: ReadonlyMap<string, number>;
  /** How many jobs neither ended nor can no longer run. */
  open(): number;
  /** Jobs go into a call, or (negative) come back from one. */
  called(rule: NamedRule, jobs: number): void;
  /** A job is done; `seconds` of a rule without a body are 0. */
  done(job: PlannedJob, seconds: number): void;
  /** A job turned out to be up to date. */
  cutOff(job: PlannedJob): void;
  failed(failure: FailedJob): void;
  /** The jobs with these orders need what failed. */
  blocked(orders: readonly number[]): void;
  /** The plan has grown by jobs that are to run, or jobs of it are not to run any more. */
  grown(jobs: readonly PlannedJob[], sign?: 1 | -1): void;
  summary(outcome: "interrupted" | null, seconds: number): Summary;
}

export interface TallyOptions {
  readonly plan: Plan;
  readonly reasons: (Reason | null)[];
  readonly journal: Journal;
  readonly emit: Emit;
}

export function tally({ plan, reasons, journal, emit }: TallyOptions): Tally {
  const left = countByRule(plan, reasons);
  /** Jobs that are only asked what they need count when it turns out that they are to run. */
  const uncounted = new Set(plan.askedOnly);
  const failed: FailedJob[] = [];
  let total = [...left.values()].reduce((sum, jobs) => sum + jobs, 0);
  let done = 0;
  let cutOff = 0;
  let blocked = 0;

  const add = (to: Map<string, number>, { name }: NamedRule, jobs: number) =>
    to.set(name, (to.get(name) ?? 0) + jobs);
  const open = () => total - done - cutOff - failed.length - blocked;
  const nameOf = ({ rule, values }: PlannedJob) => describeJob(rule, values);

  function nowCounted(): PlannedJob[] {
    const jobs = [...uncounted].filter((job) => !plan.askedOnly?.has(job) && !plan.leftOut?.has(job));
    for (const job of jobs) uncounted.delete(job);
    return jobs;
  }

  return {
    left,
    open,
    called: (rule, jobs) => void add(left, rule, -jobs),
    done(job, seconds) {
      done++;
      // What outputs were made from is written by who knows it.
      if (job.outputs.length === 0) journal.append({ t: "settled", rule: job.rule.name, as: "done" });
      emit({ kind: "done", rule: job.rule.name, job: nameOf(job), seconds });
    },
    cutOff(job) {
      cutOff++;
      journal.append({ t: "settled", rule: job.rule.name, as: "up to date" });
      emit({ kind: "cut off", rule: job.rule.name, job: nameOf(job) });
    },
    failed(failure) {
      failed.push(failure);
      emit({ kind: "failed", rule: failure.rule, job: failure.job, failure });
    },
    blocked(orders) {
      blocked += orders.filter((order) => !uncounted.has(plan.jobs[order]!)).length;
    },
    grown(all, sign = 1) {
      if (sign > 0) for (const job of all) if (plan.askedOnly?.has(job)) uncounted.add(job);
      const jobs = all.filter((job) => !uncounted.has(job));
      if (sign > 0) jobs.push(...nowCounted());
      if (jobs.length === 0) return;
      total += sign * jobs.length;
      const rules = new Map<string, number>();
      for (const { rule } of jobs) {
        add(rules, rule, sign);
        add(left, rule, sign);
      }
      journal.append({ t: "grown", rules: Object.fromEntries(rules) });
      emit({ kind: "grown", rules });
    },
    summary(outcome, seconds) {
      const end = outcome ?? (failed.length > 0 ? "failed" : "done");
      return { outcome: end, total, done, cutOff, failed, blocked, left: open(), seconds };
    },
  };
}
