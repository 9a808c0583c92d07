/** What the figures show of many numbers: quantiles that skip gaps, medians over seeds, the best factor. */
import { median as medianOf, withCommas } from "braid-engine/quantities";
import { quantile } from "../../shared/quantile.ts";
import type { Report, ScoreCube } from "../report.ts";
import { goodness } from "./names.ts";

/** Linear quantiles (NumPy's default) of the finite values; NaN where there are none. */
export function quantiles(values: Iterable<number>, at: readonly number[]): number[] {
  const sorted = Float64Array.from([...values].filter(Number.isFinite)).sort();
  return at.map((q) => quantile(sorted, q));
}

/** Limits of an axis that has 0 and the middle 96 % of the values. */
export function bulk(values: readonly number[]): [low: number, high: number] {
  const [low, high] = quantiles(values, [0.02, 0.98]) as [number, number];
  const spread = Math.max(high - low, 1e-6);
  return [Math.min(0, low) - spread * 0.1, Math.max(0, high) + spread * 0.1];
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

/** The median over the seeds of a site and factor, with half the interquartile range. */
export interface Spread {
  readonly median: number;
  readonly half: number;
}

const spreads = new WeakMap<ScoreCube, Spread[][]>();

/** Medians and spreads over the seeds, [site][factor]; most figures of the page share them. */
export function seedSpreads(report: Report, cube: ScoreCube): readonly (readonly Spread[])[] {
  const known = spreads.get(cube);
  if (known !== undefined) return known;
  const made = report.sites.map((_, s) =>
    report.factors.map((_, f): Spread => {
      const [low, middle, high] = quantiles(seedsOf(report, cube, s, f), [0.25, 0.5, 0.75]);
      return { median: middle!, half: (high! - low!) / 2 };
    }),
  );
  spreads.set(cube, made);
  return made;
}

/** Medians over the seeds, [site][factor]. */
export function seedMedians(report: Report, cube: ScoreCube): number[][] {
  return seedSpreads(report, cube).map((row) => row.map((spread) => spread.median));
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

/** What a site gains for both variables. */
export interface Trade {
  readonly site: number;
  /** The factor above 0 with the best median of the primary. */
  readonly factor: number;
  /** Median of the primary at this factor less that at factor 0. */
  readonly primary: number;
  /** Median of the auxiliary at this factor less that at the largest factor. */
  readonly auxiliary: number;
}

/**
 * By site, of medians [site][factor] of scores of which higher is better; sites where one is missing are left out. Factor 0 is
 * where the primary learns alone; the largest factor is where the auxiliary comes nearest to that.
 */
export function trades(
  { factors }: Pick<Report, "factors">,
  primary: readonly (readonly number[])[],
  auxiliary: readonly (readonly number[])[],
): Trade[] {
  const [zero, largest] = [factors.indexOf(0), factors.indexOf(Math.max(...factors))];
  return primary.flatMap((row, site) => {
    let best = -1;
    for (let f = 0; f < row.length; f++)
      if (f !== zero && Number.isFinite(row[f]) && !(row[f]! <= (row[best] ?? Number.NaN))) best = f;
    if (best < 0) return [];
    const own = auxiliary[site]!;
    const trade = { primary: row[best]! - row[zero]!, auxiliary: own[best]! - own[largest]! };
    return Number.isFinite(trade.primary) && Number.isFinite(trade.auxiliary)
      ? [{ site, factor: factors[best]!, ...trade }]
      : [];
  });
}

/** A number in six digits, as the tables of figures and their files have it. */
export function sixDigits(value: number): number {
  return Number(value.toPrecision(6));
}

/** A number in two decimals, such as an NSE in a sentence. */
export function twoDecimals(value: number): string {
  return value.toFixed(2).replace("-", "−");
}

/** A number in few digits. */
export function brief(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (Math.abs(value) >= 1_000) return withCommas(Math.round(value));
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 3).replace("-", "−");
}

/**
 * A number with the digits that its uncertainty leaves: to the place of the uncertainty's first digit, or its second where
 * the first is a 1. Without an uncertainty as `brief`. With `sign`, a plus stands before what is above 0.
 */
export function rounded(value: number, uncertainty: number | null, sign = false): string {
  if (!Number.isFinite(value)) return "-";
  if (uncertainty === null || !(uncertainty > 0) || !Number.isFinite(uncertainty)) {
    return `${sign && value > 0 ? "+" : ""}${brief(value)}`;
  }
  const power = Math.floor(Math.log10(uncertainty));
  const place = power - (uncertainty / 10 ** power < 2 ? 1 : 0);
  const decimals = Math.min(8, Math.max(0, -place));
  const step = 10 ** Math.max(0, place);
  const text = (Math.round(value / step) * step).toFixed(0);
  const shown = place > 0 ? withCommas(Number(text)) : value.toFixed(decimals);
  const clean = Number(shown.replaceAll(",", "")) === 0 ? shown.replace("-", "") : shown;
  return `${sign && value > 0 ? "+" : ""}${clean.replace("-", "−")}`;
}
