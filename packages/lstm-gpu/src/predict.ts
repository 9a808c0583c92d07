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
import type { Driver } from "./driver.ts";
import { sizesOf } from "./layout.ts";

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
  const { H, N, Q, size } = sizes;
  const { inputs: I, outputs: V } = request.model.shape;
  const { B, tiles, threads } = gridFor(driver, most, sizes);
  const M = pieces.length;
  const sequences = pieces.reduce((sum, { count }) => sum + count, 0);
  const at = allocateAll(driver, {
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
      placeParameters(parameters, m, sizes, request.model.parameters);
      placeInputs(x, first * T, request.x.subarray(from * T * I, (from + count) * T * I), I, N);
      for (let b = 0; b < B; b++) rows[m * B + b] = first + (b < count ? b : 0);
      first += count;
    });
    driver.write(at.parameters, parameters);
    driver.write(at.x, x);
    driver.write(at.rows, rows);
    driver.launch(H, "forward", [tiles, M], threads, [
      ...[at.parameters, at.x, at.rows, at.none, at.none, at.states],
      ...ints(N, T, B, size, 0),
    ]);
    driver.launch(H, "predict", [1, M], threads, [
      ...[at.parameters, at.states, at.predictions],
      ...ints(N, T, B, Q, size),
    ]);
    await driver.finish();
    const found = driver.read(at.predictions, 4 * M * T * B * Q);
    pieces.forEach(({ result, from, count }, m) => {
      for (let b = 0; b < count; b++)
        for (let t = 0; t < T; t++)
          for (let v = 0; v < V; v++)
            result[((from + b) * T + t) * V + v] = found[((m * T + t) * B + b) * 4 * Q + v]!;
    });
  } finally {
    freeAll(driver, at);
  }
}
