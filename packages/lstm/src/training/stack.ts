/**
 * A stack is the arithmetic of many models of one shape at once on a device; stacked-backend.ts makes a backend of it.
 * kernel.ts is the same for processors that take one model at a time.
 */
import type { BackendName, Dataset, Loss, PredictionRequest } from "../interface/backend.ts";
import type { ModelShape } from "../interface/shape.ts";

/** What the models of a stack have in common. */
export interface StackTask {
  readonly shape: ModelShape;
  readonly loss: Loss;
  /** B: the most sequences of a minibatch. */
  readonly sequences: number;
  /** T. */
  readonly steps: number;
  /** How many calls of `step` will follow. */
  readonly records: number;
  /** Gradients that are longer are shortened to this norm (clip.ts). Absent: none is. */
  readonly clipNorm?: number;
  /** Chance that a step leaves out an output of the LSTM (dropout.ts): the update of a step is how many came before it. */
  readonly dropout?: number;
  /** Sizes of the validation data, the same for every model. Absent: there are none. */
  readonly validation?: { readonly sequences: number; readonly steps: number };
}

/** One model of a stack, before its first step. */
export interface StackModel {
  /** Flat (shape.ts). */
  readonly parameters: Float32Array;
  readonly dataset: Dataset;
  readonly lossWeights: readonly number[];
  /** Of its dropout. */
  readonly seed: number;
  readonly validation?: Dataset;
}

/** One model's minibatch: sequences of its dataset, at most B, and w of loss.ts of each [sequences, V]. */
export interface StackBatch {
  readonly rows: readonly number[];
  readonly weights: Float64Array;
}

/** Holds the models of one task after `begin`. Throws DeviceMemoryError where fewer models might fit. */
export interface Stack {
  readonly name: BackendName;
  readonly device: string;
  supports(shape: ModelShape): string | null;
  /** How many models, those of the first datasets, fit at once; 0 is taken as 1. Models may share a dataset. */
  fit(task: StackTask, datasets: readonly Dataset[]): number;
  /** Takes up models; Adam's moments and step count become 0. */
  begin(task: StackTask, models: readonly StackModel[]): Promise<void>;
  /**
   * The gradient of every model over its minibatch and, unless the rate is null, one step of Adam along it.
   * May return before the device has done it. The same `batches` again need not be looked at again.
   */
  step(batches: readonly StackBatch[], learningRate: number | null): void;
  /** The outputs [S, T, V] of every model, as it is now, over its validation data. */
  validate(): Promise<Float32Array[]>;
  /** Waits until the device has done what was asked of it. */
  settle(): Promise<void>;
  /** `[models, steps taken - from]`: the losses from step `from` on, each before its step. */
  losses(from: number): Promise<Float32Array[]>;
  /** Flat, per model. */
  parameters(): Promise<Float32Array[]>;
  /** Those of the last step, flat, per model. */
  gradients(): Promise<Float32Array[]>;
  /** The outputs [S, T, V] of each request; all requests are of one shape and number of steps. */
  predict(requests: readonly PredictionRequest[]): Promise<Float32Array[]>;
  dispose(): void;
}
