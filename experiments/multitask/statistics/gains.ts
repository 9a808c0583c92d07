/**
 * Where a factor gains over factor 0: month by month, and on days drawn anew.
 *
 * Seeds measure the luck of training; days measure the luck of the weather that the partition happened to have.
 */
import { blockSample, expandedTail, type Interval, median, quantile, type Random } from "@braid/statistics";
import { fewestObservations, nse } from "../metrics.ts";
import { squaredDeviations } from "../sums.ts";
import type { DayErrors } from "./days.ts";

/** One calendar month of a site and factor; errors are those of a model, averaged over seeds. */
export interface MonthGain {
  readonly month: number;
  readonly days: number;
  readonly meanObserved: number;
  /** Whether the month's mean flow is above the median month's. */
  readonly highFlow: boolean;
  readonly rmseSingle: number;
  readonly rmseMulti: number;
  /** 100 (rmseSingle - rmseMulti) / rmseSingle; null where the single-task error is 0. */
  readonly reductionPercent: number | null;
  /** The month's part of the difference in NSE, averaged over seeds: the parts of a site add up to it. */
  readonly nseGain: number | null;
}

/** The months that have observed days, in the order of the calendar; both are of the same days. */
export function monthGains(single: DayErrors, multi: DayErrors): MonthGain[] {
  const { months, observed } = single;
  const spread = squaredDeviations(observed);
  const present = [...new Set(months)].sort((a, b) => a - b);
  const meanFlow = new Map(
    present.map((month) => [month, mean(observed.filter((_, d) => months[d] === month))]),
  );
  const middle = median([...meanFlow.values()]);
  return present.map((month) => {
    const of = (values: Float64Array) => values.filter((_, d) => months[d] === month);
    const [one, other] = [of(single.squaredErrors), of(multi.squaredErrors)];
    const [rmseSingle, rmseMulti] = [Math.sqrt(mean(one)), Math.sqrt(mean(other))];
    return {
      month,
      days: one.length,
      meanObserved: meanFlow.get(month)!,
      highFlow: meanFlow.get(month)! > middle,
      rmseSingle,
      rmseMulti,
      reductionPercent: rmseSingle === 0 ? null : (100 * (rmseSingle - rmseMulti)) / rmseSingle,
      nseGain: spread === 0 ? null : ((mean(one) - mean(other)) * one.length) / spread,
    };
  });
}

/** The NSE of two ensembles on the same days, and their difference over resampled days. */
export interface EnsembleGain {
  readonly days: number;
  readonly nseSingle: number;
  readonly nseMulti: number;
  readonly difference: number;
  /** Null where the bootstrap was refused. */
  readonly interval: Interval | null;
  /** Why it was. */
  readonly refused: string | null;
}

/** Fewer blocks give intervals that are far too narrow: `pnpm exp:a:error-rates` prints what they would call different. */
const fewestBlocks = 6;

/**
 * Each factor's ensemble against that of factor 0, with the 95 % interval of a circular block bootstrap over days:
 * all factors see the same draws. Half a year is six blocks: as many independent values, and the interval is widened
 * as Student's is for six. Below `fewest` blocks, and for two ensembles of the same predictions, it is refused. Null where there
 * are fewer days than a score needs, or no variance.
 */
export function ensembleGains(
  single: DayErrors,
  multis: readonly DayErrors[],
  blockDays: number,
  resamples: number,
  chance: Random,
  fewest = fewestBlocks,
): (EnsembleGain | null)[] {
  const { observed } = single;
  const n = observed.length;
  const nseSingle = n < fewestObservations ? null : nse(observed, single.predicted);
  if (nseSingle === null) return multis.map(() => null);
  const tooFew =
    Math.floor(n / blockDays) < fewest
      ? `fewer than ${fewest * blockDays} observed days: a bootstrap over days needs ${fewest} blocks of ${blockDays}`
      : null;
  const errors = [single, ...multis].map(({ predicted }) => predicted.map((p, d) => (p - observed[d]!) ** 2));
  const draws = multis.map(() => [] as number[]);
  for (let b = 0; b < resamples && tooFew === null; b++) {
    const positions = blockSample(n, blockDays, chance);
    const [single = 0, ...others] = errors.map((of) => positions.reduce((sum, d) => sum + of[d]!, 0));
    // If all observations are equal, as in a dry river, the spread must be exactly 0.
    const from = observed[positions[0]!]!;
    const center = positions.reduce((sum, d) => sum + (observed[d]! - from), 0) / n;
    const spread = positions.reduce((sum, d) => sum + (observed[d]! - from - center) ** 2, 0);
    if (spread > 0) others.forEach((error, k) => void draws[k]!.push((single - error) / spread));
  }
  const tail = expandedTail(n / blockDays, 0.95);
  return multis.map(({ predicted }, k) => {
    const nseMulti = nse(observed, predicted)!;
    const isSame = predicted.every((value, d) => value === single.predicted[d]);
    const refused = tooFew ?? (isSame ? "same model: every prediction equals that of factor 0" : null);
    const ends = () => ({ low: quantile(draws[k]!, tail), high: quantile(draws[k]!, 1 - tail) });
    return {
      ...{ days: n, nseSingle, nseMulti, difference: nseMulti - nseSingle, refused },
      interval: refused === null ? ends() : null,
    };
  });
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
