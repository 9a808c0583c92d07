import { expect, test } from "vitest";
import { quantile } from "./quantile.ts";

test("quantiles are linear between values, as NumPy's default", () => {
  // numpy.quantile([1, 2, 4, 8], [0, .05, .5, .95, 1])
  const expected = [1, expect.closeTo(1.15, 12), 3, expect.closeTo(7.4, 12), 8];
  expect([0, 0.05, 0.5, 0.95, 1].map((q) => quantile([1, 2, 4, 8], q))).toEqual(expected);
  expect(quantile([7], 0.3)).toBe(7);
  expect([0, 0.5, 1].map((q) => quantile([], q))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});
