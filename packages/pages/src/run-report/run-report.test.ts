import { expect, test } from "vitest";
import { inspectionOf, runAt } from "../testing/inspection.ts";
import { runReport } from "./run-report.ts";

/** A job that was made from and to a ms. */
const made = (job: number, start: number, end: number) => ({
  ...{ rule: "train", job, start, end },
  ...{ cpu: undefined, memory: undefined, waitedFor: -1 },
});

test("before anything has run there is the plan, and no run", () => {
  const states = { "up to date": 0, failed: 0, missing: 4, "out of date": 0 };
  const report = runReport(inspectionOf({ rules: [{ rule: "train", jobs: 4, states, code: null }] }));
  expect(report).toMatchObject({ status: null, runs: [], slowest: [], timeline: null, failures: [] });
  expect(report.rules).toMatchObject([{ rule: "train", jobs: 4, states, wall: null }]);
});

test("each run has the jobs that began after it and before the next, in whatever order runs are recorded", () => {
  const { runs } = runReport(
    inspectionOf({
      runs: [runAt(9_000, "second"), runAt(1_000, "first")],
      made: [made(0, 500, 900), made(1, 1_000, 2_000), made(2, 2_000, 3_000), made(3, 9_500, 9_900)],
    }),
  );
  expect(runs.map(({ run, made }) => [run.command, made])).toEqual([
    ["second", 1],
    ["first", 2],
  ]);
});

test("the slowest jobs are described, at most ten of them", () => {
  const jobs = Array.from({ length: 30 }, (_, job) => made(job, 0, 1_000 * (1 + (job % 20))));
  const { slowest } = runReport(inspectionOf({ made: jobs }));
  expect(slowest).toHaveLength(10);
  expect(slowest[0]).toEqual({ name: "train", path: "train/19", log: null, made: jobs[19] });
});
