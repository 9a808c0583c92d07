import { describe, expect, test } from "vitest";
import { fitScale, scaled, unscaled } from "./scaling.ts";

describe("a scale", () => {
  test("is mean and population standard deviation, missing values skipped", () => {
    // numpy: np.nanmean([2, nan, 4, 9]) = 5, np.nanstd = 2.943920288775949
    const fit = fitScale([2, Number.NaN, 4, 9]);
    expect(fit).toMatchObject({ mean: 5, epsilon: 0, count: 3 });
    expect(fit.std).toBeCloseTo(2.943920288775949, 14);
    expect(scaled(9, fit)).toBeCloseTo(4 / 2.943920288775949, 14);
  });

  test("of a constant is 0, and everything scales to 0", () => {
    const fit = fitScale(new Float64Array(1000).fill(0.1));
    expect(fit.std).toBe(0);
    expect(scaled(123, fit)).toBe(0);
  });

  test("calls rounding noise around a large mean constant, and a small real spread not", () => {
    expect(fitScale([1e9, 1e9 + 1]).std).toBe(0);
    expect(fitScale([1e-3, 2e-3]).std).toBeCloseTo(5e-4, 10);
  });

  test("of nothing has count 0 and std 0", () => {
    expect(fitScale([Number.NaN])).toEqual({ mean: 0, std: 0, epsilon: 0, count: 0 });
  });

  test("with logarithm adds a hundredth of the mean, so that zero has one, and comes back", () => {
    const flows = [0, 1, 3];
    const fit = fitScale(flows, { logarithm: true });
    expect(fit.epsilon).toBeCloseTo((0.01 * 4) / 3, 15);
    const logs = flows.map((flow) => Math.log(flow + 0.04 / 3));
    expect(fit.mean).toBeCloseTo((logs[0]! + logs[1]! + logs[2]!) / 3, 14);
    for (const flow of [0, 0.5, 3, 100]) expect(unscaled(scaled(flow, fit), fit)).toBeCloseTo(flow, 10);
  });

  test("keeps a missing value missing", () => {
    expect(scaled(Number.NaN, fitScale([1, 2]))).toBeNaN();
  });
});
