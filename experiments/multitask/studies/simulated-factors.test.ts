import { expect, test } from "vitest";
import { anyFactorRates } from "./simulated-factors.ts";

const simulated = { sites: 300, seeds: 30, skewed: false, permutations: 199, level: 0.025, seed: 4 };
const some = (count: number, gain: number) => new Array(count).fill({ gain, spread: 1 });

// Of 300 sites at a true rate of 2.5 %, more than 6 % come up less than once in a thousand times.
test("where no factor is better, neither test finds one more often than its level, also beside bad factors", () => {
  for (const skewed of [false, true])
    for (const bad of [0, -3]) {
      const factors = [...some(1, 0), ...some(7, bad)];
      const { labels, signs } = anyFactorRates({ ...simulated, skewed, factors });
      expect(labels).toBeLessThan(0.06);
      expect(signs).toBeLessThan(0.06);
    }
});

test("beside seven bad factors flipped signs find a good one more often than permuted labels", () => {
  const { labels, signs } = anyFactorRates({ ...simulated, factors: [...some(1, 0.6), ...some(7, -3)] });
  expect(signs).toBeGreaterThan(labels);
  expect(signs).toBeGreaterThan(0.6);
});
