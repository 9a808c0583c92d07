/** Seeds as people write them (`0..29`, or a list of numbers and such ranges), and as the packed layout stores them. */
import { cannot } from "braid-engine";

/** Seeds of one store of the packed layout: 0 to 29, 30 to 59, ... */
export const seedsPerStore = 30;

const largestInt32 = 2 ** 31 - 1;

/** Whether files can hold the seeds as signed integers of 32 bits. */
export function fitInt32(seeds: readonly number[]): boolean {
  return seeds.every((seed) => seed <= largestInt32);
}

/** Of the seeds those of each store, by the store's name ("0-29"), in order of appearance. */
export function seedBlocks(seeds: readonly number[]): ReadonlyMap<string, readonly number[]> {
  const blocks = new Map<string, number[]>();
  for (const seed of seeds) {
    const first = seed - (seed % seedsPerStore);
    const name = `${first}-${first + seedsPerStore - 1}`;
    blocks.set(name, [...(blocks.get(name) ?? []), seed]);
  }
  return blocks;
}

/** The seeds in the order given. @throws for text that is no seed, a range that runs backwards, a seed too large or given twice. */
export function readSeeds(written: number | string | readonly (number | string)[]): number[] {
  const seeds = [written].flat().flatMap(readOne);
  if (seeds.length === 0)
    throw cannot("read seeds", "", "there are none", { hint: "Write 0..29, or a list: [0, 1, 2]" });
  const twice = seeds.find((seed, i) => seeds.indexOf(seed) !== i);
  if (twice !== undefined) throw cannot("read seeds", [written].flat().join(" "), `${twice} is given twice`);
  return seeds;
}

function readOne(written: number | string): number[] {
  const [, first, last] = /^\s*(\d+)\s*(?:\.\.\s*(\d+)\s*)?$/.exec(String(written)) ?? [];
  if (first === undefined)
    throw cannot("read seeds", String(written), "it is neither a whole number nor a range of them", {
      hint: "Write 0..29, or a list: [0, 1, 2]",
    });
  const [from, to] = [Number(first), Number(last ?? first)];
  if (!Number.isSafeInteger(to) || !Number.isSafeInteger(from))
    throw cannot("read seeds", String(written), `the largest seed is ${Number.MAX_SAFE_INTEGER}`, {
      hint: "Use smaller seeds.",
    });
  if (to < from)
    throw cannot(
      "read seeds",
      String(written),
      "the range is empty, since its last seed comes before its first",
      {
        hint: `Did you mean ${to}..${from}?`,
      },
    );
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
