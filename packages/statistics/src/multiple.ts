/** Many tests at once: adjusted p-values. */

/** Holm (1979): the chance of any false finding stays below the level. */
export function holm(ps: readonly number[]): number[] {
  const order = byValue(ps);
  const adjusted = new Array<number>(ps.length);
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * ps[i]!));
    adjusted[i] = largest;
  });
  return adjusted;
}

/** Benjamini and Hochberg (1995): the expected share of false findings stays below the level. */
export function benjaminiHochberg(ps: readonly number[]): number[] {
  const order = byValue(ps).reverse();
  const adjusted = new Array<number>(ps.length);
  let smallest = 1;
  order.forEach((i, fromLast) => {
    smallest = Math.min(smallest, (ps.length * ps[i]!) / (ps.length - fromLast));
    adjusted[i] = smallest;
  });
  return adjusted;
}

function byValue(ps: readonly number[]): number[] {
  return ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!);
}
