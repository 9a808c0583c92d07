/**
 * Dropout on the LSTM's outputs, on their way to the heads: each is left out with a chance p and the others are
 * multiplied by 1 / (1 - p) (Srivastava et al., 2014, scaled while training); the states that the LSTM passes on are
 * whole. What is left out is a function of its place alone, so that every backend leaves out the same: the words of
 * Philox 4x32-10 (Salmon et al., 2011) with the seed as key and as counter the step t, the quad of units, the sequence
 * of the dataset, and the number of gradients before this one. Unit 4 q + i of quad q has word i.
 */
import { streams } from "./random.ts";

/** Which gradient of which training leaves out what. */
export interface Dropout {
  /** p, above 0 and below 1. */
  readonly rate: number;
  readonly seed: number;
  /** Gradients taken before this one. */
  readonly update: number;
}

/** The dropout of each gradient of a training, from 0 on; undefined if its rate is 0. */
export function dropoutOf(rate: number | undefined, seed: number): (update: number) => Dropout | undefined {
  if (rate === undefined || rate === 0) return () => undefined;
  return (update) => ({ rate, seed, update });
}

/** The key of a seed (below 2^53) for the dropout's stream: its low and high word. */
export function dropoutKey(seed: number): readonly [number, number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32) | (streams.dropout << 24)];
}

/** A word below this one leaves its output out. */
export const dropoutThreshold = (rate: number): number => Math.min(2 ** 32 - 1, Math.round(rate * 2 ** 32));

/**
 * What the outputs of the LSTM are multiplied by, [B, T, H]: 0 or 1 / (1 - p), for the sequences `rows` of the dataset;
 * for all B of them in order where there are no rows.
 */
export function dropoutFactors(
  { rate, seed, update }: Dropout,
  rows: readonly number[] | undefined,
  B: number,
  T: number,
  H: number,
): Float64Array {
  const factors = new Float64Array(B * T * H);
  const words = new Uint32Array(4);
  const [low, high] = dropoutKey(seed);
  const threshold = dropoutThreshold(rate);
  const kept = 1 / (1 - rate);
  for (let b = 0; b < B; b++)
    for (let t = 0; t < T; t++)
      for (let u = 0; u < H; u += 4) {
        philox(words, t, u >> 2, rows?.[b] ?? b, update, low, high);
        const [from, count] = [(b * T + t) * H + u, Math.min(4, H - u)];
        for (let i = 0; i < count; i++) factors[from + i] = words[i]! < threshold ? 0 : kept;
      }
  return factors;
}

/** Writes the four 32-bit words of a counter (four words) and a key (two) into `words`. */
export function philox(
  words: Uint32Array,
  first: number,
  second: number,
  third: number,
  fourth: number,
  low: number,
  high: number,
): void {
  let a = first;
  let b = second;
  let c = third;
  let d = fourth;
  let k = low;
  let l = high;
  for (let round = 0; round < 10; round++) {
    // The upper words of 0xd2511f53 a and 0xcd9e8d57 c, from products of halves: each is a whole number below 2^32.
    const a0 = a & 0xffff;
    const a1 = a >>> 16;
    const aMiddle = 0xd251 * a0 + ((0x1f53 * a0) >>> 16);
    const aRest = 0x1f53 * a1 + (aMiddle & 0xffff);
    const aTop = (0xd251 * a1 + (aMiddle >>> 16) + (aRest >>> 16)) | 0;
    const c0 = c & 0xffff;
    const c1 = c >>> 16;
    const cMiddle = 0xcd9e * c0 + ((0x8d57 * c0) >>> 16);
    const cRest = 0x8d57 * c1 + (cMiddle & 0xffff);
    const cTop = (0xcd9e * c1 + (cMiddle >>> 16) + (cRest >>> 16)) | 0;
    const aBottom = Math.imul(0xd2511f53, a);
    const cBottom = Math.imul(0xcd9e8d57, c);
    a = cTop ^ b ^ k;
    b = cBottom;
    c = aTop ^ d ^ l;
    d = aBottom;
    k = (k + 0x9e3779b9) | 0;
    l = (l + 0xbb67ae85) | 0;
  }
  words[0] = a;
  words[1] = b;
  words[2] = c;
  words[3] = d;
}
