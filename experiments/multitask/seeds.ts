/** Seeds as people write them: `0..29`, or a list of numbers and such ranges. */
import { cannot } from "@braid/engine";

/** The seeds in the order given. @throws for text that is no seed, a range that runs backwards, a seed given twice. */
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
