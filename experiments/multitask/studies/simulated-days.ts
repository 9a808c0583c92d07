/**
 * How often the test over days calls one of two equally good ensembles better: made-up days whose flow is skewed and
 * whose errors grow with it and last, as those of models of rivers do.
 */
import { type Random, random } from "@braid/statistics";
import type { DayErrors } from "../statistics/days.ts";
import { ensembleGains } from "../statistics/gains.ts";
import type { StatisticsSpec } from "../statistics/spec.ts";
import { verdictOfInterval } from "../statistics/verdicts.ts";
import { normal } from "./simulated-sites.ts";

export interface SimulatedDays {
  readonly sites: number;
  readonly days: number;
  /** Correlation of the error of a day with that of the day before. */
  readonly lasting: number;
  readonly statistics: Pick<StatisticsSpec, "blockDays" | "resamples" | "minimumEffect" | "seed">;
}

/** The shares of sites called better and worse, none of which is; also with fewer blocks than the test accepts. */
export function dayErrorRates({ sites, days, lasting, statistics }: SimulatedDays) {
  const chance = random(statistics.seed);
  let [better, worse] = [0, 0];
  for (let site = 0; site < sites; site++) {
    const observed = series(days, 0.95, chance).map((value) => 10 * Math.exp(value));
    const shared = series(days, lasting, chance);
    // Half of the variance of an error is the weather's, which both ensembles have got wrong alike.
    const ensemble = (): DayErrors => {
      const own = series(days, lasting, chance);
      const predicted = observed.map((flow, d) => flow * (1 + 0.4 * Math.SQRT1_2 * (shared[d]! + own[d]!)));
      const unused = new Float64Array(days);
      return { months: new Uint8Array(days).fill(1), observed, predicted, squaredErrors: unused };
    };
    const { blockDays, resamples } = statistics;
    const [gain] = ensembleGains(ensemble(), [ensemble()], blockDays, resamples, chance, 0);
    const verdict = verdictOfInterval(gain!.difference, gain!.interval!, statistics);
    if (verdict === "better") better++;
    if (verdict === "worse") worse++;
  }
  return { better: better / sites, worse: worse / sites };
}

/** A normal series [n] of variance 1 whose values are correlated by `phi` with the one before. */
function series(n: number, phi: number, chance: Random): Float64Array {
  let value = normal(chance);
  return new Float64Array(n).map(() => {
    value = phi * value + Math.sqrt(1 - phi * phi) * normal(chance);
    return value;
  });
}
