import { describe, expect, test } from "vitest";
import { flowScoreNames, flowScores, midSlope, slopeBias, whyNoFlowScore } from "./flow-scores.ts";

const river = (n: number, value: (i: number) => number, epsilon = 0.01) => ({
  days: Array.from({ length: n }, (_, i) => 11_000 + i),
  values: Float64Array.from({ length: n }, (_, i) => value(i)),
  epsilon,
});
/** Falls by a tenth a day, and floods every 120 days. */
const natural = river(360, (i) => 1 + 50 * 0.9 ** ((i + 60) % 120));
const namesOfNull = (flow: typeof natural, p = flow.values) => {
  const scores = flowScores(flow, p);
  return flowScoreNames.filter((name) => scores[name] === null);
};

test("the truth is predicted without an error, and with its own signatures", () => {
  const scores = flowScores(natural, natural.values);
  expect(scores).toMatchObject({ pbias: 0, fms: 0, peak_timing: 0, peak_mape: 0, missed_peaks: 0 });
  for (const name of ["bfi", "recession", "fdc_slope"] as const)
    expect(scores[`${name}_predicted`]).toBe(scores[`${name}_observed`]);
});

test("floods a day late and a fifth too high are told so", () => {
  const late = natural.values.map((_, i) => 1.2 * natural.values[Math.max(0, i - 1)]!);
  const scores = flowScores(natural, late);
  expect(scores.peak_timing).toBe(1);
  expect(scores.missed_peaks).toBe(0);
  expect(scores.pbias).toBeCloseTo(20, 0);
  // On the day of the flood the late prediction still is that of the day before.
  expect(scores.peak_mape).toBeGreaterThan(95);
});

test("negative predictions count as 0, but in the sum", () => {
  const p = natural.values.map((value, i) => (i % 2 === 0 ? value : -1));
  const clipped = p.map((value) => Math.max(0, value));
  const { pbias, ...rest } = flowScores(natural, p);
  const { pbias: other, ...same } = flowScores(natural, clipped);
  expect(rest).toEqual(same);
  expect(pbias).toBeLessThan(other!);
});

test("the flow exceeded on 70 % of 365 days is at place 256: 255.5 is rounded up", () => {
  const sorted = Float64Array.from({ length: 365 }, (_, i) => 365 - i).toSorted();
  expect(midSlope(sorted, 1)).toBeCloseTo(Math.log((365 - 73 + 1) / (365 - 256 + 1)), 12);
  expect(slopeBias(2, 1)).toBe(-50);
});

describe("a score that is not defined has a reason", () => {
  test.each([
    ["fewer than 11 days", river(9, (i) => i), flowScoreNames, "9 observed days, and a score needs 11"],
    ["no day at all", river(0, (i) => i), flowScoreNames, "nothing was observed"],
    ["no sum", river(40, (i) => (i % 2 === 0 ? 3 : -3)), ["pbias"], "the observations add up to 0"],
    ["no epsilon", river(40, (i) => i, 0), ["fms"], "the mean of the train observations is not above 0"],
    [
      "one flow",
      river(40, () => 2),
      ["fms"],
      "the middle of the flow duration curve is level, or has no logarithm",
    ],
    ["no flow", river(40, () => 0), ["bfi_observed"], "no 30 days in a row with flow"],
    ["no fall", river(40, (i) => i), ["recession_observed"], "no flow that falls for five days"],
    [
      "dry days",
      river(40, (i) => i % 2),
      ["fdc_slope_observed"],
      "the flow exceeded on 66 % of days is not above 0",
    ],
    ["no maximum", river(40, (i) => i), ["missed_peaks"], "no peak was observed"],
    ["no flood", river(40, (i) => i), ["peak_timing", "peak_mape"], "no flood was observed"],
  ] as const)("%s", (_, flow, names, reason) => {
    expect(namesOfNull(flow)).toEqual(expect.arrayContaining([...names]));
    for (const name of names) expect(whyNoFlowScore(name, flow)).toBe(reason);
  });
});
