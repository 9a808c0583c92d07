/** One way to ask any backend's arithmetic for gradients, trajectories and predictions, so that one test text serves all. */
import { referenceKernel } from "../backends/reference/kernel.ts";
import type { Dataset, Loss } from "../interface/backend.ts";
import type { ModelShape } from "../interface/shape.ts";
import { dropoutFactors, dropoutOf } from "../training/dropout.ts";
import type { Kernel } from "../training/kernel.ts";
import { minibatch, type Samples, sequenceWeights } from "../training/minibatch.ts";
import type { Stack, StackTask } from "../training/stack.ts";

/** One training to look into: all samples in one minibatch. */
export interface Question {
  readonly shape: ModelShape;
  readonly parameters: ArrayLike<number>;
  readonly samples: Samples;
  readonly loss: Loss;
  readonly lossWeights: readonly number[];
  /** Dropout of its first gradient; absent or 0: none. */
  readonly dropout?: number;
  readonly seed?: number;
}

export interface Probe {
  supports(shape: ModelShape): string | null;
  /** The loss and the flat gradient. */
  gradient(question: Question): Promise<{ value: number; gradient: ArrayLike<number> }>;
  /** The loss before each step of Adam, and the flat parameters after the last. */
  descend(
    question: Question,
    rate: number,
    steps: number,
  ): Promise<{ values: number[]; parameters: ArrayLike<number> }>;
  /** [S, T, V]. */
  predict(
    shape: ModelShape,
    parameters: ArrayLike<number>,
    x: ArrayLike<number>,
    sequences: number,
    steps: number,
  ): Promise<Float32Array>;
}

/** Looks into a kernel, which has one model at a time. */
export function kernelProbe(kernel: Kernel): Probe {
  return {
    supports: (shape) => kernel.supports(shape),
    async gradient({ shape, parameters, samples, loss, lossWeights, dropout, seed = 0 }) {
      kernel.begin(shape, parameters);
      const first = dropoutOf(dropout, seed)(0);
      const { sequences: B, steps: T } = samples;
      const factors = first && dropoutFactors(first, undefined, B, T, shape.hidden);
      const value = kernel.gradient(minibatch(samples, loss), loss, lossWeights, factors);
      return { value, gradient: kernel.gradients() };
    },
    async descend({ shape, parameters, samples, loss, lossWeights }, rate, steps) {
      kernel.begin(shape, parameters);
      const batch = minibatch(samples, loss);
      const values = Array.from({ length: steps }, () => {
        const value = kernel.gradient(batch, loss, lossWeights);
        kernel.step(rate);
        return value;
      });
      return { values, parameters: kernel.parameters() };
    },
    async predict(shape, parameters, x, sequences, steps) {
      kernel.begin(shape, parameters);
      return Float32Array.from(kernel.predict(Float32Array.from(x), sequences, steps));
    },
  };
}

/** Looks into the reference. */
export const referenceProbe = (): Probe => kernelProbe(referenceKernel());

/** Looks into a stack; the model asked about stands between two others of its shape. */
export function stackProbe(stack: Stack): Probe {
  const asked = 1;
  async function begin(question: Question, records: number) {
    const { shape, parameters, samples, loss, lossWeights, dropout, seed = 0 } = question;
    const dataset = {
      ...samples,
      x: Float32Array.from(samples.x),
      y: Float32Array.from(samples.y),
    } as Dataset;
    const task: StackTask = {
      ...{ shape, loss, records },
      ...{ sequences: dataset.sequences, steps: dataset.steps },
      ...(dropout === undefined || dropout === 0 ? {} : { dropout }),
    };
    const model = { parameters: Float32Array.from(parameters), dataset, lossWeights, seed };
    const other = { ...model, parameters: model.parameters.map((value) => value * 0.5) };
    const rows = Array.from({ length: dataset.sequences }, (_, s) => s);
    const batch = { rows, weights: sequenceWeights(samples, loss, rows) };
    await stack.begin(task, [other, model, other]);
    return [batch, batch, batch];
  }
  return {
    supports: (shape) => stack.supports(shape),
    async gradient(question) {
      stack.step(await begin(question, 1), null);
      const [losses, gradients] = [await stack.losses(0), await stack.gradients()];
      return { value: losses[asked]![0]!, gradient: gradients[asked]! };
    },
    async descend(question, rate, steps) {
      const batches = await begin(question, steps);
      for (let i = 0; i < steps; i++) stack.step(batches, rate);
      const [losses, parameters] = [await stack.losses(0), await stack.parameters()];
      return { values: Array.from(losses[asked]!), parameters: parameters[asked]! };
    },
    async predict(shape, parameters, x, sequences, steps) {
      const model = { shape, parameters: Float32Array.from(parameters), losses: new Float64Array(0) };
      const [found] = await stack.predict([{ model, x: Float32Array.from(x), sequences, steps }]);
      return found!;
    },
  };
}
