/**
 * Scores of one variable's predictions on the observed days of one partition.
 *
 * A score is null where it is not defined (an empty field in the file): fewer than 11 observations, equal
 * observations, nothing below or above a percentile, or a head that was never trained; `whyUndefined` has the reason.
 * Compares the values themselves to decide whether they are equal: their sums differ by rounding, and dividing by that
 * difference gives an arbitrary score. o observed, p predicted.
 */
import { isAbove, isBelow } from "./percentiles.ts";
import { meanOf, squaredDeviations, sumOf } from "./sums.ts";

/** Fewer observations than this are not scored (river-dl asks for more than 10). */
export const fewestObservations = 11;

/** Names of the scores, in the order of the file's columns. */
export const scoreNames = [
  "rmse",
  "nse",
  "kge",
  "r",
  "alpha",
  "beta",
  "mean_bias",
  "n_top",
  "rmse_top",
  "bias_top",
  "n_bottom",
  "rmse_bottom",
  "bias_bottom",
  "fhv",
  "flv",
  "log_nse",
  "n_negative",
] as const;

/** The name of a score. */
export type ScoreName = (typeof scoreNames)[number];

export type Scores = Readonly<Record<ScoreName, number | null>>;

export const noScores: Scores = Object.fromEntries(scoreNames.map((name) => [name, null])) as Scores;

/**
 * All scores of predictions `p` for observations `o`, both [N] in physical units without NaN.
 * `epsilon` is given for discharge only, in its unit: 0.01 x the mean of the train observations; without it
 * the scores that need a true zero (kge, beta, fhv, flv, log_nse, n_negative) are null.
 */
export function score(o: Float64Array, p: Float64Array, epsilon: number | null): Scores {
  if (o.length < fewestObservations) return noScores;
  const sorted = o.toSorted();
  const top = onlyWhere(o, p, isAbove(sorted, 90));
  const bottom = onlyWhere(o, p, isBelow(sorted, 10));
  const clipped = p.map((value) => Math.max(0, value));
  const scores: Scores = {
    rmse: rmse(o, p),
    nse: nse(o, p),
    r: correlation(o, p),
    alpha: variabilityRatio(o, p),
    mean_bias: meanBias(o, p),
    n_top: top.o.length,
    rmse_top: rmse(top.o, top.p),
    bias_top: meanBias(top.o, top.p),
    n_bottom: bottom.o.length,
    rmse_bottom: rmse(bottom.o, bottom.p),
    bias_bottom: meanBias(bottom.o, bottom.p),
    ...(epsilon === null
      ? { kge: null, beta: null, fhv: null, flv: null, log_nse: null, n_negative: null }
      : {
          kge: kge(o, p),
          beta: biasRatio(o, p),
          fhv: highFlowBias(o, clipped),
          flv: lowFlowBias(o, clipped, epsilon),
          log_nse: logNse(o, clipped, epsilon),
          n_negative: p.filter((value) => value < 0).length,
        }),
  };
  return mapScores(scores, (value) => (value === null ? null : finite(value)));
}

/** The scores that only discharge has. */
export const scoresOfDischarge: readonly ScoreName[] = ["kge", "beta", "fhv", "flv", "log_nse", "n_negative"];

/**
 * Why scores of `score(o, p, epsilon)` are null, by name; without the scores that the variable does not have.
 */
export function whyUndefined(
  scores: Scores,
  o: Float64Array,
  p: Float64Array,
  epsilon: number | null,
): ReadonlyMap<ScoreName, string> {
  const reasons = new Map<ScoreName, string>();
  for (const name of scoreNames)
    if (scores[name] === null && (epsilon !== null || !scoresOfDischarge.includes(name)))
      reasons.set(name, reasonOf(name, o, p, epsilon ?? 0));
  return reasons;
}

