import { expect, test } from "vitest";
import { errorRates } from "./simulated-sites.ts";

const statistics = {
  level: 0.05,
  minimumEffect: 0,
  permutations: 199,
  resamples: 100,
  blockDays: 30,
  naiveFactor: 1,
  seed: 1,
};
const simulated = { factors: 8, seeds: 30, statistics };

// Of 400 sites at a true rate of 2.5 %, more than 5 % come up once in a thousand times.
test("where nothing differs, only the naive test finds more than its level", () => {
  const rates = errorRates({ ...simulated, sites: 400, gain: 0 });
  for (const test of ["any_better", "chosen_factor", "naive_factor"] as const)
    expect(rates[test].better).toBeLessThan(0.05);
  for (const test of ["any_worse", "chosen_factor", "naive_factor"] as const)
    expect(rates[test].worse).toBeLessThan(0.05);
  expect(rates.naive_best.better).toBeGreaterThan(0.06);
});

test("a large gain is found by every test, and none finds the contrary", () => {
  const rates = errorRates({ ...simulated, sites: 30, gain: 1.5 });
  for (const test of ["naive_best", "any_better", "chosen_factor", "naive_factor"] as const)
    expect(rates[test]).toMatchObject({ worse: 0 });
  expect(rates.any_better.better).toBeGreaterThan(0.9);
  expect(rates.chosen_factor.better).toBeGreaterThan(0.8);
  expect(rates.any_worse.worse).toBe(0);
});
