/**
 * Drives one instance of the WebAssembly kernel: copies minibatches and parameters into its memory and calls
 * its parts in order. assembly/layout.ts says what lies where; all of its addresses are in bytes.
 */
import { cannot } from "../../errors.ts";
import { adam, type Kernel } from "../../kernel.ts";
import { lossTerms } from "../../loss.ts";
import type { Minibatch } from "../../minibatch.ts";
import { describeShape, type ModelShape, parameterCount, parameterLayout } from "../../shape.ts";
import { webAssembly } from "./binaries.ts";

/** What the binary exports; functions that allocate return 0 when memory runs out. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  configure(inputs: number, hidden: number, outputs: number): number;
  resize(sequences: number, steps: number): number;
  layer(): void;
  predict(): void;
  loss(output: number): number;
  weigh(output: number, trunk: number, head: number): void;
  backward(): void;
  adam(rate: number, firstCorrection: number, secondCorrection: number): void;
  readonly quads: Global;
  readonly columns: Global;
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
}
interface Global {
  readonly value: number;
}

/** Predictions go through the kernel by about this many rows (sequences x steps) at a time. */
const rowsAtOnce = 8192;

/** A kernel on a new instance of these bytes. */
export async function wasmKernel(bytes: Uint8Array<ArrayBuffer>, device: string): Promise<Kernel> {
  const { instance } = await webAssembly.instantiate(bytes, {
    env: {
      abort() {
        throw new Error("the WebAssembly kernel aborted");
      },
    },
  });
  const wasm = instance.exports as unknown as Exports;
  let shape: ModelShape = { inputs: 0, hidden: 0, outputs: 0 };
  /** For each flat parameter its place among the kernel's. */
  let places = new Int32Array(0);
  let steps = 0;
  let size = { sequences: 0, steps: 0 };
  let loaded: Minibatch | undefined;

  /** Memory as float32, from a byte on; to be asked for again after anything that may have grown it. */
  const floats = (from: Global) => new Float32Array(wasm.memory.buffer, from.value);

  function configure(newShape: ModelShape): void {
    const { inputs, hidden, outputs } = newShape;
    if (wasm.configure(inputs, hidden, outputs) === 0) {
      shape = { inputs: 0, hidden: 0, outputs: 0 };
      throw outOfMemory(describeShape(newShape));
    }
    shape = newShape;
    places = placesOf(shape, wasm);
    size = { sequences: 0, steps: 0 };
    loaded = undefined;
  }

  function resize(sequences: number, length: number): void {
    loaded = undefined;
    if (size.sequences === sequences && size.steps === length) return;
    size = { sequences: 0, steps: 0 };
    if (wasm.resize(sequences, length) === 0)
      throw outOfMemory(`${describeShape(shape)}, ${sequences} sequences of ${length} steps`);
    size = { sequences, steps: length };
  }

  /** x [B, T, I] into the rows [T, B]. */
  function loadInputs(x: Float32Array | Float64Array, from: number): void {
    const { inputs: I } = shape;
    const { sequences: B, steps: T } = size;
    const to = floats(wasm.inputs);
    const stride = wasm.inputStride.value / 4;
    const first = 4 * wasm.quads.value;
    for (let b = 0; b < B; b++)
      for (let t = 0; t < T; t++) {
        const source = ((from + b) * T + t) * I;
        const row = (t * B + b) * stride + first;
        for (let i = 0; i < I; i++) to[row + i] = x[source + i]!;
      }
  }

  function load(batch: Minibatch): void {
    if (loaded === batch) return;
    const { sequences: B, steps: T, outputs: V, y, weights } = batch;
    resize(B, T);
    loadInputs(batch.x, 0);
    const [targetsTo, weightsTo] = [floats(wasm.targets), floats(wasm.weights)];
    const plane = wasm.plane.value / 4;
    for (let b = 0; b < B; b++)
      for (let t = 0; t < T; t++)
        for (let v = 0; v < V; v++) {
          const [from, to] = [(b * T + t) * V + v, v * plane + t * B + b];
          targetsTo[to] = y[from]!;
          weightsTo[to] = weights[from]!;
        }
    loaded = batch;
  }

  const flat = (from: Global) => {
    const values = floats(from);
    return Float32Array.from(places, (place) => values[place]!);
  };

  return {
    name: "wasm",
    device,
    supports: () => null,
    begin(newShape, values) {
      const { inputs, hidden, outputs } = newShape;
      if (inputs !== shape.inputs || hidden !== shape.hidden || outputs !== shape.outputs)
        configure(newShape);
      // The places of no parameter, too: a model that diverged may have left NaN there.
      for (const part of [wasm.parameters, wasm.firstMoments, wasm.secondMoments])
        floats(part).fill(0, 0, wasm.parameterBytes.value / 4);
      const parameters = floats(wasm.parameters);
      for (let i = 0; i < places.length; i++) parameters[places[i]!] = values[i]!;
      steps = 0;
    },
    gradient(batch, loss, lossWeights) {
      load(batch);
      wasm.layer();
      wasm.predict();
      const q = Array.from({ length: shape.outputs }, (_, v) => wasm.loss(v));
      const terms = lossTerms(loss, q, lossWeights);
      q.forEach((_, v) => {
        wasm.weigh(v, terms.trunk[v]!, terms.head[v]!);
      });
      wasm.backward();
      return terms.loss;
    },
    step(learningRate) {
      steps++;
      wasm.adam(learningRate, 1 - adam.beta1 ** steps, 1 - adam.beta2 ** steps);
    },
    parameters: () => flat(wasm.parameters),
    gradients: () => flat(wasm.gradient),
    predict(x, sequences, length) {
      const { outputs: V } = shape;
      const predictions = new Float32Array(sequences * length * V);
      const most = Math.max(1, Math.floor(rowsAtOnce / length));
      for (let from = 0; from < sequences; from += most) {
        const B = Math.min(most, sequences - from);
        resize(B, length);
        loadInputs(x, from);
        wasm.layer();
        wasm.predict();
        const found = floats(wasm.errors);
        const plane = wasm.plane.value / 4;
        for (let b = 0; b < B; b++)
          for (let t = 0; t < length; t++)
            for (let v = 0; v < V; v++)
              predictions[((from + b) * length + t) * V + v] = found[v * plane + t * B + b]!;
      }
      return predictions;
    },
    // The memory goes with the instance.
    dispose() {},
  };
}

