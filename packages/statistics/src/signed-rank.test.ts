import { describe, expect, test } from "vitest";
import { random } from "./random.ts";
import { hodgesLehmann, signedRank, signFlips, smallestP } from "./signed-rank.ts";

/** scipy.stats.wilcoxon 1.10.1, mode="exact". */
const fromSciPy = [
  { x: [0.546, 1.022, 0.53, -1.103, 1.105], w: 11, greater: 0.21875, less: 0.84375, two: 0.4375 },
  {
    x: [0.646, -0.337, 0.781, 0.565, 0.494, 0.228, 0.747, -0.536],
    w: 30,
    greater: 0.0546875,
    less: 0.9609375,
    two: 0.109375,
  },
  {
    x: [
      0.037, -0.282, 0.799, 0.24, -0.092, -0.582, -0.057, 0.208, -0.076, 1.494, 1.207, -2.511, -1.689, 0.025,
      -0.222,
    ],
    w: 53,
    greater: 0.660614013671875,
    less: 0.35986328125,
    two: 0.7197265625,
  },
  {
    x: [
      0.414, 0.417, 2.318, -0.912, -0.178, 2.243, 0.847, 0.863, -0.314, -1.448, 0.367, 0.309, -1.027, -0.483,
      0.128, -0.745, 0.102, 0.295, 0.236, -0.306, 0.794, 1.091, 0.521, -0.618, 0.932, -0.301, 1.079, -0.872,
      1.114, 0.18,
    ],
    w: 295,
    greater: 0.10270484630018473,
    less: 0.9009621003642678,
    two: 0.20540969260036945,
  },
];

/** Hollander and Wolfe (1973), depression scores before and after; also R's example of wilcox.test. */
const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
const gains = before.map((value, i) => value - after[i]!);

describe("the signed-rank test", () => {
  test("gives SciPy's statistic and exact p-values", () => {
    for (const { x, w, greater, less, two } of fromSciPy) {
      expect(signedRank(x, "greater").statistic).toBe(w);
      expect(signedRank(x, "greater").p).toBeCloseTo(greater, 12);
      expect(signedRank(x, "less").p).toBeCloseTo(less, 12);
      expect(signedRank(x).p).toBeCloseTo(two, 12);
    }
  });

  test("gives R's result on R's example", () => {
    expect(signedRank(gains, "greater")).toMatchObject({ n: 9, statistic: 40 });
    expect(signedRank(gains, "greater").p).toBeCloseTo(0.01953125, 12);
  });

  test("counts every sign pattern where differences are tied", () => {
    const x = [1, 1, -1, 2, 2, -3, 4];
    const rank = [2, 2, 2, 4.5, 4.5, 6, 7];
    const observed = 2 + 2 + 4.5 + 4.5 + 7;
    let as = 0;
    for (let signs = 0; signs < 128; signs++)
      if (rank.reduce((sum, r, i) => sum + ((signs >> i) & 1) * r, 0) >= observed) as++;
    expect(signedRank(x, "greater").p).toBeCloseTo(as / 128, 12);
  });

  test("leaves out differences of zero, and says nothing where no other is left", () => {
    expect(signedRank([0, 0, 0])).toEqual({ n: 0, statistic: 0, p: 1 });
    expect(signedRank([0, 0.5, 1.5, 2]).n).toBe(3);
  });

  test("cannot go below the smallest p of its size", () => {
    expect(signedRank([1, 2, 3, 4, 5]).p).toBe(smallestP(5));
    expect(smallestP(5)).toBe(2 / 32);
    expect(smallestP(5, "greater")).toBe(1 / 32);
  });
});

describe("the Hodges-Lehmann estimate", () => {
  test("gives the published estimate and interval", () => {
    const { value, low, high, coverage } = hodgesLehmann(gains);
    expect(value).toBeCloseTo(0.46, 3);
    expect(low).toBeCloseTo(0.01, 3);
    expect(high).toBeCloseTo(0.786, 3);
    expect(coverage).toBeCloseTo(0.961, 3);
  });

  test("covers the centre about as often as it says", () => {
    const chance = random(7);
    let covered = 0;
    for (let i = 0; i < 400; i++) {
      const x = Array.from({ length: 12 }, () => chance.below(1_000_001) / 1e6 - 0.5);
      const { low, high } = hodgesLehmann(x);
      if (low <= 0 && 0 <= high) covered++;
    }
    expect(covered / 400).toBeGreaterThan(0.925);
    expect(covered / 400).toBeLessThan(0.98);
  });

  test("says that five values cannot reach 95 %", () => {
    expect(hodgesLehmann([1, 2, 3, 4, 5]).coverage).toBeCloseTo(1 - 2 / 32, 12);
  });
});

test("flips of signs have the p of the test on the flipped differences, zeros and ties included", () => {
  const sizes = [0.3, 0, 0.3, 1.2, 0.7, 2, 0.7, 0.05];
  const { ranks, p } = signFlips(sizes);
  expect([...ranks]).toEqual([2.5, 0, 2.5, 6, 4.5, 7, 4.5, 1]);
  for (let pattern = 0; pattern < 2 ** sizes.length; pattern++) {
    const signs = sizes.map((_, i) => ((pattern >> i) & 1 ? 1 : -1));
    const statistic = ranks.reduce((sum, rank, i) => sum + (signs[i]! > 0 ? rank : 0), 0);
    expect(p(statistic)).toBe(signedRank(sizes.map((size, i) => size * signs[i]!)).p);
  }
});
