/** Some models that train together on a GPU: their buffers, and the kernel calls of one step. */
import type { Dataset } from "@braid/lstm";
import { adam, type StackBatch, type StackModel, type StackTask } from "@braid/lstm/backend-kit";
import { allocateAll, freeAll, gridFor, ints, overread, placeInputs, placeParameters } from "./buffers.ts";
import type { DeviceBuffer, Driver } from "./driver.ts";
import { beginDropout, type DropoutOnDevice, dropoutWords } from "./dropout.ts";
import { type Sizes, sizesOf } from "./layout.ts";
import { beginValidation, type ValidationOnDevice, validationWords } from "./validation.ts";

/** What lstm.cl calls the losses. */
const kinds = { rmse: 0, nnse: 1, mse: 2 } as const;

/** A chunk of models while it trains. */
export interface Chunk {
  /** As `Stack.step`. */
  step(batches: readonly StackBatch[], learningRate: number | null): void;
  /** Per model, the losses of the steps so far. Like the next two, to be called when the queue is empty. */
  losses(from: number): Float32Array[];
  /** Per model, flat. */
  parameters(): Float32Array[];
  gradients(): Float32Array[];
  /** Queues the outputs over the validation data, and gives them per model when the queue is empty. */
  validate(): void;
  outputs(): Float32Array[];
  free(): void;
}

/** 4-byte words of each buffer for M models and some sequences of data. */
function words(
  { steps: T, records }: StackTask,
  { H, N, Q, size }: Sizes,
  B: number,
  M: number,
  sequences: number,
) {
  return {
    parameters: 4 * M * size,
    gradients: 4 * M * size,
    first: 4 * M * size,
    second: 4 * M * size,
    x: sequences * T * N + overread,
    targets: 4 * sequences * T * Q,
    masks: 4 * sequences * T * Q,
    rows: M * B,
    weights: 4 * M * B * Q,
    lossWeights: 4 * M * Q,
    gates: 4 * M * T * B * H,
    cells: M * T * B * H,
    states: M * T * B * H + overread,
    errors: 4 * M * T * B * Q,
    terms: 8 * M * Q,
    losses: M * records,
  };
}

/** The bytes of each buffer of a chunk, for models of so many datasets with so many sequences in all. */
export function bytesOf(
  driver: Driver,
  task: StackTask,
  models: number,
  { sequences, datasets }: { readonly sequences: number; readonly datasets: number },
): number[] {
  const sizes = sizesOf(task.shape);
  const { B } = gridFor(driver, task.sequences, sizes);
  const { dropout, validation } = task;
  const all = [
    words(task, sizes, B, models, sequences),
    dropout === undefined ? {} : dropoutWords(task, sizes, B, models),
    validation === undefined
      ? {}
      : validationWords(driver, task, sizes, models, datasets * validation.sequences),
  ];
  return all.flatMap(Object.values<number>).map((count) => 4 * count);
}

