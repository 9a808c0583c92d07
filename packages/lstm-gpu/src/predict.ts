/** Predictions on a GPU: requests are cut into pieces, and as many pieces go through at once as fit its memory. */
import type { PredictionRequest } from "@braid/lstm";
import { DeviceMemoryError } from "@braid/lstm/backend-kit";
import {
  allocateAll,
  freeAll,
  gridFor,
  ints,
  mostModels,
  overread,
  placeInputs,
  placeParameters,
} from "./buffers.ts";
import type { DeviceBuffer, Driver } from "./driver.ts";
import { type Grid, type Sizes, sizesOf } from "./layout.ts";

/** Predictions go through the device by at most this many rows (sequences x steps) of a request at a time. */
const rowsAtOnce = 65_536;

/** The outputs [S, T, V] of each request; all have one shape of model and one number of steps. */
export async function predictOn(
  driver: Driver,
  requests: readonly PredictionRequest[],
): Promise<Float32Array[]> {
  const { steps, model } = requests[0]!;
  const most = Math.min(
    Math.max(1, Math.floor(rowsAtOnce / steps)),
    Math.max(...requests.map(({ sequences }) => sequences)),
  );
  const results = requests.map(
    ({ sequences, model }) => new Float32Array(sequences * steps * model.shape.outputs),
  );
  const pieces = requests.flatMap((request, i) => cut(request, results[i]!, most));
  const sizes = sizesOf(model.shape);
  const { H, N, Q, size } = sizes;
  const { B } = gridFor(driver, most, sizes);
  const bytes = 4 * (4 * size + steps * (most * N + B * (H + 4 * Q)));
  const room = driver.memory();
  const largest = 4 * steps * B * Math.max(H, 4 * Q);
  const fitting = Math.floor(Math.min(room.total / bytes, room.buffer / largest));
  let atOnce = Math.max(1, Math.min(mostModels, fitting, pieces.length));
  for (let from = 0; from < pieces.length; )
    try {
      await predictSome(driver, pieces.slice(from, from + atOnce), most);
      from += atOnce;
    } catch (error) {
      // Another process may have taken memory since.
      if (!(error instanceof DeviceMemoryError) || atOnce === 1) throw error;
      atOnce = Math.ceil(atOnce / 2);
    }
  return results;
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

/** One call of the kernels for pieces of at most `most` sequences. */
async function predictSome(driver: Driver, pieces: readonly Piece[], most: number): Promise<void> {
  const { request } = pieces[0]!;
  const { steps: T } = request;
  const sizes = sizesOf(request.model.shape);
  const { N, size } = sizes;
  const { inputs: I, outputs: V } = request.model.shape;
  const grid = gridFor(driver, most, sizes);
  const { B } = grid;
  const M = pieces.length;
  const sequences = pieces.reduce((sum, { count }) => sum + count, 0);
  const at = allocateAll(driver, {
    parameters: 4 * M * size,
    ...predictionWords(sizes, B, T, M, sequences),
  });
  try {
    const parameters = new Float32Array(4 * M * size);
    const x = new Float32Array(sequences * T * N);
    const rows = new Int32Array(M * B);
    let first = 0;
    pieces.forEach(({ request, from, count }, m) => {
      placeParameters(parameters, m, sizes, request.model.parameters);
      placeInputs(x, first * T, request.x.subarray(from * T * I, (from + count) * T * I), I, N);
      for (let b = 0; b < B; b++) rows[m * B + b] = first + (b < count ? b : 0);
      first += count;
    });
    driver.write(at.parameters, parameters);
    driver.write(at.x, x);
    driver.write(at.rows, rows);
    queuePredictions(driver, sizes, grid, T, M, at.parameters, at);
    await driver.finish();
    const targets = pieces.map(({ result, from, count }) =>
      result.subarray(from * T * V, (from + count) * T * V),
    );
    readPredictions(driver, sizes, B, T, V, at.predictions, targets);
  } finally {
    freeAll(driver, at);
  }
}

/** The buffers of predictions other than the models' parameters; `none` stands in for what only training keeps. */
type PredictionBuffers = Readonly<Record<"x" | "rows" | "states" | "predictions" | "none", DeviceBuffer>>;

/** 4-byte words of these buffers for M models with B rows each, and so many sequences of data. */
export function predictionWords({ H, N, Q }: Sizes, B: number, T: number, M: number, sequences: number) {
  return {
    x: sequences * T * N + overread,
    rows: M * B,
    states: M * T * B * H + overread,
    predictions: 4 * M * T * B * Q,
    none: 4,
  };
}

/** Queues the outputs of M models over T steps. */
export function queuePredictions(
  driver: Driver,
  { H, N, Q, size }: Sizes,
  { B, tiles, threads }: Grid,
  T: number,
  M: number,
  parameters: DeviceBuffer,
  at: PredictionBuffers,
): void {
  driver.launch(H, "forward", [tiles, M], threads, [
    ...[parameters, at.x, at.rows, at.none, at.none, at.states],
    ...ints(N, T, B, size, 0),
  ]);
  driver.launch(H, "predict", [1, M], threads, [
    ...[parameters, at.states, at.predictions],
    ...ints(N, T, B, Q, size),
  ]);
}

/** Reads the outputs of each model into its target [sequences, T, V], at most B sequences; the queue must be empty. */
export function readPredictions(
  driver: Driver,
  { Q }: Sizes,
  B: number,
  T: number,
  V: number,
  predictions: DeviceBuffer,
  targets: readonly Float32Array[],
): void {
  const found = driver.read(predictions, 4 * targets.length * T * B * Q);
  targets.forEach((target, m) => {
    for (let b = 0, to = 0; to < target.length; b++)
      for (let t = 0; t < T; t++)
        for (let v = 0; v < V; v++) target[to++] = found[((m * T + t) * B + b) * 4 * Q + v]!;
  });
}
