import { expect, test } from "vitest";
import { withoutImplied } from "./rule-graph.ts";

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
