import { expect, test } from "vitest";
import { dayErrorRates } from "./simulated-days.ts";

test("over half a year of days whose errors last, equal ensembles are seldom called different", () => {
  const statistics = { blockDays: 30, resamples: 500, minimumEffect: 0, seed: 2 };
  const { better, worse } = dayErrorRates({ sites: 200, days: 184, lasting: 0.8, statistics });
  // Percentiles as they are would call 11 %.
  expect(better + worse).toBeLessThan(0.09);
  expect(better + worse).toBeGreaterThan(0.01);
});
