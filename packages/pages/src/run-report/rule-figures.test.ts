import { expect, test } from "vitest";
import { distributions } from "./distributions.ts";
import { ruleFigures } from "./rule-figures.ts";

test("a rule has the costs of its own jobs, as far as they are known, and how many times are shares", () => {
  const states = { "up to date": 3, failed: 0, missing: 1, "out of date": 0 };
  const made = [
    { rule: "train", job: 0, start: 0, end: 4_000, cpu: 3_000, memory: undefined, waitedFor: -1 },
    { rule: "train", job: 1, start: 0, end: 4_000, share: 2, cpu: undefined, memory: 5e6, waitedFor: -1 },
  ];
  const rules = ["score", "train"].map((rule) => ({ rule, jobs: 4, states, code: null }));
  expect(ruleFigures(rules, distributions(made, ["score", "train"]))).toMatchObject([
    { ...rules[0], wall: null, cpu: null, memory: null },
    {
      ...rules[1],
      wall: { jobs: 2, shared: 1, total: 6, median: 3, max: 4 },
      cpu: { jobs: 1, shared: 0, total: 3, median: 3, max: 3 },
      memory: { jobs: 1, shared: 1, total: 5e6, median: 5e6, max: 5e6 },
    },
  ]);
});
