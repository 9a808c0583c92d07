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

/** Benjamini and Yekutieli (2001): as Benjamini and Hochberg, whatever the dependence of the tests. */
export function benjaminiYekutieli(ps: readonly number[]): number[] {
  const harmonic = ps.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
  return benjaminiHochberg(ps).map((p) => Math.min(1, p * harmonic));
}

function byValue(ps: readonly number[]): number[] {
  return ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!);
}
