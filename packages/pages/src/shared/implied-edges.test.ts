import { expect, test } from "vitest";
import { withoutImplied } from "./implied-edges.ts";

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

test("of rules that need each other in turn, each keeps a way to what needs it", () => {
  const cycle = [
    ["a", "b"],
    ["b", "a"],
    ["a", "c"],
    ["b", "c"],
  ] as const;
  expect(withoutImplied(cycle)).toEqual([
    ["a", "b"],
    ["b", "a"],
    ["b", "c"],
  ]);
});
