/**
 * Tails of the normal and of Student's t distribution, and what they say of a bootstrap of few units: its percentiles
 * are too narrow, since few units vary less than the population that they stand for.
 */

/** P(Z > z), z >= 0, within 2e-7 (Abramowitz and Stegun 26.2.17). */
export function normalTail(z: number): number {
  const k = 1 / (1 + 0.2316419 * z);
  const terms = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const polynomial = terms.reduceRight((sum, term) => k * (term + sum), 0);
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}

/** P(T > t), t >= 0, of `df` = 1, 2, ... degrees of freedom (Abramowitz and Stegun 26.7.3, 26.7.4). */
export function tTail(t: number, df: number): number {
  const angle = Math.atan(t / Math.sqrt(df));
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const odd = df % 2 === 1;
  let term = odd ? cos : 1;
  let sum = 0;
  for (let k = odd ? 1 : 0; k <= df - 2; k += 2) {
    sum += term;
    term *= ((k + 1) / (k + 2)) * cos * cos;
  }
  const inside = odd ? (2 / Math.PI) * (angle + sin * sum) : sin * sum;
  return (1 - inside) / 2;
}

/** The t beyond which lies the share `tail` < 0.5. */
export function tQuantile(tail: number, df: number): number {
  let [low, high] = [0, 1];
  while (tTail(high, df) > tail) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (tTail(middle, df) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The share to cut off at either end of a bootstrap of `units` for a central interval of `coverage`: that of the
 * expanded percentile interval (Hesterberg 2015, The American Statistician 69, 371), less than (1 - coverage) / 2.
 */
export function expandedTail(units: number, coverage: number): number {
  const n = Math.max(2, Math.floor(units));
  return normalTail(Math.sqrt(n / (n - 1)) * tQuantile((1 - coverage) / 2, n - 1));
}
