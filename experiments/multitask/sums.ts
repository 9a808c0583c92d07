/**
 * Sums many numbers with the error of a single addition (Neumaier 1974, Z. angew. Math. Mech. 54, 39-51), for the scores.
 * Equal values have deviations of exactly 0.
 */

/** The sum of `term(value, i)`, or of the values without a `term`. */
export function sumOf(
  values: Float64Array,
  term: (value: number, i: number) => number = (value) => value,
): number {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const next = term(values[i]!, i);
    const sum = total + next;
    lost += Math.abs(total) >= Math.abs(next) ? total - sum + next : next - sum + total;
    total = sum;
  }
  // After an overflow, the lost digits are NaN.
  return Number.isFinite(total) ? total + lost : total;
}

/** The mean: the first value and the mean distance from it, so that equal values have that very value as mean. */
export function meanOf(values: Float64Array): number {
  const first = values[0]!;
  return first + sumOf(values, (value) => value - first) / values.length;
}

/** The sum of squared deviations from the mean. */
export function squaredDeviations(values: Float64Array): number {
  const center = meanOf(values);
  return sumOf(values, (value) => (value - center) ** 2);
}
