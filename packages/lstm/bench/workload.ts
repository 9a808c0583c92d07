/** The unit of all timings: one model-epoch, that is forward, loss, backward and Adam over one site's sequences. */
import type { Dataset } from "../src/index.ts";

/** Models and epochs of the whole experiment: 101 sites, 9 factors, 30 seeds. */
export const experiment = { models: 27_270, epochs: 100 } as const;

/** Any numbers do: the time depends on the sizes alone. About 3 of 10 values are masked. */
export function someDataset(sequences: number, steps: number, inputs: number): Dataset {
  const outputs = 2;
  const rows = sequences * steps;
  return {
    ...{ sequences, steps, inputs, outputs },
    x: Float32Array.from({ length: rows * inputs }, (_, i) => Math.sin(i * i)),
    y: Float32Array.from({ length: rows * outputs }, (_, i) => Math.cos(i * i)),
    mask: Uint8Array.from({ length: rows * outputs }, (_, i) => (i % 10 < 7 ? 1 : 0)),
    valid: new Uint8Array(rows).fill(1),
  };
}

/**
 * Floating point operations of the matrix products of a model-epoch: forward and the weights' gradient over
 * inputs and states, the states' gradient over states, and three times the heads.
 */
export function operations({ sequences: B, steps: T, inputs: I, outputs: V }: Dataset, H: number): number {
  return 2 * B * T * (2 * 4 * H * (I + H) + 4 * H * H + 3 * H * V);
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** `1.7 h`, `32 s`: a time for people. */
export function span(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} days`;
}
