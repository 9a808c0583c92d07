import { expect, test } from "vitest";
import { chain } from "../../testing/run-in-memory.ts";
import { madeJobs } from "./made-jobs.ts";
import { ruleFigures, spreadOf } from "./rule-figures.ts";

test("a spread has the total, the median and the greatest of its values", () => {
  expect(spreadOf([])).toBeNull();
  expect(spreadOf([5])).toEqual({ total: 5, median: 5, max: 5 });
  expect(spreadOf([10, 1, 2])).toEqual({ total: 13, median: 2, max: 10 });
  expect(spreadOf([4, 1, 2, 10])).toEqual({ total: 17, median: 3, max: 10 });
});

test("each job of a rule counts once: up to date, failed, missing or out of date", async () => {
  const { rules, run, disk, ...b } = chain();
  const states = (failed = "") => {
    const prepared = b.prepared(rules);
    const figures = ruleFigures(
      prepared,
      madeJobs(prepared),
      (job) => prepared.plan.ruleOf(job).name === failed,
    );
    return figures.map(({ rule, jobs, states }) => [rule, jobs, states]);
  };
  const none = { "up to date": 0, failed: 0, missing: 0, "out of date": 0 };
  expect(states()).toEqual([
    ["first", 1, { ...none, missing: 1 }],
    ["last", 1, { ...none, missing: 1 }],
  ]);
  await run(rules);
  // A failure that is over does not count.
  expect(states("last")).toEqual([
    ["first", 1, { ...none, "up to date": 1 }],
    ["last", 1, { ...none, "up to date": 1 }],
  ]);
  disk.write("a.src", "two");
  expect(states("last")).toEqual([
    ["first", 1, { ...none, "out of date": 1 }],
    ["last", 1, { ...none, failed: 1 }],
  ]);
});
