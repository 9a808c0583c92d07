/** Two experiments of one primary, compared with each other site by site. */
import { median } from "@braid/statistics";
import type { FinishedExperiment } from "./experiments.ts";

export interface Pair {
  readonly first: string;
  readonly second: string;
  /** Why models of one seed are not a pair, or why nothing is compared; empty if their seeds are paired. */
  readonly unpaired: string;
  /** Null if the two are not comparable at all. */
  readonly numbers: PairNumbers | null;
}

interface PairNumbers {
  /** Sites with scores in both. */
  readonly sites: number;
  /** Median over sites of the NSE of single-task models, first and second. */
  readonly single: readonly [number, number];
  /** Median over sites of the gain, first and second, and sites whose gain is larger in the second. */
  readonly gain: readonly [number, number];
  readonly larger: number;
}

/** Every pair of experiments, in their order. */
export function pairsOf(experiments: readonly FinishedExperiment[]): Pair[] {
  return experiments.flatMap((first, i) => experiments.slice(i + 1).map((second) => pair(first, second)));
}

function pair(first: FinishedExperiment, second: FinishedExperiment): Pair {
  const names = { first: first.name, second: second.name };
  if (first.primary !== second.primary)
    return {
      ...names,
      unpaired: `${first.name} predicts ${first.primary} and ${second.name} ${second.primary}: only their counts can be read side by side`,
      numbers: null,
    };
  if (first.judged !== second.judged || first.days !== second.days)
    return {
      ...names,
      unpaired: `they are judged on other days (${first.judged} and ${second.judged})`,
      numbers: null,
    };
  return { ...names, unpaired: whyUnpaired(first, second), numbers: numbersOf(first, second) };
}

/** Models of one seed start from the same weights, and learn from the same windows, only if inputs and sites are the same. */
function whyUnpaired(first: FinishedExperiment, second: FinishedExperiment): string {
  const inputs = ({ drivers, attributes }: FinishedExperiment) => [...drivers, ...attributes];
  const only = (one: FinishedExperiment, other: FinishedExperiment) =>
    inputs(one).filter((input) => !inputs(other).includes(input));
  const differences = [[first, only(first, second)] as const, [second, only(second, first)] as const].filter(
    ([, more]) => more.length > 0,
  );
  if (differences.length > 0)
    return `unpaired: their inputs differ (${differences.map(([{ name }, more]) => `${name} also has ${more.join(", ")}`).join("; ")}), so models of one seed do not start from the same weights`;
  return first.trainOn === second.trainOn
    ? ""
    : "unpaired: their models start from the same weights, but learn from other sites";
}

function numbersOf(first: FinishedExperiment, second: FinishedExperiment): PairNumbers | null {
  const both = [...first.sites].flatMap(([site, one]) => {
    const other = second.sites.get(site);
    const whole =
      other !== undefined &&
      [one.single, one.gain, other.single, other.gain].every((value) => value !== null);
    return whole ? [[one, other] as const] : [];
  });
  if (both.length === 0) return null;
  const middle = (of: (pair: (typeof both)[number]) => number | null) => median(both.map((one) => of(one)!));
  return {
    sites: both.length,
    single: [middle(([one]) => one.single), middle(([, other]) => other.single)],
    gain: [middle(([one]) => one.gain), middle(([, other]) => other.gain)],
    larger: both.filter(([one, other]) => other.gain! > one.gain!).length,
  };
}
