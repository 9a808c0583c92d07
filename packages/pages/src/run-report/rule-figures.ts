/** The rules of a plan in figures: how their jobs stand, and what those that were made have cost. */
import { type MadeJob, type RuleState, secondsOf } from "braid-engine/inspect";
import { median } from "braid-engine/quantities";

export interface RuleFigures extends RuleState {
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

export function ruleFigures(rules: readonly RuleState[], made: readonly MadeJob[]): RuleFigures[] {
  const byRule = Map.groupBy(made, ({ rule }) => rule);
  return rules.map((state) => {
    const own = byRule.get(state.rule) ?? [];
    return {
      ...state,
      wall: spreadOf(own.map(secondsOf)),
      cpu: spreadOf(own.flatMap(({ cpu }) => (cpu === undefined ? [] : [cpu / 1_000]))),
      memory: spreadOf(own.flatMap(({ memory }) => memory ?? [])),
      shared: own.filter(({ share }) => share !== undefined).length,
    };
  });
}

/** Null for no values. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  return {
    total: values.reduce((sum, value) => sum + value, 0),
    median: median(values),
    max: values.reduce((most, value) => Math.max(most, value)),
  };
}
