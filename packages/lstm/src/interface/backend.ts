/**
 * What a backend is: something that trains and runs lists of small LSTMs. The same seed, data and
 * settings mean the same training on every backend, up to the rounding of its numbers.
 */
import type { ModelShape } from "./shape.ts";

/** One site's sequences, row-major. S sequences of T steps, I inputs, V outputs. */
export interface Dataset {
  /** S. */
  readonly sequences: number;
  /** T. */
  readonly steps: number;
  /** I. */
  readonly inputs: number;
  /** V. */
  readonly outputs: number;
  /** [S, T, I], scaled, finite everywhere. */
  readonly x: Float32Array;
  /** [S, T, V], scaled; anything where the mask is 0, NaN included. */
  readonly y: Float32Array;
  /** `[S, T, V]`: 1 where the value carries loss. */
  readonly mask: Uint8Array;
  /** `[S, T]`: 0 where the step is padding, which never carries loss. */
  readonly valid: Uint8Array;
  /** `[S]`: of validation data, a number per sequence. Losses are those of each group, averaged over the groups. Absent: one group. */
  readonly groups?: Int32Array;
}

/**
 * `rmse`: sum over outputs v of lossWeight_v * RMSE_v; `mse`: of lossWeight_v * MSE_v. `nnse`: NSE-like, normalized to
 * [0, 1); every head follows its own gradient unscaled. See loss.ts for the equations.
 */
export type Loss = "rmse" | "mse" | "nnse";

/** What all models of one call have in common. */
export interface TrainingSpec {
  /** H. */
  readonly hidden: number;
  /** Passes over the dataset. */
  readonly epochs: number;
  /** Adam's step size; its other numbers are beta 0.9 and 0.999, epsilon 1e-7. */
  readonly learningRate: number;
  readonly loss: Loss;
  /** Sequences per minibatch; null is all of them in one. */
  readonly batchSize: number | null;
  /** Later learning rates, by the number of epochs after which they hold: `{ "20": 0.001 }`. */
  readonly schedule?: Readonly<Record<string, number>> | undefined;
  /** A gradient longer than this (Euclidean norm over all parameters) is shortened to it. Absent: none is. */
  readonly clipNorm?: number | undefined;
  /** Chance that a step leaves out an output of the LSTM, in [0, 1); see dropout.ts. Absent: 0. */
  readonly dropout?: number | undefined;
  /** The forget gates' initial bias. Absent: 1. */
  readonly forgetBias?: number | undefined;
  /** The epoch whose parameters are kept: the last, or the best on the validation data. Absent: the last. */
  readonly select?: "last" | "best" | undefined;
  /** Stop after so many epochs in a row that were not the best so far on the validation data. Absent: never. */
  readonly patience?: number | undefined;
}

/** One model to train. Requests of one site should share one Dataset object: it is prepared once. */
export interface TrainingRequest {
  readonly dataset: Dataset;
  /** Decides the initial parameters and the order of the sequences in minibatches, and nothing else does. */
  readonly seed: number;
  /** One weight >= 0 per output: [1, lambda, ...]. */
  readonly lossWeights: readonly number[];
  /** Parameters to start from (flat, as in shape.ts) instead of those of the seed. */
  readonly initial?: Float32Array;
  /** Data that no step learns from: the losses over them are taken after every epoch. */
  readonly validation?: Dataset;
}

/** A model and how its training went. */
export interface TrainedModel {
  readonly shape: ModelShape;
  /** Flat, in the layout of shape.ts. */
  readonly parameters: Float32Array;
  /** `[epochs]`: the loss of each epoch, taken before its steps; with minibatches the mean over them, each before its own step. */
  readonly losses: Float64Array;
  /** What the validation data said; absent if the request had none. */
  readonly validation?: Validation;
}

/** The validation of a training. */
export interface Validation {
  /**
   * `[epochs, V]`: each output's own loss over the validation data, after the epoch: its mean over the groups that observe
   * the output; 0 where none does.
   */
  readonly losses: Float64Array;
  /** The epoch whose parameters were kept, from 1. */
  readonly epoch: number;
}

/** Sequences to run a model over, from state zero. */
export interface PredictionRequest {
  readonly model: TrainedModel;
  /** [S, T, I], scaled. */
  readonly x: Float32Array;
  /** S. */
  readonly sequences: number;
  /** T. */
  readonly steps: number;
}

export type BackendName = "reference" | "wasm" | "native" | "gpu" | "tfjs";

/** One instance on one thread; not to be used by two calls at a time. */
export interface Backend {
  readonly name: BackendName;
  /** What computes, e.g. `wasm simd128+relaxed`. */
  readonly device: string;
  /** Why this backend and not others: one sentence per backend or binary passed over. */
  readonly notes: readonly string[];
  /** null when models of this shape can be served, else the reason why not. */
  supports(shape: ModelShape): string | null;
  /**
   * Trains every request and reports each, by its index, as it finishes. A request that is wrong or whose
   * loss becomes NaN or infinite gets an Error and the others go on. Rejects when the spec itself is wrong.
   */
  train(
    spec: TrainingSpec,
    requests: readonly TrainingRequest[],
    onDone: (index: number, result: TrainedModel | Error) => void,
  ): Promise<void>;
  /** Reports the predictions [S, T, V] of each request, or its Error, as it finishes. */
  predict(
    requests: readonly PredictionRequest[],
    onDone: (index: number, result: Float32Array | Error) => void,
  ): Promise<void>;
  /** Gives memory and devices back; the backend is of no use afterwards. */
  dispose(): void;
}
