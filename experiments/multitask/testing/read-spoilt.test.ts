import { expect, test } from "vitest";
import { readSpoilt } from "./read-spoilt.ts";

test("of 90 spoilt files the steps of a run read none wrongly in silence, and none ends without a message", async () => {
  // three of each of the 30 kinds; `pnpm data spoil` reads 300 and more
  const { faults, byKind, ...outcomes } = await readSpoilt(90);
  expect(byKind.size).toBe(30);
  expect(faults).toEqual([]);
  expect(outcomes).toEqual({ refused: 61, warned: 3, asItStood: 26 });
});
