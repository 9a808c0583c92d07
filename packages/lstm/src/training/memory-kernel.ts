/**
 * Drives a compiled kernel that has one memory, WebAssembly's or a C library's: copies minibatches and parameters
 * into it and calls its parts in order. All of its addresses are in bytes.
 */
import type { BackendName } from "../interface/backend.ts";
import { cannot } from "../interface/errors.ts";
import { describeShape, type ModelShape, parameterCount, parameterLayout } from "../interface/shape.ts";
import { shorten } from "./clip.ts";
import { adam, type Kernel } from "./kernel.ts";
import { lossTerms } from "./loss.ts";
import type { Minibatch } from "./minibatch.ts";

/** What the compiled kernel offers; functions that allocate return 0 when memory runs out. */
export interface Compiled {
  readonly memory: { readonly buffer: ArrayBuffer };
  configure(inputs: number, hidden: number, outputs: number): number;
  /** `dropout` is 1 where `factors` will say what the heads see of the states, else 0. */
  resize(sequences: number, steps: number, dropout: number): number;
  layer(): void;
  /** With dropout, between `layer` and `predict`. */
  drop(): void;
  predict(): void;
  loss(output: number): number;
  weigh(output: number, trunk: number, head: number): void;
  backward(): void;
  adam(rate: number, firstCorrection: number, secondCorrection: number): void;
  /** Units, rounded up to a multiple of 4, by fours. */
  readonly quads: Global;
  readonly columns: Global;
  /** The column of the bias: after those of the states and the inputs. */
  readonly bias: Global;
  readonly inputStride: Global;
  readonly plane: Global;
  readonly parameters: Global;
  readonly gradient: Global;
  readonly firstMoments: Global;
  readonly secondMoments: Global;
  readonly parameterBytes: Global;
  readonly heads: Global;
  readonly headBiases: Global;
  readonly inputs: Global;
  readonly targets: Global;
  readonly weights: Global;
  readonly errors: Global;
  /** [T][B][4 quads] */
  readonly factors: Global;
}

/** A number that `configure` or `resize` may change. */
export interface Global {
  readonly value: number;
}

/** A compiled kernel, and what the driver cannot see of it. */
export interface MemoryKernelOptions {
  readonly name: BackendName;
  readonly device: string;
  readonly compiled: Compiled;
  /** The most memory that it can have, for people. */
  readonly mostMemory: string;
  /** The float, counted from the parameters' start, of a gate's weight of column k in unit u. */
  place(k: number, gate: number, u: number): number;
  dispose(): void;
}

/** Predictions go through the kernel by about this many rows (sequences x steps) at a time. */
const rowsAtOnce = 8192;

const nothing = { sequences: 0, steps: 0, dropout: false };

