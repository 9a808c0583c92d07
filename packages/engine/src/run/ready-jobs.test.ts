import { expect, test } from "vitest";
import { rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { type NextCall, ReadyJobs, type ReadyJobsOptions } from "./ready-jobs.ts";
import { ResourcePool } from "./resource-pool.ts";

/** Rows 0 to 3 are jobs of the first rule, 4 and 5 of the second. */
const [first, second] = ruleset({ a: rule({ output: "{x}.a" }), b: rule({ output: "{x}.b" }) });

function readyJobs(more: Partial<ReadyJobsOptions> = {}) {
  return new ReadyJobs({
    ruleOf: (job) => (job < 4 ? first! : second!),
    pool: new ResourcePool(4, new Map()),
    requestOf: () => ({ threads: 1 }),
    kindOf: () => "",
    priorityOf: () => 0,
    ranked: false,
    sizeOf: () => 10,
    isFull: () => true,
    isReady: () => true,
    ...more,
  });
}
const rows = (call: NextCall | null) => call?.jobs;

test("a call takes jobs of one rule, the first of the plan first", () => {
  const ready = readyJobs();
  for (const job of [4, 2, 0, 5]) ready.add(job);
  expect(rows(ready.next())).toEqual([0, 2]);
  expect(rows(ready.next())).toEqual([4, 5]);
  expect(ready.next()).toBeNull();
});

test("jobs to be run alone come first, one a call", () => {
  const ready = readyJobs();
  ready.add(0);
  ready.addAlone(2);
  ready.addAlone(1);
  expect(rows(ready.next())).toEqual([2]);
  expect(rows(ready.next())).toEqual([1]);
  expect(rows(ready.next())).toEqual([0]);
});

test("jobs that ask for different amounts are not put together", () => {
  const ready = readyJobs({ requestOf: (job) => ({ threads: job < 2 ? 1 : 2 }) });
  for (const job of [0, 1, 2, 3]) ready.add(job);
  expect(rows(ready.next())).toEqual([0, 1]);
  expect(rows(ready.next())).toEqual([2, 3]);
});

test("nothing comes while there is no room, or no job", () => {
  const pool = new ResourcePool(1, new Map());
  pool.take({ threads: 1 });
  const ready = readyJobs({ pool });
  expect(ready.next()).toBeNull();
  ready.add(0);
  expect(ready.next()).toBeNull();
  pool.release({ threads: 1 }, []);
  expect(rows(ready.next())).toEqual([0]);
});

test("jobs can be taken out", () => {
  const ready = readyJobs();
  for (const job of [0, 1, 2]) ready.add(job);
  ready.remove([1]);
  expect(ready.waiting()).toEqual([0, 2]);
});

test("a job that waits again is passed over, and comes once when it is ready anew", () => {
  const waits = new Set<number>();
  const ready = readyJobs({ isReady: (job) => !waits.has(job) });
  for (const job of [0, 1]) ready.add(job);
  waits.add(0);
  expect(ready.waiting()).toEqual([1]);
  waits.delete(0);
  ready.add(0);
  expect(rows(ready.next())).toEqual([0, 1]);
  ready.add(2);
  waits.add(2);
  expect(ready.next()).toBeNull();
});
