import { expect, test } from "vitest";
import { localThreads, ResourcePool } from "./resource-pool.ts";

test("what runs never takes more than there is", () => {
  const pool = new ResourcePool(4, new Map([["disk", 2]]));
  pool.take({ threads: 3, disk: 1 });
  expect(pool.fits({ threads: 1, disk: 1 })).toBe(true);
  expect(pool.fits({ threads: 2 })).toBe(false);
  expect(pool.fits({ threads: 1, disk: 2 })).toBe(false);
});

test("what asks for more than there is runs by itself", () => {
  const pool = new ResourcePool(4, new Map([["disk", 2]]));
  expect(pool.fits({ threads: 1, disk: 5 })).toBe(true);
  pool.take({ threads: 1, disk: 1 });
  expect(pool.fits({ threads: 1, disk: 5 })).toBe(false);
});

test("no thread is taken by a call that asks for none", () => {
  const pool = new ResourcePool(1, new Map());
  pool.take({ threads: 1 });
  expect(pool.fits({ threads: 0 })).toBe(true);
});

test("devices go to one call each, the lowest free first", () => {
  const pool = new ResourcePool(8, new Map([["gpu", 3]]));
  const first = pool.take({ gpu: 2 });
  expect(first).toEqual([0, 1]);
  expect(pool.take({ gpu: 1 })).toEqual([2]);
  expect(pool.fits({ gpu: 1 })).toBe(false);
  pool.release({ gpu: 2 }, first);
  expect(pool.take({ gpu: 1 })).toEqual([0]);
});

test("there is one device where nobody says how many", () => {
  const pool = new ResourcePool(8, new Map());
  pool.take({ gpu: 1 });
  expect(pool.fits({ gpu: 1 })).toBe(false);
});

test("a call gets no device that there is not, where somebody says how many there are", () => {
  expect(new ResourcePool(8, new Map([["gpu", 2]])).take({ gpu: 4 })).toEqual([0, 1]);
  expect(new ResourcePool(8, new Map()).take({ gpu: 4 })).toEqual([0, 1, 2, 3]);
});

test("a resource without a limit never holds a call back", () => {
  const pool = new ResourcePool(8, new Map());
  pool.take({ mem_mb: 1_000_000 });
  expect(pool.fits({ mem_mb: 1_000_000 })).toBe(true);
});

test("threads of this machine, where jobs run elsewhere, are another thing than tasks", () => {
  const pool = new ResourcePool(1, new Map([[localThreads, 2]]));
  pool.take({ threads: 1 });
  expect([pool.fits({ threads: 1 }), pool.fits({ [localThreads]: 2 })]).toEqual([false, true]);
  pool.take({ [localThreads]: 2 });
  expect(pool.fits({ [localThreads]: 1 })).toBe(false);
});
