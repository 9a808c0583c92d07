/**
 * The one source of chance: xoshiro128** (Blackman and Vigna, 2018), its state filled by SplitMix64 from
 * the seed and a stream number, and normals by Box and Muller (1958). The same everywhere for a seed.
 */
import { cannot } from "../interface/errors.ts";

/** Streams never meet: what draws from one leaves the others as they were. */
export const streams = { weights: 0, order: 1, dropout: 2 } as const;

/** Draws from one stream of one seed. */
export interface Generator {
  /** A whole number in [0, 2^32). */
  bits(): number;
  /** A multiple of 2^-53 in [0, 1). */
  uniform(): number;
  /** A standard normal. */
  normal(): number;
}

/** The generator of a seed (a whole number from 0 to 2^53 - 1; 0 is a seed like any other) and a stream. */
export function generator(seed: number, stream: number): Generator {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw cannot("draw random numbers", `the seed ${seed} is not a whole number from 0 to 2^53 - 1`);
  const next = splitMix64(BigInt(seed) | (BigInt(stream) << 56n));
  const [low, high] = [next(), next()];
  return xoshiro128([
    Number(low & 0xffffffffn),
    Number(low >> 32n),
    Number(high & 0xffffffffn),
    Number(high >> 32n),
  ]);
}

/** SplitMix64 (Steele, Lea and Flood, 2014): 64-bit numbers from a 64-bit state. */
export function splitMix64(state: bigint): () => bigint {
  let at = state;
  return () => {
    at = BigInt.asUintN(64, at + 0x9e3779b97f4a7c15n);
    let z = at;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  };
}

/** xoshiro128** from four 32-bit words of state, not all of them 0. */
export function xoshiro128(state: readonly [number, number, number, number]): Generator {
  let [a, b, c, d] = state;
  let spare: number | undefined;

  const bits = () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const uniform = () => ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53;
  const normal = () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    // 1 - u is in (0, 1], so that its logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { bits, uniform, normal };
}

/** The numbers 0 .. count - 1 in random order (Fisher and Yates). */
export function shuffled(count: number, random: Generator): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