function reasonOf(name: ScoreName, o: Float64Array, p: Float64Array, epsilon: number): string {
  if (o.length === 0) return "nothing was observed";
  if (o.length < fewestObservations)
    return `${o.length} observed days, and a score needs ${fewestObservations}`;
  const equal = isConstant(o) ? "all observations are equal" : null;
  const flat = isConstant(p) ? "all predictions are equal" : null;
  const balanced = biasRatio(o, p) === null ? "the observations add up to 0" : null;
  const tooLarge = "it is larger than any number";
  switch (name) {
    case "nse":
    case "alpha":
      return equal ?? tooLarge;
    case "r":
      return equal ?? flat ?? tooLarge;
    case "beta":
      return balanced ?? tooLarge;
    case "kge":
      return equal ?? flat ?? balanced ?? tooLarge;
    case "rmse_top":
    case "bias_top":
      return "no observation is above the 90th percentile";
    case "rmse_bottom":
    case "bias_bottom":
      return "no observation is below the 10th percentile";
    case "fhv":
      return highDays(o) === 0 ? "2 % of the days are no day" : "the highest flows add up to 0";
    case "flv":
    case "log_nse": {
      if (!(epsilon > 0)) return "the mean of the train observations is not above 0";
      if (Math.min(...extremes(o)) + epsilon <= 0) return "a negative flow has no logarithm";
      if (name === "log_nse") return equal ?? tooLarge;
      return "the lowest observed flows are all equal";
    }
    default:
      return tooLarge;
  }
}

/** Root mean square error: sqrt( sum (p - o)^2 / N ), in the variable's unit. */
export function rmse(o: Float64Array, p: Float64Array): number | null {
  return o.length === 0 ? null : Math.sqrt(squaredErrors(o, p) / o.length);
}

/**
 * Nash-Sutcliffe efficiency: 1 - sum (p - o)^2 / sum (o - obar)^2, obar the mean of these observations.
 * Nash & Sutcliffe 1970, J. Hydrol. 10, 282-290, doi 10.1016/0022-1694(70)90255-6.
 */
export function nse(o: Float64Array, p: Float64Array): number | null {
  return isConstant(o) ? null : finite(1 - squaredErrors(o, p) / squaredDeviations(o));
}

/**
 * Kling-Gupta efficiency: 1 - sqrt( (r - 1)^2 + (alpha - 1)^2 + (beta - 1)^2 ).
 * For discharge only: beta, a ratio of means, depends on where the unit has its zero, as degrees C do.
 * Gupta, Kling, Yilmaz & Martinez 2009, J. Hydrol. 377, 80-91, doi 10.1016/j.jhydrol.2009.08.003.
 */
export function kge(o: Float64Array, p: Float64Array): number | null {
  const parts = [correlation(o, p), variabilityRatio(o, p), biasRatio(o, p)];
  let distance = 0;
  for (const part of parts) {
    if (part === null) return null;
    distance += (part - 1) ** 2;
  }
  return 1 - Math.sqrt(distance);
}

/** r: Pearson's correlation of observed and predicted. Gupta et al. 2009. */
export function correlation(o: Float64Array, p: Float64Array): number | null {
  if (isConstant(o) || isConstant(p)) return null;
  const [oFrom, pFrom] = [meanOf(o), meanOf(p)];
  const joint = sumOf(o, (value, i) => (value - oFrom) * (p[i]! - pFrom));
  // Rounding may take a perfect correlation beyond 1.
  const r = joint / Math.sqrt(squaredDeviations(o)) / Math.sqrt(squaredDeviations(p));
  return finite(Math.min(1, Math.max(-1, r)));
}

/** alpha: standard deviation of the predictions over that of the observations. Gupta et al. 2009. */
export function variabilityRatio(o: Float64Array, p: Float64Array): number | null {
  return isConstant(o) ? null : finite(Math.sqrt(squaredDeviations(p) / squaredDeviations(o)));
}

/**
 * beta: mean of the predictions over that of the observations. Gupta et al. 2009. Null where the observations add up
 * to 0 as far as their digits tell: 0.1 + 0.2 - 0.3 is not 0 in binary numbers.
 */
export function biasRatio(o: Float64Array, p: Float64Array): number | null {
  const total = sumOf(o);
  return isRounding(total, o) ? null : finite(sumOf(p) / total);
}

/** Mean of p - o, in the variable's unit. */
export function meanBias(o: Float64Array, p: Float64Array): number | null {
  return o.length === 0 ? null : sumOf(o, (value, i) => p[i]! - value) / o.length;
}

