/** Small datasets for tests: random ones with gaps and padding, and the reference cases of PyTorch. */
import { existsSync, readFileSync } from "node:fs";
import type { Dataset, Loss } from "../interface/backend.ts";
import type { ModelShape } from "../interface/shape.ts";
import type { Samples } from "../training/minibatch.ts";
import { generator } from "../training/random.ts";

/** Sizes of a random dataset. */
export interface Sizes {
  readonly sequences: number;
  readonly steps: number;
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * A random dataset: about 3 of 10 values are masked, and NaN where they are; the last sequence ends in
 * padding when there are steps enough.
 */
export function randomDataset(sizes: Sizes, seed: number): Dataset {
  const { sequences: S, steps: T, inputs: I, outputs: V } = sizes;
  const random = generator(seed, 2);
  const valid = new Uint8Array(S * T).fill(1);
  if (T > 3) valid.fill(0, S * T - Math.floor(T / 4));
  const mask = Uint8Array.from({ length: S * T * V }, (_, i) =>
    random.uniform() < 0.7 ? valid[Math.floor(i / V)]! : 0,
  );
  return {
    ...sizes,
    x: Float32Array.from({ length: S * T * I }, (_, i) =>
      valid[Math.floor(i / I)] === 1 ? random.normal() : 0,
    ),
    y: Float32Array.from(mask, (m) => (m === 1 ? random.normal() : Number.NaN)),
    mask,
    valid,
  };
}

type Nested = number | readonly Nested[];

const numbers = (nested: Nested): number[] =>
  typeof nested === "number" ? [nested] : nested.flatMap(numbers);

type Tensors = Record<"kernel" | "recurrent" | "bias" | "head_kernel" | "head_bias", Nested>;

const flat = (t: Tensors) =>
  Float64Array.from([t.kernel, t.recurrent, t.bias, t.head_kernel, t.head_bias].flatMap(numbers));

interface TorchFile {
  readonly B: number;
  readonly T: number;
  readonly I: number;
  readonly H: number;
  readonly parameters: Tensors;
  readonly x: Nested;
  readonly y: Nested;
  readonly mask: Nested;
  readonly valid: Nested;
  readonly predictions: Nested;
  readonly cases: readonly { factor: number; loss: number; grad: Tensors }[];
  readonly nnse_cases: readonly {
    factor: number;
    loss_primary: number;
    loss_auxiliary: number;
    grad: Tensors;
  }[];
  readonly adam: {
    factor: number;
    learning_rate: number;
    loss_before_each_step: readonly number[];
    final_parameters: Tensors;
  };
}

/** One case that PyTorch computed in float64; tensors flat. */
export interface TorchCase {
  readonly shape: ModelShape;
  readonly samples: Samples;
  readonly parameters: Float64Array;
  /** [B, T, V]. */
  readonly predictions: number[];
  readonly gradients: readonly { loss: Loss; factor: number; value: number; gradient: Float64Array }[];
  readonly adam: { factor: number; learningRate: number; losses: readonly number[]; final: Float64Array };
}

const file = new URL("../../../../../shared/data/fixtures/torch_lstm_float64.json", import.meta.url);

/** The cases, or undefined (said aloud) where the data folder beside the repository is missing. */
export function torchCases(): TorchCase[] | undefined {
  if (!existsSync(file)) {
    console.warn(
      "Skipped the comparison with PyTorch: ../shared/data/fixtures/torch_lstm_float64.json is not there",
    );
    return undefined;
  }
  return (JSON.parse(readFileSync(file, "utf8")) as TorchFile[]).map((torch) => ({
    shape: { inputs: torch.I, hidden: torch.H, outputs: 2 },
    samples: {
      sequences: torch.B,
      steps: torch.T,
      inputs: torch.I,
      outputs: 2,
      x: Float64Array.from(numbers(torch.x)),
      y: Float64Array.from(numbers(torch.y)),
      mask: Uint8Array.from(numbers(torch.mask)),
      valid: Uint8Array.from(numbers(torch.valid)),
    },
    parameters: flat(torch.parameters),
    predictions: numbers(torch.predictions),
    gradients: [
      ...torch.cases.map((c) => ({
        loss: "rmse" as const,
        factor: c.factor,
        value: c.loss,
        gradient: flat(c.grad),
      })),
      ...torch.nnse_cases.map((c) => ({
        loss: "nnse" as const,
        factor: c.factor,
        value: c.loss_primary + c.factor * c.loss_auxiliary,
        gradient: flat(c.grad),
      })),
    ],
    adam: {
      factor: torch.adam.factor,
      learningRate: torch.adam.learning_rate,
      losses: torch.adam.loss_before_each_step,
      final: flat(torch.adam.final_parameters),
    },
  }));
}

/** A dataset as the scripts with PyTorch write it. */
export interface WrittenDataset extends Omit<Dataset, "x" | "y" | "mask" | "valid" | "groups"> {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly mask: readonly number[];
  readonly valid: readonly number[];
}

export function readDataset({ x, y, mask, valid, ...sizes }: WrittenDataset): Dataset {
  return {
    ...sizes,
    x: Float32Array.from(x),
    y: Float32Array.from(y),
    mask: Uint8Array.from(mask),
    valid: Uint8Array.from(valid),
  };
}
