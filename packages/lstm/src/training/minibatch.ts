/**
 * Some sequences of a dataset with everything of the loss that the model does not change, so that a
 * kernel sees one form of loss. What the mask hides is replaced by 0 here and reaches no kernel.
 */
import type { Loss } from "../interface/backend.ts";

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
  /** `[B, T, V]`: w of loss.ts, 0 where masked. */
  readonly weights: Float64Array;
}

/**
 * w of loss.ts of the observed values of each sequence and output, [B, V], in a minibatch of the sequences
 * `rows`: an output's w is one number along a sequence.
 */
export function sequenceWeights(samples: Samples, loss: Loss, rows: readonly number[]): Float64Array {
  const { outputs: V } = samples;
  const { observed, sum, squares, valid } = sumsOf(samples);
  const weights = new Float64Array(rows.length * V);
  // S of the nnse: padding is no sequence.
  const sequences = rows.filter((s) => valid[s]! > 0).length;
  const total = (values: Float64Array, v: number) => rows.reduce((all, s) => all + values[s * V + v]!, 0);
  for (let v = 0; v < V; v++) {
    const all = total(observed, v);
    if (all === 0) continue;
    const shift = total(sum, v) / all - 0.1;
    rows.forEach((s, b) => {
      let weight = 1 / all;
      if (loss === "nnse") {
        const n = observed[s * V + v]!;
        // sum over valid t of (m (y - ybar) + 0.1)^2, multiplied out.
        const seen = squares[s * V + v]! - 2 * shift * sum[s * V + v]! + n * shift * shift;
        const spread = seen + 0.01 * (valid[s]! - n);
        weight = spread > 0 ? 1 / (sequences * spread) : 0;
      }
      weights[b * V + v] = weight;
    });
  }
  return weights;
}

/** Per sequence and output [S, V]: how many values are observed, their sum and squares; per sequence its valid steps. */
interface Sums {
  readonly observed: Float64Array;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  readonly valid: Float64Array;
}

const known = new WeakMap<Samples, Sums>();

function sumsOf(samples: Samples): Sums {
  const found = known.get(samples);
  if (found !== undefined) return found;
  const { sequences: S, steps: T, outputs: V, y, mask } = samples;
  const sums: Sums = {
    observed: new Float64Array(S * V),
    sum: new Float64Array(S * V),
    squares: new Float64Array(S * V),
    valid: Float64Array.from({ length: S }, (_, s) =>
      samples.valid.subarray(s * T, (s + 1) * T).reduce((count, one) => count + one, 0),
    ),
  };
  for (let i = 0; i < y.length; i++) {
    if (mask[i] === 0) continue;
    const at = Math.floor(i / (T * V)) * V + (i % V);
    sums.observed[at]! += 1;
    sums.sum[at]! += y[i]!;
    sums.squares[at]! += y[i]! * y[i]!;
  }
  known.set(samples, sums);
  return sums;
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
  for (let i = 0; i < y.length; i++) if (mask[i] === 0) y[i] = 0;

  const ofSequences = sequenceWeights(samples, loss, order);
  const weights = Float64Array.from(mask, (m, i) =>
    m === 1 ? ofSequences[Math.floor(i / (T * V)) * V + (i % V)]! : 0,
  );
  return { sequences: B, steps: T, inputs: I, outputs: V, x, y, weights };
}
