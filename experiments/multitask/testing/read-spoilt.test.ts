import { expect, test } from "vitest";
import { readSpoilt } from "./read-spoilt.ts";

test("of 114 spoilt files the steps of a run read none wrongly in silence, and none ends without a message", async () => {
  // three of each of the 38 kinds; `pnpm data spoil` reads 300 and more
  const { faults, byKind, ...outcomes } = await readSpoilt(114);
  expect(byKind.size).toBe(38);
  expect(faults).toEqual([]);
  const never = [
    "fill value",
    "far value again and again",
    "ids as numbers",
    "times of day",
    "decimal commas",
  ];
  for (const kind of never) expect(byKind.get(kind)!.asItStood, kind).toBe(0);
  expect(outcomes).toEqual({ refused: 80, warned: 6, asItStood: 28 });
});
