/**
 * Is any factor better than 0? How often two max-T tests say so at made-up sites: one permutes the labels within a seed, the other flips
 * the signs of the differences of a seed together. Factors may be good, bad, or differ from 0 in their spread alone.
 */
import { maxT, type Random, random, signFlipMaxT } from "@braid/statistics";
import { normal } from "./simulated-sites.ts";

/** A factor above 0: what it adds to the score, and its spread, in standard deviations of the luck of a model at factor 0. */
export interface SimulatedFactor {
  readonly gain: number;
  readonly spread: number;
}

export interface SimulatedFactors {
  readonly sites: number;
  readonly seeds: number;
  readonly factors: readonly SimulatedFactor[];
  /** Whether luck has a long tail of bad models, as scores with an upper end have; else it is normal. */
  readonly skewed: boolean;
  readonly permutations: number;
  /** Of the one-sided test. */
  readonly level: number;
  readonly seed: number;
}

/** The share of sites at which each test finds a factor that is better than 0. */
export type AnyRates = Readonly<Record<"labels" | "signs", number>>;

/** Half of the variance of a model's luck is shared by the factors of a seed; both tests see the same scores. */
export function anyFactorRates(simulated: SimulatedFactors): AnyRates {
  const { sites, seeds, permutations, level, seed } = simulated;
  const chance = random(seed);
  let [labels, signs] = [0, 0];
  for (let site = 0; site < sites; site++) {
    const blocks = Array.from({ length: seeds }, () => scoresOf(simulated, chance));
    if (maxT(blocks, "greater", permutations, chance).p <= level) labels++;
    if (signFlipMaxT(blocks, "greater", permutations, chance).p <= level) signs++;
  }
  return { labels: labels / sites, signs: signs / sites };
}

/** The scores of one seed: factor 0 first. */
function scoresOf({ factors, skewed }: SimulatedFactors, chance: Random): number[] {
  const shared = normal(chance);
  const luck = () => (shared + normal(chance)) * Math.SQRT1_2;
  // exp has the median 1: a factor of gain 0 has the median of factor 0, whatever its spread.
  const score = () => (skewed ? 1 - Math.exp(luck()) : luck());
  return [score(), ...factors.map(({ gain, spread }) => gain + spread * score())];
}
