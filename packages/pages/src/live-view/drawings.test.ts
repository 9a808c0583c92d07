import { expect, test } from "vitest";
import { scaleOf } from "./page/drawings.ts";

test("a scale has 0 where the values are near it", () => {
  expect(scaleOf([1, 3])).toEqual([0, 3]);
  expect(scaleOf([-2, 5])).toEqual([-2, 5]);
  expect(scaleOf([-3, -1])).toEqual([-3, 0]);
});

test("far from 0 it covers twice the spread, so that small differences look small", () => {
  const [low, high] = scaleOf([100, 101]);
  expect([low, high]).toEqual([99.5, 101.5]);
});
