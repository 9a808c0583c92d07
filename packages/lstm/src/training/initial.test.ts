import { describe, expect, test } from "vitest";
import { parameterCount, parameterLayout } from "../interface/shape.ts";
import { initialParameters } from "./initial.ts";

const shape = { inputs: 7, hidden: 20, outputs: 2 };
const layout = parameterLayout(shape);
const tensors = (seed: number, of = shape) => {
  const parameters = initialParameters(of, seed);
  const at = parameterLayout(of);
  return Object.fromEntries(
    Object.entries(at).map(([name, { from, to }]) => [name, parameters.slice(from, to)]),
  );
};

test("the layout is Keras' order without gaps", () => {
  expect(Object.keys(layout)).toEqual(["kernel", "recurrent", "bias", "headKernel", "headBias"]);
  expect(Object.values(layout).map((slot) => slot.shape)).toEqual([[7, 80], [20, 80], [80], [20, 2], [2]]);
  expect(parameterCount(shape)).toBe(7 * 80 + 20 * 80 + 80 + 40 + 2);
});

describe("initial parameters", () => {
  test("start from the generator's first number", () => {
    // 2 u - 1 with u the first uniform of seed 0, times the Glorot limit.
    expect(tensors(0).kernel![0]).toBeCloseTo(Math.sqrt(6 / 87) * (2 * 0.870254774404272 - 1), 6);
  });

  test("lie within the Glorot limits and fill them", () => {
    const { kernel, headKernel } = tensors(5);
    const largest = (values: Float32Array) => Math.max(...values.map(Math.abs));
    expect(largest(kernel!)).toBeLessThanOrEqual(Math.sqrt(6 / 87));
    expect(largest(kernel!)).toBeGreaterThan(0.95 * Math.sqrt(6 / 87));
    expect(largest(headKernel!)).toBeLessThanOrEqual(Math.sqrt(6 / 21));
    expect(largest(headKernel!)).toBeGreaterThan(0.8 * Math.sqrt(6 / 21));
  });

  test("have a recurrent kernel with orthonormal rows", () => {
    const { recurrent } = tensors(5);
    for (let a = 0; a < 20; a++)
      for (let b = 0; b <= a; b++) {
        let dot = 0;
        for (let r = 0; r < 80; r++) dot += recurrent![a * 80 + r]! * recurrent![b * 80 + r]!;
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 6);
      }
  });

  test("have bias 0, and 1 for the forget gate", () => {
    const { bias, headBias } = tensors(5);
    expect([...bias!]).toEqual(Array.from({ length: 80 }, (_, r) => (r >= 20 && r < 40 ? 1 : 0)));
    expect([...headBias!]).toEqual([0, 0]);
  });

  test("depend on the seed, and on nothing else: seed 0 is a seed", () => {
    expect(initialParameters(shape, 0)).toEqual(initialParameters(shape, 0));
    expect(initialParameters(shape, 0)).not.toEqual(initialParameters(shape, 1));
    expect(initialParameters(shape, 0).some((value) => value !== 0 && value !== 1)).toBe(true);
  });

  test("are the same for the trunk and a head whatever heads come after", () => {
    const one = tensors(5, { ...shape, outputs: 1 });
    const two = tensors(5);
    expect(one.kernel).toEqual(two.kernel);
    expect(one.recurrent).toEqual(two.recurrent);
    expect([...one.headKernel!]).toEqual([...two.headKernel!].filter((_, i) => i % 2 === 0));
  });
});
