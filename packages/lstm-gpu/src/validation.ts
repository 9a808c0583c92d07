/** Validation on a GPU: the outputs of a chunk's models, as they are, over data that stay on the device. */
import type { Dataset } from "@braid/lstm";
import type { StackModel, StackTask } from "@braid/lstm/backend-kit";
import { allocateAll, freeAll, gridFor, placeInputs } from "./buffers.ts";
import type { DeviceBuffer, Driver } from "./driver.ts";
import type { Sizes } from "./layout.ts";
import { predictionWords, queuePredictions, readPredictions } from "./predict.ts";

/** The validation of a chunk. */
export interface ValidationOnDevice {
  /** Queues the outputs of all models. */
  predict(parameters: DeviceBuffer): void;
  /** [S, T, V] per model; to be called when the queue is empty. */
  outputs(): Float32Array[];
  free(): void;
}

/** 4-byte words of each buffer for M models and so many sequences of validation data. */
export function validationWords(
  driver: Driver,
  { validation }: StackTask,
  sizes: Sizes,
  M: number,
  sequences: number,
) {
  const { steps: T, sequences: S } = validation!;
  return predictionWords(sizes, gridFor(driver, S, sizes).B, T, M, sequences);
}

/** Puts the validation data on the device, those that models share once. Throws a DeviceMemoryError where they do not fit. */
export function beginValidation(
  driver: Driver,
  task: StackTask,
  models: readonly StackModel[],
  sizes: Sizes,
): ValidationOnDevice {
  const { N } = sizes;
  const { sequences: S, steps: T } = task.validation!;
  const { inputs: I, outputs: V } = task.shape;
  const grid = gridFor(driver, S, sizes);
  const { B } = grid;
  const M = models.length;
  const datasets = [...new Set(models.map(({ validation }) => validation!))];
  const at = allocateAll(driver, validationWords(driver, task, sizes, M, datasets.length * S));
  const x = new Float32Array(datasets.length * S * T * N);
  datasets.forEach((dataset, d) => {
    placeInputs(x, d * S * T, dataset.x, I, N);
  });
  driver.write(at.x, x);
  driver.write(at.rows, rowsOf(models, datasets, B, S));
  return {
    predict: (parameters) => queuePredictions(driver, sizes, grid, T, M, parameters, at),
    outputs() {
      const outputs = models.map(() => new Float32Array(S * T * V));
      readPredictions(driver, sizes, B, T, V, at.predictions, outputs);
      return outputs;
    },
    free: () => freeAll(driver, at),
  };
}

/** Which sequence each row of a model is; what pads them repeats the first. */
function rowsOf(
  models: readonly StackModel[],
  datasets: readonly Dataset[],
  B: number,
  S: number,
): Int32Array {
  const rows = new Int32Array(models.length * B);
  models.forEach(({ validation }, m) => {
    const first = datasets.indexOf(validation!) * S;
    for (let b = 0; b < B; b++) rows[m * B + b] = first + (b < S ? b : 0);
  });
  return rows;
}
