import { expect, test } from "vitest";
import { ruleFigures, spreadOf } from "./rule-figures.ts";

test("a spread has the total, the median and the greatest of its values", () => {
  expect(spreadOf([])).toBeNull();
  expect(spreadOf([5])).toEqual({ total: 5, median: 5, max: 5 });
  expect(spreadOf([10, 1, 2])).toEqual({ total: 13, median: 2, max: 10 });
  expect(spreadOf([4, 1, 2, 10])).toEqual({ total: 17, median: 3, max: 10 });
});

test("a rule has the costs of its own jobs, as far as they are known, and how many times are shares", () => {
  const states = { "up to date": 3, failed: 0, missing: 1, "out of date": 0 };
  const figures = ruleFigures(
    [
      { rule: "train", jobs: 4, states },
      { rule: "score", jobs: 4, states },
    ],
    [
      { rule: "train", job: 0, start: 0, end: 4_000, cpu: 3_000, memory: undefined },
      { rule: "train", job: 1, start: 0, end: 4_000, share: 2, cpu: undefined, memory: 5e6 },
    ],
  );
  expect(figures).toEqual([
    {
      ...{ rule: "train", jobs: 4, states, shared: 1 },
      wall: { total: 6, median: 3, max: 4 },
      cpu: { total: 3, median: 3, max: 3 },
      memory: { total: 5e6, median: 5e6, max: 5e6 },
    },
    { rule: "score", jobs: 4, states, shared: 0, wall: null, cpu: null, memory: null },
  ]);
});
