/**
 * Scores of one variable's predictions on the observed days of one partition.
 *
 * A score is null where it is not defined (an empty field in the file): fewer than 11 observations, zero
 * variance, nothing below or above a percentile, or a head that was never trained. o observed, p predicted.
 */

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

export type Scores = Readonly<Record<(typeof scoreNames)[number], number | null>>;

export const noScores: Scores = Object.fromEntries(scoreNames.map((name) => [name, null])) as Scores;

/**
 * All scores of predictions `p` for observations `o`, both [N] in physical units without NaN.
 * `epsilon` is given for discharge only, in its unit: 0.01 x the mean of the train observations; without it
 * the scores that need a true zero (kge, beta, fhv, flv, log_nse, n_negative) are null.
 */
export function score(o: Float64Array, p: Float64Array, epsilon: number | null): Scores {
  if (o.length < fewestObservations) return noScores;
  const high = percentile(o, 90);
  const low = percentile(o, 10);
  const top = onlyWhere(o, p, (value) => value > high);
  const bottom = onlyWhere(o, p, (value) => value < low);
  const clipped = p.map((value) => Math.max(0, value));
  return {
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
  const spread = squaredDeviations(o);
  return isZero(spread, o) ? null : 1 - squaredErrors(o, p) / spread;
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
  const [oSpread, pSpread] = [squaredDeviations(o), squaredDeviations(p)];
  if (isZero(oSpread, o) || isZero(pSpread, p)) return null;
  const [obar, pbar] = [mean(o), mean(p)];
  let joint = 0;
  for (let i = 0; i < o.length; i++) joint += (o[i]! - obar) * (p[i]! - pbar);
  return joint / Math.sqrt(oSpread * pSpread);
}

/** alpha: standard deviation of the predictions over that of the observations. Gupta et al. 2009. */
export function variabilityRatio(o: Float64Array, p: Float64Array): number | null {
  const spread = squaredDeviations(o);
  return isZero(spread, o) ? null : Math.sqrt(squaredDeviations(p) / spread);
}

/** beta: mean of the predictions over that of the observations. Gupta et al. 2009. */
export function biasRatio(o: Float64Array, p: Float64Array): number | null {
  const obar = mean(o);
  return obar === 0 ? null : mean(p) / obar;
}

/** Mean of p - o, in the variable's unit. */
export function meanBias(o: Float64Array, p: Float64Array): number | null {
  return o.length === 0 ? null : mean(p) - mean(o);
}

/**
 * FHV, bias of the flow duration curve's high end: 100 sum (p_h - o_h) / sum o_h over the highest 2 % of
 * each, sorted apart. In percent; null where 2 % is less than half a day.
 * Yilmaz, Gupta & Wagener 2008, Water Resour. Res. 44, W09417, doi 10.1029/2007WR006716.
 */
export function highFlowBias(o: Float64Array, p: Float64Array): number | null {
  const days = Math.round(0.02 * o.length);
  const high = (values: Float64Array) => sum(values.toSorted().subarray(values.length - days));
  const observed = high(o);
  return days === 0 || observed === 0 ? null : (100 * (high(p) - observed)) / observed;
}

/**
 * FLV, bias of the flow duration curve's low end: with O = sum [ln o_l - ln o_min] and P likewise over the lowest
 * 30 % of each, sorted apart, -100 (P - O) / O. In percent; flows enter as q + epsilon, so that zero has a logarithm.
 * Yilmaz, Gupta & Wagener 2008, doi 10.1029/2007WR006716.
 */
export function lowFlowBias(o: Float64Array, p: Float64Array, epsilon: number): number | null {
  const days = Math.round(0.3 * o.length);
  const low = (values: Float64Array) => {
    const logs = values
      .toSorted()
      .subarray(0, days)
      .map((value) => Math.log(value + epsilon));
    return sum(logs) - days * logs[0]!;
  };
  if (days === 0 || !(epsilon > 0)) return null;
  const observed = low(o);
  return finite((-100 * (low(p) - observed)) / observed);
}

/** NSE of ln(q + epsilon): the NSE of low flows (Krause, Boyle & Baese 2005, Adv. Geosci. 5, 89-97, doi 10.5194/adgeo-5-89-2005). */
export function logNse(o: Float64Array, p: Float64Array, epsilon: number): number | null {
  if (!(epsilon > 0)) return null;
  const logarithm = (values: Float64Array) => values.map((value) => Math.log(value + epsilon));
  const result = nse(logarithm(o), logarithm(p));
  return result === null ? null : finite(result);
}

/** NumPy's default percentile: linear between the two nearest ranks (Hyndman & Fan 1996, type 7). */
export function percentile(values: Float64Array, percent: number): number {
  const sorted = values.toSorted();
  const rank = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)]!;
  return below + (sorted[Math.ceil(rank)]! - below) * (rank - Math.floor(rank));
}

function onlyWhere(o: Float64Array, p: Float64Array, keep: (observed: number) => boolean) {
  return { o: o.filter((value) => keep(value)), p: p.filter((_, i) => keep(o[i]!)) };
}

function squaredErrors(o: Float64Array, p: Float64Array): number {
  let total = 0;
  for (let i = 0; i < o.length; i++) total += (p[i]! - o[i]!) ** 2;
  return total;
}

function squaredDeviations(values: Float64Array): number {
  const center = mean(values);
  let total = 0;
  for (const value of values) total += (value - center) ** 2;
  return total;
}

/** Whether a sum of squared deviations is rounding noise: equal values do not always subtract to 0. */
function isZero(spread: number, values: Float64Array): boolean {
  return Math.sqrt(spread / values.length) <= 1e-12 * Math.max(Math.abs(values[0]!), Number.MIN_VALUE);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function mean(values: Float64Array): number {
  return sum(values) / values.length;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
