/** Percentiles of sorted values [N], which rise: linear between the two nearest ranks (Hyndman & Fan 1996, type 7), as NumPy's default. */

/** The percentile. */
export function percentile(sorted: Float64Array, percent: number): number {
  const rank = rankOf(sorted, percent);
  const below = sorted[Math.floor(rank)]!;
  return below + (sorted[Math.ceil(rank)]! - below) * (rank - Math.floor(rank));
}

/** An integer if the percentile is one of the values: multiply before dividing. */
function rankOf({ length }: Float64Array, percent: number): number {
  return (percent * (length - 1)) / 100;
}

/**
 * The least of the values that is not below a percentile of them. The percentile is one of the values or lies between two
 * neighbours; comparing with the neighbour avoids the rounding of an interpolation.
 */
export function leastFrom(sorted: Float64Array, percent: number): number {
  return sorted[Math.ceil(rankOf(sorted, percent))]!;
}

/** True for values above a percentile. */
export function isAbove(sorted: Float64Array, percent: number): (value: number) => boolean {
  const neighbour = sorted[Math.floor(rankOf(sorted, percent))]!;
  return (value) => value > neighbour;
}

/** True for values below a percentile. */
export function isBelow(sorted: Float64Array, percent: number): (value: number) => boolean {
  const neighbour = leastFrom(sorted, percent);
  return (value) => value < neighbour;
}
