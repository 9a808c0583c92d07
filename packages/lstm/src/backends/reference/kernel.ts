/** The reference kernel: float64 loops, slow and plain; what every other backend is tested against. */

import type { ModelShape } from "../../interface/shape.ts";
import { shorten } from "../../training/clip.ts";
import type { Kernel } from "../../training/kernel.ts";
import { adamStep, type Moments } from "./adam.ts";
import { forward, lossAndGradient } from "./lstm.ts";

/** A new reference kernel. It serves every shape. */
export function referenceKernel(): Kernel {
  let shape: ModelShape = { inputs: 0, hidden: 0, outputs: 0 };
  let parameters = new Float64Array(0);
  let gradient = new Float64Array(0);
  let moments: Moments = { first: new Float64Array(0), second: new Float64Array(0), count: 0 };
  return {
    name: "reference",
    device: "float64 loops",
    supports: () => null,
    begin(newShape, values) {
      shape = newShape;
      parameters = Float64Array.from(values);
      gradient = new Float64Array(values.length);
      moments = { first: new Float64Array(values.length), second: new Float64Array(values.length), count: 0 };
    },
    gradient(batch, loss, lossWeights, factors) {
      const result = lossAndGradient(shape, parameters, batch, loss, lossWeights, factors);
      gradient.set(result.gradient);
      return result.loss;
    },
    step(learningRate, clipNorm) {
      if (clipNorm !== undefined) shorten(gradient, clipNorm);
      adamStep(parameters, gradient, moments, learningRate);
    },
    parameters: () => parameters.slice(),
    gradients: () => gradient.slice(),
    predict: (x, sequences, steps) => forward(shape, parameters, x, sequences, steps).predictions,
    dispose() {},
  };
}
