import type { MadeJob } from "braid-engine/inspect";
import { expect, test } from "vitest";
import { runAt } from "../testing/inspection.ts";
import { waitsOf } from "./waits.ts";

/** A job from and to a second, which waited for another one. */
const job = (rule: string, row: number, start: number, end: number, waitedFor = -1): MadeJob => ({
  ...{ rule, job: row, start: 1_000 * start, end: 1_000 * end },
  ...{ cpu: undefined, memory: undefined, waitedFor },
});

test("a job is ready when the job that it waited for has ended, or when its run began to run jobs", () => {
  const made = [job("a", 0, 10, 20), job("a", 1, 15, 30), job("b", 2, 34, 40, 1)];
  const { ready, byRule } = waitsOf(made, [runAt(9_000)]);
  expect([...ready]).toEqual([10_000, 10_000, 30_000]);
  expect(byRule.get("a")).toEqual({ lastFor: null, median: 2.5, max: 5 });
  expect(byRule.get("b")).toEqual({ lastFor: { rule: "a", jobs: 1 }, median: 4, max: 4 });
});

test("a job waits for nothing that an earlier run has made", () => {
  const made = [job("a", 0, 10, 20), job("b", 1, 110, 120), job("b", 2, 115, 120, 0)];
  const { ready, byRule } = waitsOf(made, [runAt(100_000), runAt(9_000)]);
  expect([...ready]).toEqual([10_000, 110_000, 110_000]);
  expect(byRule.get("b")).toMatchObject({ lastFor: null, max: 5 });
});

test("the chain leads from the job that ended last to the one that waited for none, and fills the time between", () => {
  const made = [
    job("a", 0, 10, 20),
    job("a", 1, 10, 25),
    job("b", 2, 21, 22, 0),
    job("b", 3, 28, 40, 1),
    job("c", 4, 41, 50, 3),
  ];
  const { chain } = waitsOf(made, [runAt(9_000)]);
  expect(chain.map(({ made }) => made.job)).toEqual([1, 3, 4]);
  const sum = chain.reduce((all, { made, ready }) => all + made.end - ready, 0);
  expect(sum).toBe(40_000);
});

test("where nothing was made there is no chain", () => {
  expect(waitsOf([], []).chain).toEqual([]);
});
