/**
 * Where a model-epoch of the wasm backend goes: the least time of each part of the kernel, by itself. The kernel is
 * compiled anew with its inner parts exported, and with one that does nothing but the activations.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { webAssembly } from "../src/backends/wasm/binaries.ts";
import type { Dataset } from "../src/index.ts";

interface Parts {
  configure(inputs: number, hidden: number, outputs: number): number;
  resize(sequences: number, steps: number, dropout: number): number;
  layer(): void;
  activations(): void;
  predict(): void;
  loss(output: number): number;
  weigh(output: number, trunk: number, head: number): void;
  backward(): void;
  allStates(): void;
  allGates(): void;
  allKernel(): void;
  adam(rate: number, firstCorrection: number, secondCorrection: number): void;
}

export interface Part {
  readonly name: string;
  readonly milliseconds: number;
  /** Floating point operations of its matrix products. */
  readonly operations: number;
}

const source = `
export * from "./index";
import * as at from "./layout";
import { gateGradients, kernelGradient, stateGradients } from "./backward";
import { sigmoid, tanh } from "./simd";
export function activations(): void {
  let cell = at.cells;
  const end = at.gates + at.gateStride * <usize>at.rows;
  for (let gate = at.gates; gate < end; gate += 64) {
    v128.store(gate, sigmoid(v128.load(gate)));
    v128.store(gate, sigmoid(v128.load(gate, 16)), 16);
    v128.store(gate, tanh(v128.load(gate, 32)), 32);
    v128.store(gate, sigmoid(v128.load(gate, 48)), 48);
    v128.store(cell, tanh(v128.load(cell)));
    cell += 16;
  }
}
export function allStates(): void {
  for (let t = at.steps - 1; t >= 0; t--) stateGradients(t);
}
export function allGates(): void {
  for (let t = at.steps - 1; t >= 0; t--) gateGradients(t);
}
export function allKernel(): void {
  const steps = max(1, 64 / at.sequences);
  for (let to = at.steps; to > 0; to -= steps) kernelGradient(max(0, to - steps) * at.sequences, to * at.sequences);
}
`;

/** The kernel with its parts, in relaxed SIMD. */
async function compileParts(): Promise<Parts> {
  const asc = await import("assemblyscript/asc" as string);
  const folder = fileURLToPath(new URL("../src/backends/wasm/assembly/", import.meta.url));
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    ["parts.ts", "--outFile", "parts.wasm", "-O3", "--noAssert", "--runtime", "stub"].concat([
      "--enable",
      "simd,relaxed-simd",
    ]),
    {
      readFile(name: string) {
        if (name === "parts.ts") return source;
        const file = join(folder, name);
        return existsSync(file) ? readFileSync(file, "utf8") : null;
      },
      writeFile(_name: string, contents: Uint8Array<ArrayBuffer>) {
        bytes = contents;
      },
    },
  );
  if (error !== null || bytes === undefined) throw new Error(`Cannot compile the parts: ${error}\n${stderr}`);
  const { instance } = await webAssembly.instantiate(bytes, { env: { abort() {} } });
  return instance.exports as unknown as Parts;
}

/** The parts of one model-epoch, each the least of what `budget` seconds allow. Indented ones are in the one above. */
export async function profile(dataset: Dataset, hidden: number, budget = 4): Promise<Part[]> {
  const { sequences: B, steps: T, inputs: I, outputs: V } = dataset;
  const wasm = await compileParts();
  if (wasm.configure(I, hidden, V) === 0 || wasm.resize(B, T, 0) === 0) throw new Error("out of memory");
  const gates = 8 * B * T * hidden;
  const heads = 2 * B * T * hidden * V;
  const parts: [name: string, operations: number, run: () => void][] = [
    ["forward layer", gates * (I + hidden), () => wasm.layer()],
    ["  its activations", 0, () => wasm.activations()],
    ["heads forward", heads, () => wasm.predict()],
    [
      "loss",
      0,
      () => {
        for (let v = 0; v < V; v++) {
          wasm.loss(v);
          wasm.weigh(v, 0.01, 0.01);
        }
      },
    ],
    ["backward", gates * (I + 2 * hidden) + 2 * heads, () => wasm.backward()],
    ["  states' gradient (dh)", gates * hidden + heads, () => wasm.allStates()],
    ["  gates' gradient", 0, () => wasm.allGates()],
    ["  weights' gradient (dW)", gates * (I + hidden), () => wasm.allKernel()],
    ["Adam", 0, () => wasm.adam(1e-6, 0.1, 0.001)],
  ];
  const least = parts.map(() => Number.POSITIVE_INFINITY);
  for (const end = performance.now() + 1000 * budget; performance.now() < end; )
    parts.forEach(([, , run], i) => {
      const start = performance.now();
      run();
      least[i] = Math.min(least[i]!, performance.now() - start);
    });
  return parts.map(([name, operations], i) => ({ name, milliseconds: least[i]!, operations }));
}
