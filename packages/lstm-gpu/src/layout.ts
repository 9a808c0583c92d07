/**
 * Which sizes the kernel (lstm.cl) is compiled for, and where a model's flat parameters lie in it. Units that
 * a model does not have are weights of 0: they stay 0 through training, to the bit.
 */
import { type ModelShape, parameterCount, parameterLayout } from "@braid/lstm";

/** H of each build of the kernel, whose threads keep 4 H weights in registers: more would not fit into 255. */
export const builds: readonly number[] = [8, 16, 20, 24, 32, 40, 48];

/** H of the build for models of so many units; of the smallest where there is none. */
export const buildFor = (hidden: number): number => builds.find((build) => build >= hidden) ?? builds[0]!;

/** THREADS and INPUTS of lstm.cl. */
const mostThreads = 160;
const mostInputs = 36;

/** Sequences that one thread works on. */
const sequencesPerThread = 4;

/** The sizes that lstm.cl speaks of, for models of one shape. */
export interface Sizes {
  /** H of the build. */
  readonly H: number;
  /** Inputs, a 1 for the bias, padded to a multiple of 4. */
  readonly N: number;
  /** Quads of outputs. */
  readonly Q: number;
  /** Quads of float32 in a model. */
  readonly size: number;
  /** For each flat parameter (shape.ts) its place in the model. */
  readonly places: Int32Array;
}

const upTo = (multiple: number, value: number) => Math.ceil(value / multiple) * multiple;

/** null where the kernel serves the shape, else why not. */
export function unsupported({ inputs, hidden }: ModelShape): string | null {
  const most = builds.at(-1)!;
  if (hidden > most) return `H=${hidden} is more than the ${most} units whose weights fit into its registers`;
  if (upTo(4, inputs + 1) > mostInputs)
    return `I=${inputs} is more than the ${mostInputs - 1} inputs that it has room for`;
  return null;
}

/** The sizes of models of this shape, which must be a supported one. */
export function sizesOf(shape: ModelShape): Sizes {
  const { inputs: I, hidden, outputs: V } = shape;
  const H = buildFor(hidden);
  const N = upTo(4, I + 1);
  const Q = Math.ceil(V / 4);
  const at = parameterLayout(shape);
  const places = new Int32Array(parameterCount(shape));
  const column = (from: number, c: number) => {
    for (let gate = 0; gate < 4; gate++)
      for (let u = 0; u < hidden; u++) places[from + gate * hidden + u] = (c * H + u) * 4 + gate;
  };
  for (let i = 0; i < I; i++) column(at.kernel.from + i * 4 * hidden, i);
  column(at.bias.from, I);
  for (let u = 0; u < hidden; u++) column(at.recurrent.from + u * 4 * hidden, N + u);
  const heads = 4 * (N + H) * H;
  for (let v = 0; v < V; v++) {
    const head = heads + (v >> 2) * 4 * (H + 1) + (v & 3);
    for (let u = 0; u < hidden; u++) places[at.headKernel.from + u * V + v] = head + 4 * u;
    places[at.headBias.from + v] = head + 4 * H;
  }
  return { H, N, Q, size: (N + H) * H + Q * (H + 1), places };
}

/** How a minibatch is laid over workgroups. */
export interface Grid {
  /** Sequences, padded. */
  readonly B: number;
  /** Workgroups that one model's sequences are divided among. */
  readonly tiles: number;
  /** Threads of a workgroup, a multiple of H. */
  readonly threads: number;
}

/** Workgroups of at most `threads` threads, which must be at least H, and no more of them than needed. */
export function gridOf(sequences: number, H: number, threads: number): Grid {
  const groups = Math.ceil(sequences / sequencesPerThread);
  const most = Math.max(1, Math.floor(Math.min(threads, mostThreads) / H));
  const tiles = Math.ceil(groups / most);
  const each = Math.ceil(groups / tiles);
  return { B: tiles * each * sequencesPerThread, tiles, threads: each * H };
}
