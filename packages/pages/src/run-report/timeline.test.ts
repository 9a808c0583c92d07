import type { MadeJob } from "braid-engine/inspect";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parts, timeline as timelineOf } from "./timeline.ts";

const at = Date.parse("2026-01-31T12:00:00Z");
/** A job of a rule from and to a second. */
function job(rule: string, from: number, to: number): MadeJob {
  const times = { start: at + from * 1_000, end: at + to * 1_000 };
  return { rule, job: 0, ...times, cpu: undefined, memory: undefined, waitedFor: -1 };
}

/** Jobs that began when they were ready. */
const timeline = (made: readonly MadeJob[], rules: readonly string[]) =>
  timelineOf(
    made,
    made.map(({ start }) => start),
    rules,
  );

test("nothing ran, or all in no time: there is no timeline", () => {
  expect(timeline([], [])).toBeNull();
  expect(timeline([job("a", 1, 1)], ["a"])).toBeNull();
});

test("a lane says how many jobs ran at a time, rules in the order of the work", () => {
  const made = [job("late", 120, 240), job("early", 0, 120), job("early", 0, 60)];
  const { lanes, seconds, stretches } = timeline(made, ["early", "late", "never"])!;
  expect(seconds).toBe(240);
  expect(stretches).toEqual([{ from: at, to: at + 240_000 }]);
  expect(lanes.map(({ rule, jobs }) => [rule, jobs])).toEqual([
    ["early", 2],
    ["late", 1],
  ]);
  expect(lanes[0]).toMatchObject({ from: at, to: at + 120_000 });
  const [early, late] = lanes.map(({ running }) => running);
  expect(early).toEqual([...Array(60).fill(2), ...Array(60).fill(1), ...Array(120).fill(0)]);
  expect(late).toEqual([...Array(120).fill(0), ...Array(120).fill(1)]);
});

test("jobs that share the time of their batch count together for the call that ran", () => {
  const made = Array.from({ length: 16 }, () => ({ ...job("a", 0, 120), share: 16 }));
  expect(timeline(made, ["a"])!.lanes[0]).toMatchObject({ jobs: 16, running: Array(parts).fill(1) });
});

test("long pauses are left out, short ones stay", () => {
  const made = [job("a", 0, 10), job("a", 10.5, 20), job("a", 3_600, 3_610)];
  const { stretches, seconds, lanes } = timeline(made, ["a"])!;
  expect(stretches.map(({ from, to }) => [(from - at) / 1_000, (to - at) / 1_000])).toEqual([
    [0, 20],
    [3_600, 3_610],
  ]);
  expect(seconds).toBe(30);
  expect(Math.min(...lanes[0]!.running.slice(-parts / 4))).toBeCloseTo(1, 6);
});

test("a job that took no time leaves a trace", () => {
  const { lanes } = timeline([job("a", 0, 10), job("b", 5, 5)], ["a", "b"])!;
  expect(lanes[1]!.running.filter((value) => value > 0)).toHaveLength(1);
});

test("jobs wait from when their inputs are there until they begin", () => {
  const made = [job("a", 0, 120), job("b", 60, 240), job("b", 120, 240)];
  const { lanes } = timelineOf(made, [at, at, at + 60_000], ["a", "b"])!;
  expect(lanes.map(({ waiting }) => waiting)).toEqual([
    Array(parts).fill(0),
    [...Array(120).fill(1), ...Array(120).fill(0)],
  ]);
});

test("all the time of all jobs is in the lanes, and their size is always the same", () => {
  const span = fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 500 }));
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 60 }), (spans) => {
      const { lanes, seconds } = timeline(
        spans.map(([from, length]) => job("a", from, from + length)),
        ["a"],
      )!;
      const { running } = lanes[0]!;
      expect(running).toHaveLength(parts);
      const work = running.reduce((sum, value) => sum + (value * seconds) / parts, 0);
      expect(work).toBeCloseTo(
        spans.reduce((sum, [, length]) => sum + length, 0),
        3,
      );
    }),
  );
});
