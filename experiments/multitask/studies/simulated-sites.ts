/**
 * How often the tests call a site better or worse: at made-up sites where no factor differs from 0 (the rate of
 * false verdicts) or where all of them gain by a known amount (power).
 */
import { type Random, random } from "@braid/statistics";
import { compare, comparisonOf } from "../statistics/compare.ts";
import { type SeedScores, type TestName, testNames } from "../statistics/site-tests.ts";
import type { StatisticsSpec } from "../statistics/spec.ts";

export interface Simulated {
  readonly sites: number;
  /** Factors above 0. */
  readonly factors: number;
  readonly seeds: number;
  /** What every factor adds to the score of 0, in standard deviations of one model's luck. */
  readonly gain: number;
  readonly statistics: StatisticsSpec;
}

/** The share of sites with each verdict, each site judged alone. */
export type Rates = Readonly<Record<TestName, { readonly better: number; readonly worse: number }>>;

/**
 * Scores a - exp(luck) + gain: as those of trained models, they have an end above and a long tail below. A model's luck
 * is normal, half of its variance shared by the factors of a seed, and another on each partition.
 */
export function errorRates({ sites, factors, seeds, gain, statistics }: Simulated): Rates {
  const comparison = comparisonOf({
    factors: Array.from({ length: factors + 1 }, (_, k) => k),
    seeds: Array.from({ length: seeds }, (_, s) => s),
    sites: Array.from({ length: sites }, (_, i) => `site ${i}`),
    evaluate: ["validation", "test"],
  });
  const chance = random(statistics.seed);
  const oneSite = (): SeedScores[] =>
    comparison.seeds.map((seed) => {
      const shared = normal(chance);
      const scores = [0, ...comparison.factors].map(
        (factor) => (factor === 0 ? 0 : gain) - Math.exp((shared + normal(chance)) * Math.SQRT1_2),
      );
      return { seed, scores };
    });
  const tests = compare(() => ({ validation: oneSite(), test: oneSite() }), comparison, statistics);
  const rate = (test: TestName, verdict: "better" | "worse") => {
    const { bySite } = tests.find((one) => one.test === test)!;
    return [...bySite.values()].filter(({ verdicts }) => verdicts.none === verdict).length / sites;
  };
  return Object.fromEntries(
    testNames.map((test) => [test, { better: rate(test, "better"), worse: rate(test, "worse") }]),
  ) as Rates;
}

/** A standard normal draw (Box and Muller 1958). */
export function normal(chance: Random): number {
  const uniform = () => (chance.below(2 ** 30) + 0.5) / 2 ** 30;
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