/**
 * FHV, bias of the flow duration curve's high end: 100 sum (p_h - o_h) / sum o_h over the highest 2 % of
 * each, sorted apart. In percent; null where 2 % is less than half a day, or the observed ones add up to 0.
 * Yilmaz, Gupta & Wagener 2008, Water Resour. Res. 44, W09417, doi 10.1029/2007WR006716.
 */
export function highFlowBias(o: Float64Array, p: Float64Array): number | null {
  const days = highDays(o);
  const high = (values: Float64Array) => values.toSorted().subarray(values.length - days);
  const [observed, predicted] = [high(o), high(p)];
  const total = sumOf(observed);
  if (days === 0 || isRounding(total, observed)) return null;
  return finite((100 * sumOf(observed, (value, i) => predicted[i]! - value)) / total);
}

function highDays(o: Float64Array): number {
  return Math.round(0.02 * o.length);
}

/**
 * FLV, bias of the flow duration curve's low end: with O = sum [ln o_l - ln o_min] and P likewise over the lowest
 * 30 % of each, sorted apart, -100 (P - O) / O. In percent; flows enter as q + epsilon, so that zero has a logarithm.
 * Null where the lowest observed flows are all equal, as those of a river that runs dry: O is 0.
 * Yilmaz, Gupta & Wagener 2008, doi 10.1029/2007WR006716.
 */
export function lowFlowBias(o: Float64Array, p: Float64Array, epsilon: number): number | null {
  const days = Math.round(0.3 * o.length);
  if (days === 0 || !(epsilon > 0)) return null;
  const low = (values: Float64Array) => values.toSorted().subarray(0, days);
  const [observed, predicted] = [low(o), low(p)];
  if (isConstant(observed)) return null;
  // Differences are summed, each exact to rounding: the sum of logarithms less a multiple of one would cancel.
  const above = (flows: Float64Array) => sumOf(flows, (value) => logRatio(value, flows[0]!, epsilon));
  const [O, P] = [above(observed), above(predicted)];
  return finite((-100 * (P - O)) / O);
}

/** NSE of ln(q + epsilon): the NSE of low flows (Krause, Boyle & Baese 2005, Adv. Geosci. 5, 89-97, doi 10.5194/adgeo-5-89-2005). */
export function logNse(o: Float64Array, p: Float64Array, epsilon: number): number | null {
  if (!(epsilon > 0) || isConstant(o)) return null;
  // Logarithms relative to one flow: a constant apart, they give the same NSE with more digits.
  const logarithm = (values: Float64Array) => values.map((value) => logRatio(value, o[0]!, epsilon));
  return nse(logarithm(o), logarithm(p));
}

/** ln(a + epsilon) - ln(b + epsilon), exact also for a near b; NaN if one has no logarithm. */
export function logRatio(a: number, b: number, epsilon: number): number {
  if (!(a + epsilon > 0 && b + epsilon > 0)) return Number.NaN;
  const change = (a - b) / (b + epsilon);
  return Math.abs(change) < 0.5 ? Math.log1p(change) : Math.log((a + epsilon) / (b + epsilon));
}

function onlyWhere(o: Float64Array, p: Float64Array, keep: (observed: number) => boolean) {
  return { o: o.filter((value) => keep(value)), p: p.filter((_, i) => keep(o[i]!)) };
}

function squaredErrors(o: Float64Array, p: Float64Array): number {
  return sumOf(o, (value, i) => (p[i]! - value) ** 2);
}

/** Whether all values are equal. */
function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}

/** True if a sum is no larger than the error of storing its decimal values in binary. */
export function isRounding(total: number, values: Float64Array): boolean {
  return Math.abs(total) <= 2 ** -53 * sumOf(values, Math.abs);
}

function extremes(values: Float64Array): readonly [least: number, most: number] {
  return values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as readonly [number, number]);
}

/** The value, or null for one that is no number or too large for one. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function mapScores(scores: Scores, change: (value: number | null) => number | null): Scores {
  return Object.fromEntries(scoreNames.map((name) => [name, change(scores[name])])) as unknown as Scores;
}
