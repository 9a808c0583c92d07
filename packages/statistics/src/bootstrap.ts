/** Intervals from resampling, by percentiles (Efron 1979). */
import { quantile } from "./order.ts";
import type { Random } from "./random.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The middle `coverage` of a statistic over resamples that `draw` makes. Resamples where it is NaN do not count. */
export function percentileInterval(statistic: () => number, resamples: number, coverage = 0.95): Interval {
  const values: number[] = [];
  for (let b = 0; b < resamples; b++) {
    const value = statistic();
    if (!Number.isNaN(value)) values.push(value);
  }
  return { low: quantile(values, (1 - coverage) / 2), high: quantile(values, (1 + coverage) / 2) };
}

/**
 * Positions [n] of a series resampled in blocks of `length` that follow each other, wrapping round its end
 * (circular block bootstrap, Politis and Romano 1992): what is near in time stays together.
 */
export function blockSample(n: number, length: number, chance: Random): Int32Array {
  const positions = new Int32Array(n);
  for (let at = 0; at < n; ) {
    const start = chance.below(n);
    for (let k = 0; k < length && at < n; k++) positions[at++] = (start + k) % n;
  }
  return positions;
}

/** Members of as many clusters as there are, drawn with replacement: what belongs together stays together. */
export function clusterSample<T>(clusters: readonly (readonly T[])[], chance: Random): T[] {
  return clusters.flatMap(() => clusters[chance.below(clusters.length)]!);
}