function outOfMemory(what: string): Error {
  return cannot(
    'use the backend "wasm"',
    `its memory, 4 GB at the most, cannot hold ${what}`,
    "Set batchSize to fewer sequences at a time.",
  );
}

/** Where each flat parameter (shape.ts) lies among the kernel's [N][columns][4 gates][4], [V][N][4], [V]. */
function placesOf(shape: ModelShape, wasm: Exports): Int32Array<ArrayBuffer> {
  const { inputs: I, hidden: H, outputs: V } = shape;
  const at = parameterLayout(shape);
  const columns = wasm.columns.value;
  const places = new Int32Array(parameterCount(shape));
  const column = (from: number, k: number) => {
    for (let gate = 0; gate < 4; gate++)
      for (let u = 0; u < H; u++)
        places[from + gate * H + u] = ((u >> 2) * columns + k) * 16 + gate * 4 + (u & 3);
  };
  for (let i = 0; i < I; i++) column(at.kernel.from + i * 4 * H, 4 * wasm.quads.value + i);
  for (let u = 0; u < H; u++) column(at.recurrent.from + u * 4 * H, u);
  column(at.bias.from, wasm.bias.value);
  for (let v = 0; v < V; v++) {
    for (let u = 0; u < H; u++)
      places[at.headKernel.from + u * V + v] = wasm.heads.value / 4 + v * 4 * wasm.quads.value + u;
    places[at.headBias.from + v] = wasm.headBiases.value / 4 + v;
  }
  return places;
}
