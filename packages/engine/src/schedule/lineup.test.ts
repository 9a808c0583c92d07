import { expect, test } from "vitest";
import type { PlannedJob } from "../plan/dag.ts";
import { rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { booking } from "./booking.ts";
import { lineup } from "./lineup.ts";

const [first, second] = ruleset({ a: rule({ output: "{x}.a" }), b: rule({ output: "{x}.b" }) });
const job = (order: number, of = first!): PlannedJob =>
  ({ rule: of, values: [String(order)], order }) as unknown as PlannedJob;
const jobs = [0, 1, 2, 3].map((order) => job(order)).concat([4, 5].map((order) => job(order, second!)));

function line(more: object = {}) {
  return lineup({
    jobs,
    booking: booking(4, new Map()),
    wantsOf: () => ({ threads: 1 }),
    priorityOf: () => 0,
    sizeOf: () => 10,
    ...more,
  });
}
const orders = (call: { jobs: readonly PlannedJob[] } | null) => call?.jobs.map((one) => one.order);

test("a call takes jobs of one rule, the first of the plan first", () => {
  const ready = line();
  for (const order of [4, 2, 0, 5]) ready.add(jobs[order]!);
  expect(orders(ready.next())).toEqual([0, 2]);
  expect(orders(ready.next())).toEqual([4, 5]);
  expect(ready.next()).toBeNull();
});

test("jobs to be run alone come first, one a call", () => {
  const ready = line();
  ready.add(jobs[0]!);
  ready.addAlone(jobs[2]!);
  ready.addAlone(jobs[1]!);
  expect(orders(ready.next())).toEqual([2]);
  expect(orders(ready.next())).toEqual([1]);
  expect(orders(ready.next())).toEqual([0]);
});

test("jobs that book different amounts are not put together", () => {
  const ready = line({ wantsOf: ({ order }: PlannedJob) => ({ threads: order < 2 ? 1 : 2 }) });
  for (const order of [0, 1, 2, 3]) ready.add(jobs[order]!);
  expect(orders(ready.next())).toEqual([0, 1]);
  expect(orders(ready.next())).toEqual([2, 3]);
});

test("nothing comes while there is no room, or no job", () => {
  const booked = booking(1, new Map());
  booked.take({ threads: 1 });
  const ready = line({ booking: booked });
  expect(ready.next()).toBeNull();
  ready.add(jobs[0]!);
  expect(ready.next()).toBeNull();
  booked.give({ threads: 1 }, []);
  expect(orders(ready.next())).toEqual([0]);
});

test("jobs can be taken out of the line", () => {
  const ready = line();
  for (const order of [0, 1, 2]) ready.add(jobs[order]!);
  ready.remove([jobs[1]!]);
  expect(ready.waiting().map((one) => one.order)).toEqual([0, 2]);
});