/** Puts models and their data on the device. Throws a DeviceMemoryError where they do not fit. */
export function beginChunk(driver: Driver, task: StackTask, models: readonly StackModel[]): Chunk {
  const sizes = sizesOf(task.shape);
  const { H, N, Q, size } = sizes;
  const grid = gridFor(driver, task.sequences, sizes);
  const { B, tiles, threads } = grid;
  const { steps: T } = task;
  const { outputs: V } = task.shape;
  const M = models.length;
  const { firsts, sequences } = numbered(models);
  const at = allocateAll(driver, words(task, sizes, B, M, sequences));
  /** What the rows and weights on the device are of. */
  let loaded: readonly StackBatch[] | undefined;
  /** Calls of `step`, and those of them that moved the parameters. */
  let records = 0;
  let moves = 0;
  let dropping: DropoutOnDevice | undefined;
  let validating: ValidationOnDevice | undefined;

  function writeModels(): void {
    const parameters = new Float32Array(4 * M * size);
    const lossWeights = new Float32Array(4 * M * Q);
    models.forEach((model, m) => {
      placeParameters(parameters, m, sizes, model.parameters);
      lossWeights.set(model.lossWeights, 4 * m * Q);
    });
    driver.write(at.parameters, parameters);
    driver.write(at.lossWeights, lossWeights);
    driver.clear(at.first);
    driver.clear(at.second);
  }

  function writeData(): void {
    const x = new Float32Array(sequences * T * N);
    const targets = new Float32Array(4 * sequences * T * Q);
    const masks = new Float32Array(4 * sequences * T * Q);
    for (const [{ x: inputs, y, mask, inputs: I }, first] of firsts) {
      placeInputs(x, first * T, inputs, I, N);
      for (let i = 0; i < mask.length; i++) {
        if (mask[i] === 0) continue;
        const to = (first * T + Math.floor(i / V)) * 4 * Q + (i % V);
        targets[to] = y[i]!;
        masks[to] = 1;
      }
    }
    driver.write(at.x, x);
    driver.write(at.targets, targets);
    driver.write(at.masks, masks);
  }

  function load(batches: readonly StackBatch[]): void {
    const rows = new Int32Array(M * B);
    const weights = new Float32Array(4 * M * B * Q);
    batches.forEach((batch, m) => {
      const first = firsts.get(models[m]!.dataset)!;
      // What pads the minibatch repeats a sequence, with weight 0.
      for (let b = 0; b < B; b++) rows[m * B + b] = first + (batch.rows[b] ?? batch.rows[0]!);
      for (let b = 0; b < batch.rows.length; b++)
        for (let v = 0; v < V; v++) weights[(m * B + b) * 4 * Q + v] = batch.weights[b * V + v]!;
    });
    driver.write(at.rows, rows);
    driver.write(at.weights, weights);
    dropping?.load(batches);
  }

  /** Per model, the numbers at the places of its flat parameters. */
  function flat(buffer: DeviceBuffer): Float32Array[] {
    const found = driver.read(buffer, 4 * M * size);
    const { places } = sizes;
    return models.map((_, m) => {
      const values = new Float32Array(places.length);
      for (let i = 0; i < places.length; i++) values[i] = found[4 * m * size + places[i]!]!;
      return values;
    });
  }

  function free(): void {
    freeAll(driver, at);
    dropping?.free();
    validating?.free();
  }

  try {
    writeModels();
    writeData();
    if (task.dropout !== undefined) dropping = beginDropout(driver, task, models, sizes, grid);
    if (task.validation !== undefined) validating = beginValidation(driver, task, models, sizes);
  } catch (error) {
    free();
    throw error;
  }
  return {
    step(batches, learningRate) {
      if (loaded !== batches) load(batches);
      loaded = batches;
      driver.launch(H, "forward", [tiles, M], threads, [
        ...[at.parameters, at.x, at.rows, at.gates, at.cells, at.states],
        ...ints(N, T, B, size, 1),
      ]);
      dropping?.drop(at.states, records);
      const outputs = dropping?.outputs ?? at.states;
      driver.launch(H, "errors", [1, M], threads, [
        ...[at.parameters, outputs, at.rows, at.targets, at.masks, at.weights, at.lossWeights],
        ...[at.errors, at.terms, at.losses],
        ...ints(N, T, B, Q, size, kinds[task.loss], task.records, records),
      ]);
      driver.launch(H, dropping === undefined ? "backward" : "backward_dropped", [tiles, M], threads, [
        ...[at.parameters, at.errors, at.terms, ...(dropping === undefined ? [] : [dropping.factors])],
        ...[at.gates, at.cells],
        ...ints(N, T, B, Q, size),
      ]);
      driver.launch(H, "gradient", [Math.ceil(N / 8) + Math.ceil(H / 8) + Q, M], threads, [
        ...[at.gradients, at.x, at.rows, at.gates, at.states, outputs, at.errors, at.terms],
        ...ints(N, T, B, Q, size),
      ]);
      records++;
      if (learningRate === null) return;
      moves++;
      if (task.clipNorm !== undefined)
        driver.launch(H, "clip", [1, M], threads, [at.gradients, ...ints(size), { float: task.clipNorm }]);
      driver.launch(H, "adam", [Math.ceil(size / threads), M], threads, [
        ...[at.parameters, at.gradients, at.first, at.second],
        ...ints(size),
        { float: learningRate / (1 - adam.beta1 ** moves) },
        { float: 1 / (1 - adam.beta2 ** moves) },
      ]);
    },
    losses(from) {
      const found = driver.read(at.losses, M * task.records);
      return models.map((_, m) => found.slice(m * task.records + from, m * task.records + records));
    },
    parameters: () => flat(at.parameters),
    gradients: () => flat(at.gradients),
    validate: () => validating!.predict(at.parameters),
    outputs: () => validating!.outputs(),
    free,
  };
}

/** The number of the first sequence of each dataset on the device: one that models share is there once. */
function numbered(models: readonly StackModel[]): { firsts: Map<Dataset, number>; sequences: number } {
  const firsts = new Map<Dataset, number>();
  let sequences = 0;
  for (const { dataset } of models)
    if (!firsts.has(dataset)) {
      firsts.set(dataset, sequences);
      sequences += dataset.sequences;
    }
  return { firsts, sequences };
}
