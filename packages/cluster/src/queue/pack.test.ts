import { rule } from "braid-engine";
import { ruleset } from "braid-engine/executor";
import { expect, test } from "vitest";
import { pack } from "./pack.ts";

const [single, batched] = ruleset({
  single: rule({ output: "a/{n}", run: () => {} }),
  batched: rule({ output: "b/{n}", batch: 64, runBatch: () => {} }),
});
const mean = (seconds: number | null) => ({ durations: { mean: () => seconds } });
const options = { target: 600, limit: null, lanes: 1 };
const plenty = { ready: 10_000, slots: 100, free: 1, left: new Map([["single", 1_000_000]]) };

test("a task takes as many jobs as fill the target", () => {
  expect(pack(single!, plenty, { ...options, ...mean(60) })).toEqual({ size: 10, full: true });
  expect(pack(single!, plenty, { ...options, ...mean(3_600) })).toEqual({ size: 1, full: true });
});

test("several jobs at once in a task make it take so many more", () => {
  expect(pack(single!, plenty, { ...options, lanes: 4, ...mean(60) }).size).toBe(40);
});

test("the first tasks of a rule are its batch, or one job", () => {
  expect(pack(single!, plenty, { ...options, ...mean(null) }).size).toBe(1);
  expect(pack(batched!, plenty, { ...options, ...mean(null) }).size).toBe(64);
});

test("a body that takes its jobs together gets whole batches", () => {
  expect(pack(batched!, plenty, { ...options, ...mean(6) }).size).toBe(128);
});

test("no task is planned longer than most of the queue's time limit", () => {
  expect(pack(single!, plenty, { ...options, limit: 300, ...mean(60) }).size).toBe(3);
});

test("idle slots get their share, but no task is shorter than it is worth", () => {
  const idle = { ...plenty, ready: 100, free: 100 };
  expect(pack(single!, idle, { ...options, ...mean(60) }).size).toBe(1);
  expect(pack(single!, idle, { ...options, ...mean(0.5) }).size).toBe(20);
});

test("towards the end tasks get shorter, so that all slots end together", () => {
  const late = { ...plenty, left: new Map([["single", 200]]) };
  expect(pack(single!, late, { ...options, ...mean(60) }).size).toBe(1);
});

test("jobs that would not fill half a task can wait for others", () => {
  expect(pack(single!, { ...plenty, ready: 3 }, { ...options, ...mean(60) })).toEqual({
    size: 3,
    full: false,
  });
});

test("a target of 0 makes a task of each job", () => {
  expect(pack(single!, plenty, { ...options, target: 0, ...mean(0.001) })).toEqual({ size: 1, full: true });
});
