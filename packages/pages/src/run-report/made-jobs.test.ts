import * as fc from "fast-check";
import { expect, test } from "vitest";
import { chain } from "../../testing/run-in-memory.ts";
import { highest, madeJobs } from "./made-jobs.ts";

test("the highest of many are those that sorting would find", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.integer({ min: 1, max: 5 }), (values, most) => {
      const items = values.map((value, place) => ({ value, place }));
      const sorted = items.toSorted((a, b) => b.value - a.value || a.place - b.place);
      expect(highest(items, most, ({ value }) => value)).toEqual(sorted.slice(0, most));
    }),
  );
});

test("jobs that were made have their times, in the plan's order; those without a record are left out", async () => {
  const { rules, run, prepared, disk } = chain();
  expect(madeJobs(prepared(rules))).toEqual([]);
  await run(rules);
  disk.remove("a.end");
  const made = madeJobs(prepared(rules));
  expect(made.map(({ job }) => job.rule.name)).toEqual(["first", "last"]);
  expect(made.every(({ start, end }) => start > 0 && end >= start)).toBe(true);
});
