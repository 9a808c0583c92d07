import { describe, expect, test } from "vitest";
import { maxT, signFlipMaxT } from "./max-t.ts";
import { random } from "./random.ts";

/** Blocks of a control and three treatments; the second treatment gains `gain`. */
function blocks(seed: number, gain: number): number[][] {
  const chance = random(seed);
  return Array.from({ length: 15 }, () => {
    const level = chance.below(1_000) / 1_000;
    return [0, 0, gain, 0].map((g) => level + g + chance.below(1_000) / 10_000);
  });
}

describe("the largest paired t", () => {
  test("finds the treatment that is better, and not that any is worse", () => {
    const better = maxT(blocks(1, 0.1), "greater", 999, random(2));
    expect(better).toMatchObject({ treatment: 2, p: 1 / 1_000 });
    expect(better.adjusted[1]).toBeGreaterThan(0.05);
    expect(maxT(blocks(1, 0.1), "less", 999, random(2)).p).toBeGreaterThan(0.1);
  });

  test("finds a worse one by the mirror test", () => {
    const worse = maxT(blocks(1, -0.1), "less", 999, random(2));
    expect(worse).toMatchObject({ treatment: 2, p: 1 / 1_000 });
    expect(worse.t).toBeLessThan(0);
  });

  test("equals the exact distribution where all orders can be counted", () => {
    // Two blocks of two: four arrangements, of which the observed one and none other is as extreme.
    const exact = 1 / 4;
    const { p } = maxT(
      [
        [0, 1],
        [0, 1.5],
      ],
      "greater",
      20_000,
      random(3),
    );
    expect(p).toBeGreaterThan(exact - 0.02);
    expect(p).toBeLessThan(exact + 0.02);
  });

  test("has the statistic of SciPy's permutation test, and its exact p but for the permutations drawn", () => {
    // scipy.stats.permutation_test 1.17.1, permutation_type="samples", all 1,296 arrangements.
    const rows = [
      [0.41, 0.52, 0.47],
      [0.38, 0.36, 0.45],
      [0.55, 0.61, 0.5],
      [0.47, 0.58, 0.49],
    ];
    const fromSciPy = {
      greater: [2.1181892417149157, 152 / 1_296],
      less: [-0.9179850920431563, 1_184 / 1_296],
    };
    for (const side of ["greater", "less"] as const) {
      const [statistic, exact] = fromSciPy[side] as [number, number];
      const { t, p } = maxT(rows, side, 20_000, random(9));
      expect(side === "greater" ? t : -t).toBeCloseTo(statistic, 10);
      // Four standard errors of 20,000 draws.
      expect(Math.abs(p - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / 20_000));
    }
  });

  test("raises a false alarm about as often as its level says", () => {
    let alarms = 0;
    for (let i = 0; i < 300; i++) if (maxT(blocks(100 + i, 0), "greater", 199, random(i)).p <= 0.05) alarms++;
    expect(alarms / 300).toBeLessThan(0.085);
    expect(alarms / 300).toBeGreaterThan(0.02);
  });
});

describe("the largest paired t under flipped signs", () => {
  test("finds the treatment that is better, and by the mirror test the one that is worse", () => {
    const better = signFlipMaxT(blocks(1, 0.1), "greater", 999, random(2));
    expect(better).toMatchObject({
      treatment: 2,
      p: 1 / 1_000,
      t: maxT(blocks(1, 0.1), "greater", 1, random(2)).t,
    });
    expect(better.adjusted[1]).toBeGreaterThan(0.05);
    expect(signFlipMaxT(blocks(1, 0.1), "less", 999, random(2)).p).toBeGreaterThan(0.1);
    const worse = signFlipMaxT(blocks(1, -0.1), "less", 999, random(2));
    expect(worse).toMatchObject({ treatment: 2, p: 1 / 1_000 });
    expect(worse.t).toBeLessThan(0);
  });

  test("equals the exact distribution where all signs can be counted", () => {
    const rows = [
      [0.41, 0.52, 0.47],
      [0.38, 0.36, 0.45],
      [0.55, 0.61, 0.5],
      [0.47, 0.58, 0.49],
      [0.4, 0.43, 0.41],
    ];
    const tOf = (signs: readonly number[], k: number) => {
      const differences = rows.map((row, i) => signs[i]! * (row[k]! - row[0]!));
      const mean = differences.reduce((sum, one) => sum + one, 0) / rows.length;
      const variance = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (rows.length - 1);
      return mean / Math.sqrt(variance / rows.length);
    };
    const all = Array.from({ length: 32 }, (_, bits) => rows.map((_, i) => ((bits >> i) & 1 ? -1 : 1)));
    const largest = (signs: readonly number[]) => Math.max(tOf(signs, 1), tOf(signs, 2));
    const observed = largest(rows.map(() => 1));
    const exact = all.filter((signs) => largest(signs) >= observed - 1e-9).length / 32;
    const { t, p } = signFlipMaxT(rows, "greater", 20_000, random(9));
    expect(t).toBeCloseTo(observed, 12);
    // Four standard errors of 20,000 draws.
    expect(Math.abs(p - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / 20_000));
  });

  test("raises a false alarm about as often as its level says, also beside bad treatments", () => {
    const alarms = (bad: number) =>
      Array.from({ length: 300 }, (_, i) => {
        const rows = blocks(100 + i, 0).map((row) => [...row, ...[1, 2, 3].map(() => row[0]! - bad)]);
        return signFlipMaxT(rows, "greater", 199, random(i)).p;
      }).filter((p) => p <= 0.05).length / 300;
    expect(alarms(0)).toBeLessThan(0.085);
    expect(alarms(0)).toBeGreaterThan(0.02);
    expect(alarms(1)).toBeLessThan(0.085);
  });
});

test.each([maxT, signFlipMaxT])("scores that are all equal show nothing (%o)", (largest) => {
  const equal = [
    [1, 1],
    [1, 1],
    [1, 1],
  ];
  expect(largest(equal, "greater", 99, random(1)).p).toBe(1);
});
