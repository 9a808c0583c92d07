/** What the figures show of many numbers: quantiles that skip gaps, medians over seeds, the best factor. */
import { median as medianOf, withCommas } from "braid-engine/quantities";
import type { Report, ScoreCube } from "../report.ts";

/** Linear quantiles (NumPy's default) of the finite values; NaN where there are none. */
export function quantiles(values: Iterable<number>, at: readonly number[]): number[] {
  const sorted = Float64Array.from([...values].filter(Number.isFinite)).sort();
  return at.map((q) => {
    const place = (sorted.length - 1) * q;
    const low = sorted[Math.floor(place)];
    const high = sorted[Math.ceil(place)];
    return low === undefined || high === undefined ? Number.NaN : low + (high - low) * (place % 1);
  });
}

/** The median of the finite values; NaN where there are none. */
export function median(values: Iterable<number>): number {
  return medianOf([...values].filter(Number.isFinite));
}

/** The scores of one site and factor, a value per seed. */
export function seedsOf(
  { factors, seeds }: Report,
  cube: ScoreCube,
  site: number,
  factor: number,
): Float32Array {
  const from = (site * factors.length + factor) * seeds.length;
  return cube.subarray(from, from + seeds.length);
}

/** Medians over the seeds, [site][factor]. */
export function seedMedians(report: Report, cube: ScoreCube): number[][] {
  return report.sites.map((_, s) => report.factors.map((_, f) => median(seedsOf(report, cube, s, f))));
}

/** Scores where less is better, taken as they are or by size. */
const errors = /^(rmse|mae)/;
const biases = /^(mean_bias|bias|fhv|flv)/;
const ratios = /^(alpha|beta)$/;

/** How good a value of a score is: greater is better. */
export function goodness(score: string, value: number): number {
  if (errors.test(score)) return -value;
  if (biases.test(score)) return -Math.abs(value);
  if (ratios.test(score)) return -Math.abs(value - 1);
  return value;
}

export interface SiteGain {
  readonly site: number;
  /** Position of the factor with the best median over seeds; -1 where nothing was scored. */
  readonly best: number;
  /** Best median at a factor above 0, less that at 0, in goodness; NaN where one is missing. */
  readonly gain: number;
}

/** Of each site: which factor is best by its median, and what the best factor above 0 gains over 0. */
export function siteGains(
  { factors }: Report,
  medians: readonly (readonly number[])[],
  score: string,
): SiteGain[] {
  const zero = factors.indexOf(0);
  return medians.map((row, site) => {
    const good = row.map((value) => goodness(score, value));
    let best = -1;
    let above = Number.NaN;
    good.forEach((value, f) => {
      if (!Number.isFinite(value)) return;
      if (best < 0 || value > good[best]!) best = f;
      if (f !== zero && !(value <= above)) above = value;
    });
    return { site, best, gain: zero < 0 ? Number.NaN : above - good[zero]! };
  });
}

/** A number in few digits. */
export function brief(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (Math.abs(value) >= 1_000) return withCommas(Math.round(value));
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 3).replace("-", "−");
}
