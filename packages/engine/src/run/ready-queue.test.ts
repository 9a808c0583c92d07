import fc from "fast-check";
import { expect, test } from "vitest";
import { ReadyQueue } from "./ready-jobs.ts";

const drain = (queue: ReadyQueue) => {
  const orders: number[] = [];
  for (let order = queue.pop(); order !== undefined; order = queue.pop()) orders.push(order);
  return orders;
};

test("jobs come in the order of the plan, however they became ready", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1_000)), (orders) => {
      const queue = new ReadyQueue();
      for (const order of orders) queue.push(order);
      expect(queue.size).toBe(orders.length);
      expect(drain(queue)).toEqual([...orders].sort((a, b) => a - b));
    }),
  );
});

test("jobs of a higher priority come first, those of the same in the order of the plan", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1_000)), (orders) => {
      const priority = (order: number) => order % 3;
      const queue = new ReadyQueue(priority);
      for (const order of orders) queue.push(order);
      expect(drain(queue)).toEqual([...orders].sort((a, b) => priority(b) - priority(a) || a - b));
    }),
  );
});

test("jobs can be taken out", () => {
  const queue = new ReadyQueue();
  for (const order of [5, 1, 4, 2, 3]) queue.push(order);
  queue.remove(new Set([1, 4]));
  expect(queue.peek()).toBe(2);
  expect(drain(queue)).toEqual([2, 3, 5]);
});
