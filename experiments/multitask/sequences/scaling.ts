/**
 * Scaling: (v - mean) / std, with mean and population std of the train days alone, missing values skipped.
 * A variable may be taken as ln(v + epsilon) first. A column that does not vary has std 0 and scales to 0.
 */

import { isConstant } from "@braid/data/check";

/** How one column is scaled; `std` 0 means constant or never observed, `epsilon` 0 means no logarithm. */
export interface Scale {
  readonly mean: number;
  readonly std: number;
  readonly epsilon: number;
}

/** A scale and the number of train days it rests on. */
export interface Fit extends Scale {
  readonly count: number;
}

/** The scale of train values, in float64; NaN is skipped. With `logarithm`, epsilon = 0.01 x their mean. */
export function fitScale(train: ArrayLike<number>, { logarithm = false } = {}): Fit {
  const seen = Array.from(train).filter((value) => !Number.isNaN(value));
  const count = seen.length;
  if (count === 0) return { mean: 0, std: 0, epsilon: 0, count };
  const epsilon = logarithm ? 0.01 * average(seen) : 0;
  // All-zero discharge has no logarithm to fit; it is constant either way.
  const values = epsilon > 0 ? seen.map((value) => Math.log(value + epsilon)) : seen;
  const mean = average(values);
  const std = Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
  return { mean, std: isConstant(mean, std) ? 0 : std, epsilon, count };
}

/** A value in the model's units; NaN stays NaN, and so does the logarithm of nothing. */
export function scaled(value: number, { mean, std, epsilon }: Scale): number {
  if (std === 0) return 0;
  return ((epsilon > 0 ? Math.log(value + epsilon) : value) - mean) / std;
}

/** The value in physical units that `scaled` takes to `value`. */
export function unscaled(value: number, { mean, std, epsilon }: Scale): number {
  const transformed = value * std + mean;
  return epsilon > 0 ? Math.exp(transformed) - epsilon : transformed;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
