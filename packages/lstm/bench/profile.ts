/** Where a model-epoch of the wasm backend goes: the least time of each part of the kernel, by itself. */
import { chooseBinary, webAssembly } from "../src/backends/wasm/binaries.ts";
import type { Dataset } from "../src/index.ts";

interface Parts {
  configure(inputs: number, hidden: number, outputs: number): number;
  resize(sequences: number, steps: number): number;
  layer(): void;
  predict(): void;
  loss(output: number): number;
  weigh(output: number, trunk: number, head: number): void;
  backward(): void;
  adam(rate: number, firstCorrection: number, secondCorrection: number): void;
}

export interface Part {
  readonly name: string;
  readonly milliseconds: number;
  /** Floating point operations of its matrix products. */
  readonly operations: number;
}

/** The parts of one model-epoch on the best binary that runs, each the least of what `budget` seconds allow. */
export async function profile(dataset: Dataset, hidden: number, budget = 4): Promise<Part[]> {
  const { sequences: B, steps: T, inputs: I, outputs: V } = dataset;
  const { bytes } = await chooseBinary("auto");
  const { instance } = await webAssembly.instantiate(bytes, { env: { abort() {} } });
  const wasm = instance.exports as unknown as Parts;
  if (wasm.configure(I, hidden, V) === 0 || wasm.resize(B, T) === 0) throw new Error("out of memory");
  const gates = 8 * B * T * hidden;
  const heads = 2 * B * T * hidden * V;
  const parts: [name: string, operations: number, run: () => void][] = [
    ["layer forward", gates * (I + hidden), () => wasm.layer()],
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
    ["all backward", gates * (I + 2 * hidden) + 2 * heads, () => wasm.backward()],
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
