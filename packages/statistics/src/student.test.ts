import { expect, test } from "vitest";
import { expandedTail, normalTail, tQuantile, tTail } from "./student.ts";

test("tails of the normal distribution are SciPy's, but for 2e-7", () => {
  // scipy.stats.norm.sf 1.17.1
  for (const [z, tail] of [
    [0, 0.5],
    [0.5, 0.3085375387259869],
    [1.96, 0.024997895148220435],
    [2.8, 0.002555130330427932],
  ] as const)
    expect(Math.abs(normalTail(z) - tail)).toBeLessThan(2e-7);
});

test("tails and quantiles of Student's t are SciPy's, of odd and even degrees", () => {
  // scipy.stats.t.sf(1.7, df) and isf(0.025, df) 1.17.1
  for (const [df, tail, quantile] of [
    [1, 0.1692530273303327, 12.706204736174705],
    [2, 0.11561671310078561, 4.302652729749464],
    [5, 0.074938393424162, 2.5705818356363155],
    [6, 0.0700198273124487, 2.4469118511449794],
    [23, 0.05130832760408515, 2.068657610419049],
  ] as const) {
    expect(tTail(1.7, df)).toBeCloseTo(tail, 12);
    expect(tQuantile(0.025, df)).toBeCloseTo(quantile, 10);
  }
});

test("fewer units leave less to cut off at the ends, and many as much as a percentile interval", () => {
  // norm.sf(sqrt(n / (n - 1)) * t.isf(0.025, n - 1)), SciPy 1.17.1
  expect(expandedTail(6.1, 0.95)).toBeCloseTo(0.0024318, 6);
  expect(expandedTail(12, 0.95)).toBeCloseTo(0.0107566, 6);
  expect(expandedTail(100, 0.95)).toBeCloseTo(0.0230644, 6);
  expect(expandedTail(1, 0.95)).toBeLessThan(1e-9);
});
