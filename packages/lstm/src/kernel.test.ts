/** One test text for every kernel: each must do what the reference and PyTorch do, within its precision. */
import { describe, expect, test } from "vitest";
import { referenceKernel } from "./backends/reference/kernel.ts";
import type { Kernel } from "./kernel.ts";
import { minibatch } from "./minibatch.ts";
import { torchCases } from "./testing/samples.ts";

/** Bounds: gradients relative to the largest, losses relative, parameters relative to the largest. */
const kernels: { title: string; open: () => Kernel; gradient: number; loss: number; parameters: number }[] = [
  { title: "reference", open: referenceKernel, gradient: 1e-9, loss: 1e-9, parameters: 1e-9 },
];

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  return largest(Array.from(a, (value, i) => value - b[i]!));
};

const torch = torchCases();

describe.each(kernels)("the $title kernel", ({ open, gradient, loss, parameters }) => {
  describe.skipIf(torch === undefined).each(torch ?? [])("agrees with PyTorch for $shape", (one) => {
    const kernel = open();

    test.each(one.gradients)("in the loss and gradient of $loss at factor $factor", (wanted) => {
      kernel.begin(one.shape, one.parameters);
      const value = kernel.gradient(minibatch(one.samples, wanted.loss), wanted.loss, [1, wanted.factor]);
      expect(Math.abs(value - wanted.value)).toBeLessThanOrEqual(
        Math.max(loss, 1e-6 * Number(gradient > 1e-8)) * wanted.value,
      );
      expect(apart(kernel.gradients(), wanted.gradient)).toBeLessThanOrEqual(
        gradient * largest(wanted.gradient),
      );
    });

    test("in its predictions", () => {
      kernel.begin(one.shape, one.parameters);
      const { sequences, steps, x } = one.samples;
      expect(apart(kernel.predict(Float32Array.from(x), sequences, steps), one.predictions)).toBeLessThan(
        1e-5,
      );
    });

    test("along Adam's trajectory", () => {
      kernel.begin(one.shape, one.parameters);
      const batch = minibatch(one.samples, "rmse");
      for (const wanted of one.adam.losses) {
        const value = kernel.gradient(batch, "rmse", [1, one.adam.factor]);
        expect(Math.abs(value - wanted)).toBeLessThanOrEqual(loss * wanted);
        kernel.step(one.adam.learningRate);
      }
      expect(apart(kernel.parameters(), one.adam.final)).toBeLessThanOrEqual(
        parameters * largest(one.adam.final),
      );
    });
  });
});
