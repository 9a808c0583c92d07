import { expect, test } from "vitest";
import { adamStep } from "./adam.ts";

/** Where a parameter that begins at 0 stands after a step along each of these gradients, at rate 0.1. */
function after(gradients: readonly number[]): number {
  const parameters = new Float64Array(1);
  const moments = { first: new Float64Array(1), second: new Float64Array(1), count: 0 };
  for (const gradient of gradients) adamStep(parameters, Float64Array.of(gradient), moments, 0.1);
  return parameters[0]!;
}

test("along a gradient that stays the same, each step is the rate, whatever the gradient's size", () => {
  for (const gradient of [1e-3, 1, 1e3]) {
    expect(after([gradient])).toBeCloseTo(-0.1, 4);
    expect(after(Array(10).fill(-gradient))).toBeCloseTo(1, 3);
  }
});

test("the moments of gradients that differ decay by 0.9 and 0.999, each freed of its bias", () => {
  // By hand from the paper's algorithm 1. First moment: (0.9 * 0.1 * 1 + 0.1 * 3) / (1 - 0.81) = 0.39 / 0.19.
  // Second moment: (0.999 * 0.001 * 1 + 0.001 * 9) / (1 - 0.998001) = 0.009999 / 0.001999.
  const second = 0.1 * (0.39 / 0.19 / Math.sqrt(0.009999 / 0.001999));
  expect(after([1, 3])).toBeCloseTo(-0.1 - second, 6);
});

test("a gradient that is next to nothing is held down by epsilon", () => {
  expect(after([1e-7])).toBeCloseTo(-0.05, 10);
});
