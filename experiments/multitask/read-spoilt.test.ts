import { expect, test } from "vitest";
import { readSpoilt } from "./read-spoilt.ts";

test("of 84 spoilt files the steps of a run read none wrongly in silence, and none ends without a message", async () => {
  // three of each of the 28 kinds; `pnpm data:spoil` reads 300 and more
  const { faults, ...outcomes } = await readSpoilt(84);
  expect(faults).toEqual([]);
  expect(outcomes).toEqual({ refused: 58, warned: 2, asItStood: 24 });
});
