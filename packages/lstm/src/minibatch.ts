/**
 * Some sequences of a dataset with everything of the loss that the model does not change, so that a
 * kernel sees one form of loss. What the mask hides is replaced by 0 here and reaches no kernel.
 */
import type { Loss } from "./backend.ts";

/** A Dataset, or the same in float64. */
export interface Samples {
  readonly sequences: number;
  readonly steps: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly x: Float32Array | Float64Array;
  readonly y: Float32Array | Float64Array;
  readonly mask: Uint8Array;
  readonly valid: Uint8Array;
}

/** What a kernel steps on: B sequences of T steps. */
export interface Minibatch {
  /** B. */
  readonly sequences: number;
  /** T. */
  readonly steps: number;
  readonly inputs: number;
  readonly outputs: number;
  /** [B, T, I]. */
  readonly x: Float32Array | Float64Array;
  /** [B, T, V], 0 where masked. */
  readonly y: Float32Array | Float64Array;
  /** [B, T, V]: w of loss.ts, 0 where masked. */
  readonly weights: Float64Array;
}

/** The minibatch of these sequences (`rows`, in this order); without rows, all of them. */
export function minibatch(samples: Samples, loss: Loss, rows?: readonly number[]): Minibatch {
  const { steps: T, inputs: I, outputs: V } = samples;
  const order = rows ?? Array.from({ length: samples.sequences }, (_, s) => s);
  const B = order.length;
  const gather = <A extends Float32Array | Float64Array | Uint8Array>(from: A, size: number): A => {
    if (rows === undefined) return from.slice() as A;
    const to = new (from.constructor as new (length: number) => A)(B * size);
    order.forEach((s, b) => {
      to.set(from.subarray(s * size, (s + 1) * size), b * size);
    });
    return to;
  };
  const x = gather(samples.x, T * I);
  const y = gather(samples.y, T * V);
  const mask = gather(samples.mask, T * V);
  const valid = gather(samples.valid, T);
  for (let i = 0; i < y.length; i++) if (mask[i] === 0) y[i] = 0;

  const weights = new Float64Array(B * T * V);
  for (let v = 0; v < V; v++) {
    let observed = 0;
    let sum = 0;
    for (let i = v; i < y.length; i += V) {
      observed += mask[i]!;
      sum += y[i]!;
    }
    if (observed === 0) continue;
    const mean = sum / observed;
    // S of the nnse: padding is no sequence.
    let sequences = 0;
    for (let b = 0; b < B; b++) if (valid.subarray(b * T, (b + 1) * T).includes(1)) sequences++;
    for (let b = 0; b < B; b++) {
      let weight = 1 / observed;
      if (loss === "nnse") {
        let spread = 0;
        for (let t = 0; t < T; t++) {
          const i = (b * T + t) * V + v;
          if (valid[b * T + t] === 1) spread += (mask[i] === 1 ? y[i]! - mean + 0.1 : 0.1) ** 2;
        }
        weight = spread === 0 ? 0 : 1 / (sequences * spread);
      }
      for (let t = 0; t < T; t++) {
        const i = (b * T + t) * V + v;
        if (mask[i] === 1) weights[i] = weight;
      }
    }
  }
  return { sequences: B, steps: T, inputs: I, outputs: V, x, y, weights };
}
