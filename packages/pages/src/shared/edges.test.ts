import { expect, test } from "vitest";
import { depths, passage, withoutImplied } from "./layers.ts";

const edges = [
  ["prepare", "train"],
  ["prepare", "predict"],
  ["train", "predict"],
  ["predict", "score"],
  ["predict", "mean"],
  ["mean", "summary"],
  ["score", "tests"],
  ["tests", "summary"],
  ["score", "summary"],
] as const;

test("an arrow that a longer way implies is left out, and no other", () => {
  const left = edges.filter((edge) => !withoutImplied(edges).includes(edge));
  expect(left).toEqual([
    ["prepare", "predict"],
    ["score", "summary"],
  ]);
});

test("a rule stands below everything that it needs, as far as the longest way says", () => {
  const names = [...new Set(edges.flat())];
  expect(Object.fromEntries(depths(names, edges))).toEqual({
    ...{ prepare: 0, train: 1, predict: 2, score: 3, mean: 3, tests: 4, summary: 5 },
  });
  expect([...depths(["alone"], [])]).toEqual([["alone", 0]]);
});

test("an arrow over several rows passes between the boxes of those that it crosses, as near as it can", () => {
  const boxes = [
    [20, 120],
    [140, 240],
  ] as const;
  expect(passage(10, boxes, 20, 300)).toBe(10);
  expect(passage(100, boxes, 20, 300)).toBe(130);
  expect(passage(200, boxes, 20, 300)).toBe(250);
  // At the edge of the drawing there is no way round.
  expect(passage(200, boxes, 20, 245)).toBe(130);
  expect(passage(60, [[1, 199]], 20, 200)).toBe(60);
});
