/** Seeds as stores hold them: int32 [N], or int64 [N] where one of them needs it. */
import type { NpyArray } from "@braid/npz";
import { cannot } from "braid-engine";
import { fitInt32 } from "../../seeds.ts";

/** The array of `seeds`. */
export function storedSeeds(seeds: readonly number[]): NpyArray {
  const shape = [seeds.length];
  return fitInt32(seeds)
    ? { dtype: "int32", shape, data: Int32Array.from(seeds) }
    : { dtype: "int64", shape, data: BigInt64Array.from(seeds, BigInt) };
}

/** The seeds in the array of a store, null if it is no such array. @throws if a seed was cut to 32 bits. */
export function seedsIn(array: NpyArray | undefined, file: string): number[] | null {
  if (array?.dtype !== "int32" && array?.dtype !== "int64") return null;
  const seeds = Array.from<number | bigint, number>(array.data, Number);
  const negative = seeds.find((seed) => seed < 0);
  if (negative === undefined) return seeds;
  throw cannot("read seeds", file, `it has ${negative}: an earlier version cut large seeds to 32 bits`, {
    hint: "Delete it and run again.",
  });
}
