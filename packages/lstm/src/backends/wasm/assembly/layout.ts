/**
 * Where everything lies in memory. Lanes are units: a quad is four units, N quads make the layer, units
 * beyond H have weights of 0 and stay 0. A row is one sequence at one step, in the order step, sequence.
 * All of it is float32; `configure` lays out the model, `resize` the minibatch after it.
 */

/** I, V, and N = ceil(H / 4). */
export let inputCount: i32 = 0;
export let outputCount: i32 = 0;
export let quads: i32 = 0;
/** What a unit sees: 4N states, I drivers and from `bias` on a 1 and zeros, an even number. */
export let columns: i32 = 0;
export let bias: i32 = 0;
/** B, T, and B T. */
export let sequences: i32 = 0;
export let steps: i32 = 0;
export let rows: i32 = 0;

/** Bytes from one row to the next of inputs [columns], of gates [N][4 gates][4], of cells [N][4]. */
export let inputStride: usize = 0;
export let gateStride: usize = 0;
export let cellStride: usize = 0;
/** Bytes of one output's plane [rows]; the rows are rounded up to a multiple of 4. */
export let plane: usize = 0;

/** Parameters, gradient, moments: kernel [N][columns][4 gates][4], heads [V][N][4], head biases [V]; bytes of one. */
export let parameters: usize = 0;
export let gradient: usize = 0;
export let firstMoments: usize = 0;
export let secondMoments: usize = 0;
export let parameterBytes: usize = 0;
/** Bytes from the start of each of them to its heads and head biases. */
export let heads: usize = 0;
export let headBiases: usize = 0;
/** Recurrent kernel and heads in the order in which the way back reads them, see `pack` in backward.ts. */
export let packed: usize = 0;
/** [2][V]: what errors are multiplied by on their way into the LSTM, and for the heads' own gradient. */
export let terms: usize = 0;

/** dState and dCell of one step: [B][N][4]. */
export let stateGradients: usize = 0;
export let cellGradients: usize = 0;
/** [T + 1][B] rows of inputs; the states of step t stand in the rows of step t + 1. */
export let inputs: usize = 0;
/** [T][B] rows of gates i, f, g, o; their gradients overwrite them on the way back. */
export let gates: usize = 0;
/** [T + 1][B] rows; the cells of step t stand in the rows of step t + 1. */
export let cells: usize = 0;
/** [T][B] rows. */
export let tanhCells: usize = 0;
/**
 * What the heads see: [T][B] rows of at least [N][4], bytes from one to the next. They are the states among the inputs,
 * or with dropout the states times `factors` (../../../training/dropout.ts), [T][B][N][4].
 */
export let outputs: usize = 0;
export let outputStride: usize = 0;
export let factors: usize = 0;
export let dropout: bool = false;
/** Planes of targets, of w (../../../training/loss.ts), and of predictions, which become errors w (yhat - y). */
export let targets: usize = 0;
export let weights: usize = 0;
export let errors: usize = 0;

let modelEnd: u64 = 0;
let end: u64 = 0;

/** The next free place, on a cache line of its own; wide enough to notice that 4 GB are not enough. */
function place(bytes: u64): usize {
  const at = (end + 63) & ~63;
  end = at + bytes;
  return <usize>at;
}

/** More than this cannot be had: 4 GB but for the last page. */
const most: u64 = 0xffff0000;

/** Grows the memory to what was placed; false when it cannot be had. */
function reserve(): bool {
  const missing = <i64>end - (<i64>memory.size() << 16);
  if (missing <= 0) return true;
  if (end > most) return false;
  return memory.grow(<i32>((missing + 0xffff) >> 16)) >= 0;
}

/** Lays out a model, all zeros; false when memory runs out. Any minibatch is gone. */
export function configure(inputs: i32, hidden: i32, outputs: i32): bool {
  inputCount = inputs;
  outputCount = outputs;
  quads = (hidden + 3) >> 2;
  bias = 4 * quads + inputCount;
  // Even, so that the kernel's gradient takes columns two by two.
  columns = (bias + 2) & ~1;
  inputStride = <usize>((columns + 3) & ~3) << 2;
  gateStride = <usize>quads << 6;
  cellStride = <usize>quads << 4;
  if ((<u64>quads * <u64>columns) << 6 > most) return false;
  heads = <usize>(quads * columns) << 6;
  headBiases = heads + (<usize>(outputCount * quads) << 4);
  parameterBytes = (headBiases + (<usize>outputCount << 2) + 15) & ~15;

  end = __heap_base;
  parameters = place(parameterBytes);
  gradient = place(parameterBytes);
  firstMoments = place(parameterBytes);
  secondMoments = place(parameterBytes);
  packed = place(<u64>((16 * quads + outputCount) * quads) << 4);
  terms = place(<u64>outputCount << 3);
  modelEnd = end;
  sequences = 0;
  steps = 0;
  if (!reserve()) return false;
  memory.fill(parameters, 0, <usize>modelEnd - parameters);
  return true;
}

/** Lays out a minibatch: inputs 0 but for the bias, state zero, planes 0; false when memory runs out. */
export function resize(sequenceCount: i32, stepCount: i32, withDropout: bool): bool {
  sequences = sequenceCount;
  steps = stepCount;
  const all = <u64>sequences * <u64>steps;
  const step = <u64>sequences;
  const planeBytes = ((all + 3) & ~3) << 2;

  end = modelEnd;
  stateGradients = place(step * cellStride);
  cellGradients = place(step * cellStride);
  // The heads read rows four by four: up to three rows beyond the last.
  inputs = place((all + step + 3) * inputStride);
  targets = place(planeBytes * outputCount);
  weights = place(planeBytes * outputCount);
  errors = place(planeBytes * outputCount);
  dropout = withDropout;
  outputs = inputs + inputStride * <usize>sequences;
  outputStride = inputStride;
  if (dropout) {
    factors = place(all * cellStride);
    outputs = place((all + 3) * cellStride);
    outputStride = cellStride;
  }
  const clean = end;
  cells = place((all + step) * cellStride);
  tanhCells = place(all * cellStride);
  gates = place(all * gateStride);
  if (!reserve()) return false;

  rows = <i32>all;
  plane = <usize>planeBytes;
  memory.fill(inputs, 0, <usize>clean - inputs);
  memory.fill(cells, 0, <usize>step * cellStride);
  const one = inputs + (<usize>bias << 2);
  for (let row: usize = 0; row < <usize>rows; row++) store<f32>(one + row * inputStride, 1);
  return true;
}