/** The kernel of a backend. */
export function memoryKernel(options: MemoryKernelOptions): Kernel {
  const { name, device, compiled: at } = options;
  let shape: ModelShape = { inputs: 0, hidden: 0, outputs: 0 };
  /** For each flat parameter its place among the kernel's. */
  let places = new Int32Array(0);
  let steps = 0;
  let size = nothing;
  let loaded: Minibatch | undefined;

  /** Memory as float32, from a byte on; to be asked for again after anything that may have grown it. */
  const floats = (from: Global) => new Float32Array(at.memory.buffer, from.value);

  function configure(newShape: ModelShape): void {
    const { inputs, hidden, outputs } = newShape;
    if (at.configure(inputs, hidden, outputs) === 0) {
      shape = { inputs: 0, hidden: 0, outputs: 0 };
      throw outOfMemory(
        options,
        describeShape(newShape),
        "Fewer units need less; another backend may hold more.",
      );
    }
    shape = newShape;
    places = placesOf(shape, options);
    size = nothing;
    loaded = undefined;
  }

  /** `batch`: whether batchSize sets how many sequences these are. */
  function resize(sequences: number, length: number, batch: boolean, dropout: boolean): void {
    loaded = undefined;
    if (size.sequences === sequences && size.steps === length && size.dropout === dropout) return;
    size = nothing;
    if (at.resize(sequences, length, Number(dropout)) === 0) {
      const what = `${describeShape(shape)}, ${sequences} sequences of ${length} steps`;
      const smaller = batch && sequences > 1 && at.resize(1, length, Number(dropout)) !== 0;
      const other = "Fewer steps or units need less; another backend may hold more.";
      throw outOfMemory(options, what, smaller ? "Set batchSize to fewer sequences at a time." : other);
    }
    size = { sequences, steps: length, dropout };
  }

  /** x [B, T, I] into the rows [T, B]. */
  function loadInputs(x: Float32Array | Float64Array, from: number): void {
    const { inputs: I } = shape;
    const { sequences: B, steps: T } = size;
    const to = floats(at.inputs);
    const stride = at.inputStride.value / 4;
    const first = 4 * at.quads.value;
    for (let b = 0; b < B; b++)
      for (let t = 0; t < T; t++) {
        const source = ((from + b) * T + t) * I;
        const row = (t * B + b) * stride + first;
        for (let i = 0; i < I; i++) to[row + i] = x[source + i]!;
      }
  }

  function load(batch: Minibatch, dropout: boolean): void {
    if (loaded === batch && size.dropout === dropout) return;
    const { sequences: B, steps: T, outputs: V, y, weights } = batch;
    resize(B, T, true, dropout);
    loadInputs(batch.x, 0);
    const [targetsTo, weightsTo] = [floats(at.targets), floats(at.weights)];
    const plane = at.plane.value / 4;
    for (let b = 0; b < B; b++)
      for (let t = 0; t < T; t++)
        for (let v = 0; v < V; v++) {
          const [from, to] = [(b * T + t) * V + v, v * plane + t * B + b];
          targetsTo[to] = y[from]!;
          weightsTo[to] = weights[from]!;
        }
    loaded = batch;
  }

  /** Factors [B, T, H] into the rows [T, B]. */
  function drop(factors: Float64Array): void {
    const { hidden: H } = shape;
    const { sequences: B, steps: T } = size;
    const to = floats(at.factors);
    const stride = 4 * at.quads.value;
    for (let b = 0; b < B; b++)
      for (let t = 0; t < T; t++)
        for (let u = 0; u < H; u++) to[(t * B + b) * stride + u] = factors[(b * T + t) * H + u]!;
    at.drop();
  }

  const flat = (from: Global) => {
    const values = floats(from);
    const result = new Float32Array(places.length);
    for (let i = 0; i < places.length; i++) result[i] = values[places[i]!]!;
    return result;
  };

  return {
    name,
    device,
    supports: () => null,
    begin(newShape, values) {
      const { inputs, hidden, outputs } = newShape;
      if (inputs !== shape.inputs || hidden !== shape.hidden || outputs !== shape.outputs)
        configure(newShape);
      // The places of no parameter, too: a model that diverged may have left NaN there.
      for (const part of [at.parameters, at.firstMoments, at.secondMoments])
        floats(part).fill(0, 0, at.parameterBytes.value / 4);
      const parameters = floats(at.parameters);
      for (let i = 0; i < places.length; i++) parameters[places[i]!] = values[i]!;
      steps = 0;
    },
    gradient(batch, loss, lossWeights, factors) {
      load(batch, factors !== undefined);
      at.layer();
      if (factors !== undefined) drop(factors);
      at.predict();
      const q = Array.from({ length: shape.outputs }, (_, v) => at.loss(v));
      const terms = lossTerms(loss, q, lossWeights);
      q.forEach((_, v) => {
        at.weigh(v, terms.trunk[v]!, terms.head[v]!);
      });
      at.backward();
      return terms.loss;
    },
    step(learningRate, clipNorm) {
      steps++;
      // Places of no parameter have gradients of 0.
      if (clipNorm !== undefined)
        shorten(floats(at.gradient).subarray(0, at.parameterBytes.value / 4), clipNorm);
      at.adam(learningRate, 1 - adam.beta1 ** steps, 1 - adam.beta2 ** steps);
    },
    parameters: () => flat(at.parameters),
    gradients: () => flat(at.gradient),
    predict(x, sequences, length) {
      const { outputs: V } = shape;
      const predictions = new Float32Array(sequences * length * V);
      const most = Math.max(1, Math.floor(rowsAtOnce / length));
      for (let from = 0; from < sequences; from += most) {
        const B = Math.min(most, sequences - from);
        resize(B, length, false, false);
        loadInputs(x, from);
        at.layer();
        at.predict();
        const found = floats(at.errors);
        const plane = at.plane.value / 4;
        for (let b = 0; b < B; b++)
          for (let t = 0; t < length; t++)
            for (let v = 0; v < V; v++)
              predictions[((from + b) * length + t) * V + v] = found[v * plane + t * B + b]!;
      }
      return predictions;
    },
    dispose: () => options.dispose(),
  };
}

function outOfMemory({ name, mostMemory }: MemoryKernelOptions, what: string, hint: string): Error {
  return cannot(
    `use the backend "${name}"`,
    `its memory, ${mostMemory} at the most, cannot hold ${what}`,
    hint,
  );
}

/** Where each flat parameter (shape.ts) lies, counted from the parameters' start. */
function placesOf(shape: ModelShape, { compiled: at, place }: MemoryKernelOptions): Int32Array<ArrayBuffer> {
  const { inputs: I, hidden: H, outputs: V } = shape;
  const flat = parameterLayout(shape);
  const units = 4 * at.quads.value;
  const places = new Int32Array(parameterCount(shape));
  const column = (from: number, k: number) => {
    for (let gate = 0; gate < 4; gate++)
      for (let u = 0; u < H; u++) places[from + gate * H + u] = place(k, gate, u);
  };
  for (let i = 0; i < I; i++) column(flat.kernel.from + i * 4 * H, units + i);
  for (let u = 0; u < H; u++) column(flat.recurrent.from + u * 4 * H, u);
  column(flat.bias.from, at.bias.value);
  for (let v = 0; v < V; v++) {
    for (let u = 0; u < H; u++) places[flat.headKernel.from + u * V + v] = at.heads.value / 4 + v * units + u;
    places[flat.headBias.from + v] = at.headBiases.value / 4 + v;
  }
  return places;
}
