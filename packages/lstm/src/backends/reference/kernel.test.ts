import { describe, expect, test } from "vitest";
import { parameterLayout } from "../../interface/shape.ts";
import { randomDataset } from "../../testing/samples.ts";
import { dropoutFactors } from "../../training/dropout.ts";
import { initialParameters } from "../../training/initial.ts";
import { minibatch } from "../../training/minibatch.ts";
import { referenceKernel } from "./kernel.ts";

describe("the reference kernel", () => {
  const kernel = referenceKernel();
  const shape = { inputs: 3, hidden: 4, outputs: 2 };
  const samples = randomDataset({ sequences: 3, steps: 9, inputs: 3, outputs: 2 }, 11);
  const parameters = Float64Array.from(initialParameters(shape, 11));

  test.each([
    ["an rmse", "rmse", undefined],
    ["an mse", "mse", undefined],
    ["a dropped rmse", "rmse", dropoutFactors({ rate: 0.4, seed: 3, update: 7 }, undefined, 3, 9, 4)],
    ["a dropped mse", "mse", dropoutFactors({ rate: 0.4, seed: 3, update: 7 }, undefined, 3, 9, 4)],
  ] as const)("has the gradient that finite differences of %s loss have", (_, loss, factors) => {
    const batch = minibatch(samples, loss);
    kernel.begin(shape, parameters);
    kernel.gradient(batch, loss, [1, 3], factors);
    const gradient = kernel.gradients();
    parameters.forEach((_, i) => {
      const slope = difference((moved) => {
        kernel.begin(shape, moved);
        return kernel.gradient(batch, loss, [1, 3], factors);
      }, i);
      expect(gradient[i]).toBeCloseTo(slope, 6);
    });
  });

  // Trunk: lossWeight_v times dL_v, summed. Head v: dL_v alone, which no other output has a part in.
  test("has the gradient that finite differences of each nnse loss have", () => {
    const batch = minibatch(samples, "nnse");
    kernel.begin(shape, parameters);
    kernel.gradient(batch, "nnse", [1, 3]);
    const gradient = kernel.gradients();
    const { headKernel } = parameterLayout(shape);
    const slopes = [0, 1].map((v) =>
      Array.from(parameters, (_, i) =>
        difference((moved) => {
          kernel.begin(shape, moved);
          return kernel.gradient(batch, "nnse", v === 0 ? [1, 0] : [0, 1]);
        }, i),
      ),
    );
    parameters.forEach((_, i) => {
      const wanted = slopes[0]![i]! + (i < headKernel.from ? 3 : 1) * slopes[1]![i]!;
      expect(gradient[i]).toBeCloseTo(wanted, 7);
    });
  });

  function difference(loss: (moved: Float64Array) => number, i: number): number {
    const at = (step: number) => loss(parameters.with(i, parameters[i]! + step));
    const step = 1e-5;
    return (at(step) - at(-step)) / (2 * step);
  }
});
