import { expect, test } from "vitest";
import { emptyHistory, type History } from "../journal/history.ts";
import type { Plan } from "../plan/plan.ts";
import { estimateSeconds, inOrderOfWork } from "./assess.ts";

/** A history with so many jobs of a rule, each of so many seconds. */
function after(
  ...rules: readonly (readonly [rule: string, jobs: number, seconds: number, attempt?: number])[]
): History {
  const history = emptyHistory();
  for (const [rule, jobs, seconds, attempt = 1] of rules)
    for (let i = 0; i < jobs; i++) {
      const path = `${rule}/${i}`;
      const none = { inputs: "", set: "", params: "", code: "", outputs: [] };
      history.traces.set(path, { ...none, path, rule, start: 0, end: seconds * 1_000, attempt, call: 1 });
    }
  return history;
}

const estimate = (counts: Record<string, number>, history: History) =>
  estimateSeconds(new Map(Object.entries(counts)), history, 4);

test("the jobs of a rule share the threads, at the pace of those before", () => {
  expect(estimate({ train: 100 }, after(["train", 10, 2]))).toBe(50);
  expect(estimate({ train: 2 }, after(["train", 10, 2]))).toBe(2);
});

test("a rule of few jobs that never ran does not keep from an estimate, one of many does", () => {
  expect(estimate({ train: 100, gather: 1 }, after(["train", 10, 2]))).toBe(50);
  expect(estimate({ train: 100, score: 100 }, after(["train", 10, 2]))).toBeNull();
});

test("where nothing was measured there is no estimate", () => {
  expect(estimate({ gather: 1 }, after())).toBeNull();
  expect(estimate({ train: 3 }, after(["train", 3, 0, 0]))).toBeNull();
});

test("a handful of jobs does not stand for a hundred thousand", () => {
  expect(estimate({ train: 100_000 }, after(["train", 5, 0.3]))).toBeNull();
  expect(estimate({ train: 27_270 }, after(["train", 30, 2]))).toBeCloseTo(13_635);
});

test("counts are told in the order in which the plan comes to each rule, without those that have nothing to do", () => {
  const jobs = ["prepare", "train", "train", "old", "prepare", "train", "all"].map((name) => ({
    rule: { name },
  }));
  const counts = new Map([
    ["all", 1],
    ["prepare", 2],
    ["train", 3],
  ]);
  expect([...inOrderOfWork(counts, { jobs } as unknown as Plan)]).toEqual([
    ["prepare", 2],
    ["train", 3],
    ["all", 1],
  ]);
});
