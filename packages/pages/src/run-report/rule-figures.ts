/** The rules of a plan in figures: the states of their jobs, and what the jobs cost that were made. */
import type { RuleState } from "braid-engine/inspect";
import type { Distribution, Distributions, RuleDistribution } from "./distributions.ts";

export interface RuleFigures extends RuleState {
  /** Seconds of all jobs that were made; null if none was. */
  readonly wall: RuleDistribution | null;
  /** Seconds of CPU, and bytes; null if no job has a record of it. */
  readonly cpu: RuleDistribution | null;
  readonly memory: RuleDistribution | null;
}

export function ruleFigures(
  rules: readonly RuleState[],
  { time, cpu, memory }: Distributions,
): RuleFigures[] {
  const finder = (distribution: Distribution | null) => {
    const byRule = new Map(distribution?.rules.map((own) => [own.rule, own]));
    return (rule: string) => byRule.get(rule) ?? null;
  };
  const [wallOf, cpuOf, memoryOf] = [finder(time), finder(cpu), finder(memory)];
  return rules.map((state) => ({
    ...state,
    ...{ wall: wallOf(state.rule), cpu: cpuOf(state.rule), memory: memoryOf(state.rule) },
  }));
}
