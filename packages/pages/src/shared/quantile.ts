/** The linear quantile (R's type 7, NumPy's default) of values in ascending order, `q` from 0 to 1; NaN for no values. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const place = (sorted.length - 1) * q;
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place % 1);
}
