/** The stack on a GPU: what is kept in which buffer, and the calls of one step, whatever the driver. */
import type { Dataset, PredictionRequest } from "../../backend.ts";
import { cannot } from "../../errors.ts";
import { adam } from "../../kernel.ts";
import type { Stack, StackBatch, StackModel, StackTask } from "../../stack.ts";
import type { DeviceBuffer, Driver } from "./driver.ts";
import { type Grid, gridOf, type Sizes, sizesOf, unsupported } from "./layout.ts";

/** CUDA's bound on the second dimension of a grid, which counts models. */
const mostModels = 65_535;

/** The kernels read rows of 8 numbers, the last one perhaps a little beyond its end. */
const overread = 8;

/** Predictions go through the device by at most this many rows (sequences x steps) of a request at a time. */
const rowsAtOnce = 65_536;

/** Everything of a chunk of models while it trains. */
interface Chunk {
  readonly task: StackTask;
  readonly sizes: Sizes;
  readonly grid: Grid;
  readonly models: readonly StackModel[];
  /** The number of the first sequence of each dataset on the device. */
  readonly firsts: ReadonlyMap<Dataset, number>;
  readonly buffers: Readonly<Record<keyof ReturnType<typeof words>, DeviceBuffer>>;
  batches: readonly StackBatch[] | undefined;
  /** Calls of `step`, and those of them that moved the parameters. */
  records: number;
  moves: number;
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

/** A stack on an open device; it owns the driver. */
export function gpuStack(driver: Driver): Stack {
  let chunk: Chunk | undefined;

  function release(): void {
    for (const buffer of Object.values(chunk?.buffers ?? {})) driver.free(buffer);
    chunk = undefined;
  }
  const current = (): Chunk => {
    if (chunk === undefined) throw cannot("use the GPU", "no models were begun");
    return chunk;
  };

  /** Allocates all or, where one does not fit, none. */
  function allocateAll<Name extends string>(
    sizes: Readonly<Record<Name, number>>,
  ): Record<Name, DeviceBuffer> {
    const buffers = {} as Record<Name, DeviceBuffer>;
    try {
      for (const [name, count] of Object.entries<number>(sizes))
        buffers[name as Name] = driver.allocate(4 * count);
    } catch (error) {
      for (const buffer of Object.values<DeviceBuffer>(buffers)) driver.free(buffer);
      throw error;
    }
    return buffers;
  }

  const gridFor = (sequences: number, { H }: Sizes) => gridOf(sequences, H, checkedThreads(driver, H));

  function load(batches: readonly StackBatch[]): void {
    const { sizes, grid, models, firsts, buffers, task } = current();
    const { outputs: V } = task.shape;
    const rows = new Int32Array(models.length * grid.B);
    const weights = new Float32Array(4 * models.length * grid.B * sizes.Q);
    batches.forEach((batch, m) => {
      const first = firsts.get(models[m]!.dataset)!;
      // What pads the minibatch repeats a sequence, with weight 0.
      for (let b = 0; b < grid.B; b++) rows[m * grid.B + b] = first + (batch.rows[b] ?? batch.rows[0]!);
      for (let b = 0; b < batch.rows.length; b++)
        for (let v = 0; v < V; v++) weights[(m * grid.B + b) * 4 * sizes.Q + v] = batch.weights[b * V + v]!;
    });
    driver.write(buffers.rows, rows);
    driver.write(buffers.weights, weights);
  }

  /** Per model, the numbers at the places of its flat parameters. */
  function flat(buffer: DeviceBuffer): Float32Array[] {
    const { models, sizes } = current();
    const found = driver.read(buffer, 4 * models.length * sizes.size);
    return models.map((_, m) =>
      Float32Array.from(sizes.places, (place) => found[4 * m * sizes.size + place]!),
    );
  }

  /** One call of the kernels for requests that fit, each cut into pieces of at most `most` sequences. */
  async function predictSome(pieces: readonly Piece[], most: number): Promise<void> {
    const { request } = pieces[0]!;
    const { steps: T } = request;
    const sizes = sizesOf(request.model.shape);
    const { H, N, Q, size } = sizes;
    const { inputs: I, outputs: V } = request.model.shape;
    const { B, tiles, threads } = gridFor(most, sizes);
    const M = pieces.length;
    const sequences = pieces.reduce((sum, { count }) => sum + count, 0);
    const buffers = allocateAll({
      parameters: 4 * M * size,
      x: sequences * T * N + overread,
      rows: M * B,
      states: M * T * B * H + overread,
      predictions: 4 * M * T * B * Q,
      none: 4,
    });
    try {
      const parameters = new Float32Array(4 * M * size);
      const x = new Float32Array(sequences * T * N);
      const rows = new Int32Array(M * B);
      let first = 0;
      pieces.forEach(({ request, from, count }, m) => {
        place(parameters, m, sizes, request.model.parameters);
        inputRows(x, first * T, request.x.subarray(from * T * I, (from + count) * T * I), I, N);
        for (let b = 0; b < B; b++) rows[m * B + b] = first + (b < count ? b : 0);
        first += count;
      });
      driver.write(buffers.parameters, parameters);
      driver.write(buffers.x, x);
      driver.write(buffers.rows, rows);
      const ints = (...values: number[]) => values.map((int) => ({ int }));
      driver.launch(H, "forward", [tiles, M], threads, [
        ...[buffers.parameters, buffers.x, buffers.rows, buffers.none, buffers.none, buffers.states],
        ...ints(N, T, B, size, 0),
      ]);
      driver.launch(H, "predict", [1, M], threads, [
        ...[buffers.parameters, buffers.states, buffers.predictions],
        ...ints(N, T, B, Q, size),
      ]);
      await driver.finish();
      const found = driver.read(buffers.predictions, 4 * M * T * B * Q);
      pieces.forEach(({ result, from, count }, m) => {
        for (let b = 0; b < count; b++)
          for (let t = 0; t < T; t++)
            for (let v = 0; v < V; v++)
              result[((from + b) * T + t) * V + v] = found[((m * T + t) * B + b) * 4 * Q + v]!;
      });
    } finally {
      for (const buffer of Object.values(buffers)) driver.free(buffer);
    }
  }

  return {
    name: "gpu",
    device: driver.device,
    supports: unsupported,
    fit(task, datasets) {
      const sizes = sizesOf(task.shape);
      const { B } = gridFor(task.sequences, sizes);
      // What a chunk before this one holds is given back first.
      release();
      const room = driver.memory();
      const fits = (models: number, sequences: number) => {
        const all = Object.values(words(task, sizes, B, models, sequences)).map((count) => 4 * count);
        return Math.max(...all) <= room.buffer && all.reduce((a, b) => a + b, 0) <= room.total;
      };
      const seen = new Set<Dataset>();
      let sequences = 0;
      let models = 0;
      for (const dataset of datasets) {
        if (!seen.has(dataset)) sequences += dataset.sequences;
        seen.add(dataset);
        if (models === mostModels || !fits(models + 1, sequences)) break;
        models++;
      }
      return models;
    },
    async begin(task, models) {
      release();
      const sizes = sizesOf(task.shape);
      const grid = gridFor(task.sequences, sizes);
      const firsts = new Map<Dataset, number>();
      let sequences = 0;
      for (const { dataset } of models)
        if (!firsts.has(dataset)) {
          firsts.set(dataset, sequences);
          sequences += dataset.sequences;
        }
      const buffers = allocateAll(words(task, sizes, grid.B, models.length, sequences));
      chunk = { task, sizes, grid, models, firsts, buffers, batches: undefined, records: 0, moves: 0 };

      const { N, Q, size } = sizes;
      const { steps: T } = task;
      const parameters = new Float32Array(4 * models.length * size);
      const lossWeights = new Float32Array(4 * models.length * Q);
      models.forEach((model, m) => {
        place(parameters, m, sizes, model.parameters);
        lossWeights.set(model.lossWeights, 4 * m * Q);
      });
      const x = new Float32Array(sequences * T * N);
      const targets = new Float32Array(4 * sequences * T * Q);
      const masks = new Float32Array(4 * sequences * T * Q);
      for (const [{ x: inputs, y, mask, inputs: I, outputs: V }, first] of firsts) {
        inputRows(x, first * T, inputs, I, N);
        for (let i = 0; i < mask.length; i++) {
          if (mask[i] === 0) continue;
          const to = (first * T + Math.floor(i / V)) * 4 * Q + (i % V);
          targets[to] = y[i]!;
          masks[to] = 1;
        }
      }
      for (const [buffer, values] of [
        [buffers.parameters, parameters],
        [buffers.lossWeights, lossWeights],
        [buffers.x, x],
        [buffers.targets, targets],
        [buffers.masks, masks],
      ] as const)
        driver.write(buffer, values);
      driver.clear(buffers.first);
      driver.clear(buffers.second);
    },
    step(batches, learningRate) {
      const own = current();
      if (own.batches !== batches) load(batches);
      own.batches = batches;
      const { task, sizes, grid, models, buffers: at } = own;
      const { H, N, Q, size } = sizes;
      const { B, tiles, threads } = grid;
      const M = models.length;
      const ints = (...values: number[]) => values.map((int) => ({ int }));
      const [T, nnse] = [task.steps, task.loss === "nnse" ? 1 : 0];
      driver.launch(H, "forward", [tiles, M], threads, [
        ...[at.parameters, at.x, at.rows, at.gates, at.cells, at.states],
        ...ints(N, T, B, size, 1),
      ]);
      driver.launch(H, "errors", [1, M], threads, [
        ...[at.parameters, at.states, at.rows, at.targets, at.masks, at.weights, at.lossWeights],
        ...[at.errors, at.terms, at.losses],
        ...ints(N, T, B, Q, size, nnse, task.records, own.records),
      ]);
      driver.launch(H, "backward", [tiles, M], threads, [
        ...[at.parameters, at.errors, at.terms, at.gates, at.cells],
        ...ints(N, T, B, Q, size),
      ]);
      driver.launch(H, "gradient", [Math.ceil(N / 8) + Math.ceil(H / 8) + Q, M], threads, [
        ...[at.gradients, at.x, at.rows, at.gates, at.states, at.errors, at.terms],
        ...ints(N, T, B, Q, size),
      ]);
      own.records++;
      if (learningRate === null) return;
      own.moves++;
      driver.launch(H, "adam", [Math.ceil(size / threads), M], threads, [
        ...[at.parameters, at.gradients, at.first, at.second],
        ...ints(size),
        { float: learningRate / (1 - adam.beta1 ** own.moves) },
        { float: 1 / (1 - adam.beta2 ** own.moves) },
      ]);
    },
    settle: () => driver.finish(),
    async losses() {
      const { buffers, models, task, records } = current();
      await driver.finish();
      const found = driver.read(buffers.losses, models.length * task.records);
      return models.map((_, m) => found.slice(m * task.records, m * task.records + records));
    },
    async parameters() {
      await driver.finish();
      return flat(current().buffers.parameters);
    },
    async gradients() {
      await driver.finish();
      return flat(current().buffers.gradients);
    },
    async predict(requests) {
      release();
      const { steps, model } = requests[0]!;
      const most = Math.min(
        Math.max(1, Math.floor(rowsAtOnce / steps)),
        Math.max(...requests.map(({ sequences }) => sequences)),
      );
      const results = requests.map(
        ({ sequences, model }) => new Float32Array(sequences * steps * model.shape.outputs),
      );
      const pieces = requests.flatMap((request, i) => cut(request, results[i]!, most));
      const { H, N, Q, size } = sizesOf(model.shape);
      const { B } = gridFor(most, sizesOf(model.shape));
      const bytes = 4 * (4 * size + steps * (most * N + B * (H + 4 * Q)));
      const room = driver.memory();
      const largest = 4 * steps * B * Math.max(H, 4 * Q);
      const atOnce = Math.min(mostModels, Math.floor(Math.min(room.total / bytes, room.buffer / largest)));
      for (let from = 0; from < pieces.length; from += Math.max(1, atOnce))
        await predictSome(pieces.slice(from, from + Math.max(1, atOnce)), most);
      return results;
    },
    dispose() {
      chunk = undefined;
      driver.dispose();
    },
  };
}

/** Some sequences of a request, and where their predictions go. */
interface Piece {
  readonly request: PredictionRequest;
  readonly from: number;
  readonly count: number;
  readonly result: Float32Array;
}

function cut(request: PredictionRequest, result: Float32Array, most: number): Piece[] {
  return Array.from({ length: Math.ceil(request.sequences / most) }, (_, i) => ({
    request,
    from: i * most,
    count: Math.min(most, request.sequences - i * most),
    result,
  }));
}

/** Puts the flat parameters of model m where the kernel has them. */
function place(to: Float32Array, m: number, { size, places }: Sizes, parameters: Float32Array): void {
  for (let i = 0; i < places.length; i++) to[4 * m * size + places[i]!] = parameters[i]!;
}

/** Puts rows of I inputs into rows of N, from row `first` on: the inputs, a 1, zeros. */
function inputRows(to: Float32Array, first: number, x: Float32Array, I: number, N: number): void {
  for (let row = 0; row * I < x.length; row++) {
    const at = (first + row) * N;
    for (let i = 0; i < I; i++) to[at + i] = x[row * I + i]!;
    to[at + I] = 1;
  }
}

function checkedThreads(driver: Driver, H: number): number {
  const threads = driver.threads(H);
  if (threads < H)
    throw cannot(
      "use the GPU",
      `it allows workgroups of ${threads} threads, and models of ${H} units need ${H}`,
      "`backend: wasm` goes without it.",
    );
  return threads;
}
