/**
 * Scores of peaks, as NeuralHydrology defines them (Kratzert et al. 2022, J. Open Source Softw. 7(71), 4050, doi 10.21105/joss.04050;
 * its module `evaluation/metrics.py`), on days that follow each other: a gap in the observations ends a stretch, and no
 * peak lies at an end. Peaks are found as by SciPy's `find_peaks`. Values [N]; days are places in them.
 */
import { finite } from "./metrics.ts";
import { squaredDeviations, sumOf } from "./sums.ts";

/** Consecutive days: places `from` up to, but not including, `to`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Splits `days` [N], which rise, where a day is missing. */
export function stretches(days: readonly number[]): Stretch[] {
  const found: Stretch[] = [];
  let from = 0;
  for (let i = 1; i <= days.length; i++) {
    if (i < days.length && days[i] === days[i - 1]! + 1) continue;
    if (i > from) found.push({ from, to: i });
    from = i;
  }
  return found;
}

/** What a maximum must be to count as a peak; `distance` in days. */
export interface PeakRule {
  readonly distance: number;
  readonly height?: number;
  readonly prominence?: number;
}

/** Places of the peaks of a stretch: of equal highest values the middle one. */
export function findPeaks(values: Float64Array, stretch: Stretch, rule: PeakRule): number[] {
  const { distance, height = Number.NEGATIVE_INFINITY, prominence } = rule;
  const apart = farApart(values, maxima(values, stretch, height), distance);
  return prominence === undefined
    ? apart
    : apart.filter((at) => prominenceOf(values, stretch, at) >= prominence);
}

function maxima(values: Float64Array, { from, to }: Stretch, height: number): number[] {
  const found: number[] = [];
  for (let i = from + 1; i < to - 1; i++) {
    const value = values[i]!;
    if (!(values[i - 1]! < value && value >= height)) continue;
    let end = i;
    while (end < to - 1 && values[end + 1] === value) end++;
    if (end < to - 1 && values[end + 1]! < value) found.push((i + end) >> 1);
    i = end;
  }
  return found;
}

/** Keeps the highest of the maxima that are too near each other; of equal ones the last. */
function farApart(values: Float64Array, places: readonly number[], distance: number): number[] {
  const order = places.map((_, i) => i).sort((a, b) => values[places[b]!]! - values[places[a]!]! || b - a);
  const dropped = new Uint8Array(places.length);
  for (const i of order) {
    if (dropped[i]) continue;
    for (let j = i - 1; j >= 0 && places[i]! - places[j]! < distance; j--) dropped[j] = 1;
    for (let j = i + 1; j < places.length && places[j]! - places[i]! < distance; j++) dropped[j] = 1;
  }
  return places.filter((_, i) => !dropped[i]);
}

/** How far a peak rises above the higher of the lowest values on its way, to both sides, to higher ground. */
function prominenceOf(values: Float64Array, { from, to }: Stretch, at: number): number {
  const lowest = (step: 1 | -1) => {
    let low = values[at]!;
    for (let i = at; i >= from && i < to && values[i]! <= values[at]!; i += step)
      low = Math.min(low, values[i]!);
    return low;
  };
  return values[at]! - Math.max(lowest(-1), lowest(1));
}

/** A flood: the day of an observed peak, and its stretch. */
export interface Flood extends Stretch {
  readonly at: number;
}

/** Observed floods: in a stretch at least 100 days apart, and as prominent as the standard deviation of all observations. */
export function floods(o: Float64Array, parts: readonly Stretch[]): Flood[] {
  const prominence = Math.sqrt(squaredDeviations(o) / o.length);
  if (!(prominence > 0)) return [];
  return parts.flatMap((part) =>
    findPeaks(o, part, { distance: 100, prominence }).map((at) => ({ ...part, at })),
  );
}

/** Days to either side in which a predicted peak may answer an observed flood. */
const window = 3;
/** As before, for a peak that counts as not missed. */
const near = 1;

/**
 * Mean number of days between an observed flood and the predicted peak within three days of it; null without a flood that
 * has these days around it.
 */
export function peakTiming(observed: readonly Flood[], p: Float64Array): number | null {
  let [errors, among] = [0, 0];
  for (const { at, from, to } of observed) {
    if (at - window < from || at + window >= to) continue;
    among++;
    if (p[at]! > p[at - 1]! && p[at]! > p[at + 1]!) continue;
    let best = at - window;
    for (let i = best; i <= at + window; i++) if (p[i]! > p[best]!) best = i;
    errors += Math.abs(best - at);
  }
  return among === 0 ? null : errors / among;
}

/** Mean size of the error on the days of observed floods, in percent of the observed flow; null without a flood that is not 0. */
export function peakError(observed: readonly Flood[], o: Float64Array, p: Float64Array): number | null {
  const days = observed.filter(({ at }) => o[at] !== 0);
  if (days.length === 0) return null;
  const shares = Float64Array.from(days, ({ at }) => Math.abs((p[at]! - o[at]!) / o[at]!));
  return finite((100 * sumOf(shares)) / days.length);
}

/** Peaks in all stretches that are at least `height` high, and in a stretch 30 days apart. */
export function highPeaks(values: Float64Array, parts: readonly Stretch[], height: number): number[] {
  return parts.flatMap((part) => findPeaks(values, part, { distance: 30, height }));
}

/** Share of the observed high peaks without a predicted one within a day; null without an observed one. Both rise. */
export function missedPeaks(observed: readonly number[], predicted: readonly number[]): number | null {
  let [missed, next] = [0, 0];
  for (const at of observed) {
    while (next < predicted.length && predicted[next]! < at - near) next++;
    if (!(predicted[next]! <= at + near)) missed++;
  }
  return observed.length === 0 ? null : missed / observed.length;
}
