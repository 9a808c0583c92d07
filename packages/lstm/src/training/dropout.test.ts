import { describe, expect, test } from "vitest";
import { dropoutFactors, dropoutKey, dropoutThreshold, philox } from "./dropout.ts";

const words = (counter: readonly number[], key: readonly number[]) => {
  const found = new Uint32Array(4);
  philox(found, ...(counter as [number, number, number, number]), ...(key as [number, number]));
  return [...found].map((word) => word.toString(16).padStart(8, "0"));
};

describe("Philox 4x32-10", () => {
  // The known answers that its authors publish with Random123.
  test.each([
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [Array(4).fill(0xffffffff), Array(2).fill(0xffffffff), "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    ],
  ])("of %o with key %o", (counter, key, wanted) => {
    expect(words(counter, key).join(" ")).toBe(wanted);
  });
});

describe("dropout", () => {
  const of = (seed: number, update: number, rows?: readonly number[], H = 6, rate = 0.3) =>
    dropoutFactors({ rate, seed, update }, rows, rows?.length ?? 4, 50, H);

  test("leaves out as many outputs as its rate says and keeps their mean", () => {
    const factors = dropoutFactors({ rate: 0.3, seed: 0, update: 0 }, undefined, 20, 365, 20);
    const dropped = factors.filter((factor) => factor === 0).length / factors.length;
    // Six standard deviations of a share of 146,000.
    expect(Math.abs(dropped - 0.3)).toBeLessThan(0.0072);
    expect(new Set(factors)).toEqual(new Set([0, 1 / 0.7]));
    expect(factors.reduce((sum, factor) => sum + factor, 0) / factors.length).toBeCloseTo(1, 1);
  });

  test("is another for another seed, update, sequence, step and unit; seed 0 is a seed", () => {
    expect(of(0, 0)).toEqual(of(0, 0));
    for (const other of [of(1, 0), of(0, 1), of(2 ** 40, 0), of(0, 0, [4, 5, 6, 7])])
      expect(other).not.toEqual(of(0, 0));
    const one = of(0, 0);
    const series = (from: number, stride: number, length: number) =>
      Array.from({ length }, (_, i) => one[from + i * stride]).join();
    expect(new Set(Array.from({ length: 6 }, (_, u) => series(u, 6, 200))).size).toBe(6);
    expect(new Set(Array.from({ length: 4 }, (_, b) => series(b * 300, 1, 300))).size).toBe(4);
  });

  test("follows a sequence into any minibatch, and a unit into any width", () => {
    const all = of(5, 3);
    const some = of(5, 3, [2, 0]);
    expect(some.subarray(0, 300)).toEqual(all.subarray(600, 900));
    expect(some.subarray(300)).toEqual(all.subarray(0, 300));
    const wide = of(5, 3, undefined, 9);
    for (let row = 0; row < 200; row++)
      expect(wide.subarray(row * 9, row * 9 + 6)).toEqual(all.subarray(row * 6, row * 6 + 6));
  });

  test("has a stream of its own among those of a seed", () => {
    expect(dropoutKey(2 ** 32 + 5)).toEqual([5, 1 | (2 << 24)]);
    expect(dropoutThreshold(0.5)).toBe(2 ** 31);
    expect(dropoutThreshold(1 - 2 ** -53)).toBe(2 ** 32 - 1);
  });
});
