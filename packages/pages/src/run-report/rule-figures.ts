/** The rules of a plan in figures: how their jobs stand, and what those that were made have cost. */
import { secondsOf } from "../../journal/seconds.ts";
import { reasonOf } from "../../staleness/forecast.ts";
import type { Prepared } from "../../staleness/prepare.ts";
import type { Reason } from "../../staleness/reason.ts";
import type { MadeJob } from "./made-jobs.ts";

/** `failed`: and not made since. The other two wait to be made. */
export const states = ["up to date", "failed", "missing", "out of date"] as const;
export type JobState = (typeof states)[number];
export type States = Readonly<Record<JobState, number>>;

export interface RuleFigures {
  readonly rule: string;
  readonly jobs: number;
  readonly states: States;
  /** Of the jobs that were made: seconds, seconds of CPU, bytes; null where that is known of none. */
  readonly wall: Spread | null;
  readonly cpu: Spread | null;
  readonly memory: Spread | null;
  /** Jobs whose time is a share of a batch's. */
  readonly shared: number;
}

export interface Spread {
  readonly total: number;
  readonly median: number;
  readonly max: number;
}

/** In the order of the work. */
export function ruleFigures(
  prepared: Prepared,
  made: readonly MadeJob[],
  hasFailed: (job: number) => boolean,
): RuleFigures[] {
  const byRule = Map.groupBy(made, ({ job }) => job.rule.name);
  return [...countStates(prepared, hasFailed)].map(([rule, counts]) => {
    const own = byRule.get(rule) ?? [];
    return {
      rule,
      jobs: states.reduce((sum, state) => sum + counts[state], 0),
      states: counts,
      wall: spreadOf(own.map(secondsOf)),
      cpu: spreadOf(own.flatMap(({ cpu }) => (cpu === undefined ? [] : [cpu / 1_000]))),
      memory: spreadOf(own.flatMap(({ memory }) => memory ?? [])),
      shared: own.filter(({ share }) => share !== undefined).length,
    };
  });
}

function countStates(
  prepared: Prepared,
  hasFailed: (job: number) => boolean,
): Map<string, Record<JobState, number>> {
  const rules = new Map<string, Record<JobState, number>>();
  for (const job of prepared.selected.rows()) {
    const { name } = prepared.plan.ruleOf(job);
    let counts = rules.get(name);
    if (counts === undefined) {
      counts = { "up to date": 0, failed: 0, missing: 0, "out of date": 0 };
      rules.set(name, counts);
    }
    counts[stateOf(reasonOf(prepared, job), hasFailed(job))]++;
  }
  return rules;
}

function stateOf(reason: Reason | null, failed: boolean): JobState {
  if (reason === null) return "up to date";
  if (failed) return "failed";
  return reason.kind === "missing output" ? "missing" : "out of date";
}

/** Null for no values; the median of an even number of them is the mean of the two in the middle. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return {
    total: sorted.reduce((sum, value) => sum + value, 0),
    median: (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2,
    max: sorted.at(-1)!,
  };
}
