import type { MadeJob } from "braid-engine/inspect";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { axisValues, bins, distributions, placeOn } from "./distributions.ts";

const job = (rule: string, ms: number, more: Partial<MadeJob> = {}): MadeJob => ({
  ...{ rule, job: 0, start: 0, end: ms, cpu: undefined, memory: undefined, waitedFor: -1 },
  ...more,
});

test("a rule has the spread of its own jobs; what is recorded of no job is left out", () => {
  const made = [job("a", 1_000), job("a", 3_000), job("b", 8_000, { share: 4, cpu: 500 })];
  const { time, cpu, memory } = distributions(made, ["b", "a", "never"]);
  expect(memory).toBeNull();
  expect(
    time!.rules.map(({ rule, jobs, median, total, shared }) => [rule, jobs, median, total, shared]),
  ).toEqual([
    ["b", 1, 2, 2, 1],
    ["a", 2, 2, 4, 0],
  ]);
  expect(cpu!.rules).toMatchObject([{ rule: "b", jobs: 1, median: 0.5 }]);
  expect([time!.low, time!.high]).toEqual([1, 5]);
});

test("every job is in one step of the axis, whatever it took", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 50 }), (times) => {
      const { low, high, rules } = distributions(
        times.map((ms) => job("a", ms)),
        ["a"],
      ).time!;
      const [{ counts, min, max }] = rules as [(typeof rules)[number]];
      expect(counts).toHaveLength(bins);
      expect(counts.reduce((sum, n) => sum + n, 0)).toBe(times.length);
      expect(low).toBeLessThanOrEqual(Math.max(0.001, min));
      expect(high).toBeGreaterThanOrEqual(max);
      const marks = axisValues(low, high);
      expect(marks.length).toBeGreaterThan(1);
      expect(marks.length).toBeLessThan(14);
    }),
    { examples: [[[2]], [[5]], [[10]], [[0]], [[999_999_999]]] },
  );
});

test("a logarithmic axis: ten times as much is the same way along", () => {
  expect([0.1, 1, 10, 100, 1_000].map((value) => placeOn(1, 100, value))).toEqual([0, 0, 0.5, 1, 1]);
  expect(axisValues(1, 100)).toEqual([1, 2, 5, 10, 20, 50, 100]);
});
