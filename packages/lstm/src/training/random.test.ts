import { describe, expect, test } from "vitest";
import { generator, shuffled, splitMix64, streams, xoshiro128 } from "./random.ts";

const take = <T>(count: number, draw: () => T) => Array.from({ length: count }, draw);

describe("the generator", () => {
  test("is xoshiro128**: the first numbers of the state 1, 2, 3, 4 are its authors'", () => {
    const random = xoshiro128([1, 2, 3, 4]);
    expect(take(8, random.bits)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849,
    ]);
  });

  test("is seeded by SplitMix64, whose first numbers are known", () => {
    expect(take(3, splitMix64(0n))).toEqual([0xe220a8397b1dcdafn, 0x6e789e6aa1b965f4n, 0x06c45d188009454fn]);
    expect(take(2, splitMix64(1234567n))).toEqual([6457827717110365317n, 3203168211198807973n]);
  });

  // Computed once by an independent program in Python from the published algorithms.
  test("has known first uniforms and normals", () => {
    expect(take(3, generator(0, 0).uniform)).toEqual([
      0.870254774404272, 0.6697971505310978, 0.3616586206733957,
    ]);
    expect(take(3, generator(1, 0).uniform)).toEqual([
      0.3946724931250869, 0.1477500889354657, 0.16688351314326166,
    ]);
    const near = (seed: number, values: number[]) => {
      const normals = take(3, generator(seed, 0).normal);
      values.forEach((value, i) => {
        expect(normals[i]).toBeCloseTo(value, 14);
      });
    };
    near(0, [-0.9758715496370002, -1.769756996803672, 0.05468463102191066]);
    near(1, [0.6003514352215559, 0.802215321289342, 0.43936935307458386]);
  });

  test("draws uniforms and normals of the right mean and spread", () => {
    const random = generator(7, streams.weights);
    const moments = (values: number[]) => {
      const mean = values.reduce((a, b) => a + b) / values.length;
      return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length] as const;
    };
    const [uniformMean, uniformVariance] = moments(take(40_000, random.uniform));
    expect(uniformMean).toBeCloseTo(0.5, 1);
    expect(uniformVariance).toBeCloseTo(1 / 12, 2);
    const [normalMean, normalVariance] = moments(take(40_000, random.normal));
    expect(Math.abs(normalMean)).toBeLessThan(0.02);
    expect(Math.abs(normalVariance - 1)).toBeLessThan(0.03);
  });

  test("gives other numbers for another seed, seed 0 included, and another stream", () => {
    const firsts = [0, 1, 2, 2 ** 32, 2 ** 53 - 1].flatMap((seed) => [
      generator(seed, 0).bits(),
      generator(seed, 1).bits(),
    ]);
    expect(new Set(firsts).size).toBe(10);
  });

  test("refuses a seed that is not a whole number >= 0", () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53])
      expect(() => generator(seed, 0)).toThrow(
        `Cannot draw random numbers: the seed ${seed} is not a whole number from 0 to 2^53 - 1`,
      );
  });
});

test("a shuffle is a permutation, and the same for the same seed", () => {
  const order = shuffled(50, generator(3, streams.order));
  expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  expect(order).not.toEqual(order.toSorted((a, b) => a - b));
  expect(shuffled(50, generator(3, streams.order))).toEqual(order);
  expect(shuffled(50, generator(4, streams.order))).not.toEqual(order);
});
