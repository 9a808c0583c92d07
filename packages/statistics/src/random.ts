/** Seeded chance for permutations and bootstraps: xoroshiro128+ of pure-rand, whole numbers without bias. */
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

export interface Random {
  /** A whole number in [0, n). */
  below(n: number): number;
}

/** The same numbers for the same seed, on every machine. */
export function random(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  return { below: (n) => uniformInt(generator, 0, n - 1) };
}

/** Fisher and Yates: every order of `values` is as likely; changes it. */
export function shuffle<T extends { length: number; [i: number]: number }>(values: T, chance: Random): T {
  for (let i = values.length - 1; i > 0; i--) {
    const j = chance.below(i + 1);
    const one = values[i]!;
    values[i] = values[j]!;
    values[j] = one;
  }
  return values;
}
