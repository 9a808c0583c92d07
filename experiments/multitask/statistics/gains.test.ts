import { random } from "@braid/statistics";
import { expect, test } from "vitest";
import type { DayErrors } from "./days.ts";
import { ensembleGains, monthGains } from "./gains.ts";

/** Days with these months, observations, ensemble predictions and squared errors. */
const days = (months: number[], observed: number[], predicted: number[], errors: number[]): DayErrors => ({
  months: Uint8Array.from(months),
  observed: Float64Array.from(observed),
  predicted: Float64Array.from(predicted),
  squaredErrors: Float64Array.from(errors),
});

test("a month's gain is in RMSE, and in its part of the NSE", () => {
  const observed = [1, 3, 10, 14];
  const single = days([1, 1, 4, 4], observed, observed, [4, 4, 9, 9]);
  const multi = days([1, 1, 4, 4], observed, observed, [4, 4, 1, 1]);
  // Mean 7, squared deviations 36 + 16 + 9 + 49 = 110.
  expect(monthGains(single, multi)).toEqual([
    {
      month: 1,
      days: 2,
      meanObserved: 2,
      highFlow: false,
      rmseSingle: 2,
      rmseMulti: 2,
      reductionPercent: 0,
      nseGain: 0,
    },
    {
      month: 4,
      days: 2,
      meanObserved: 12,
      highFlow: true,
      rmseSingle: 3,
      rmseMulti: 1,
      reductionPercent: (100 * 2) / 3,
      nseGain: 16 / 110,
    },
  ]);
});

test("a month without error has no reduction, a series without variance no NSE", () => {
  const flat = days([1, 2], [5, 5], [5, 5], [0, 1]);
  expect(monthGains(flat, flat).map(({ reductionPercent, nseGain }) => [reductionPercent, nseGain])).toEqual([
    [null, null],
    [0, null],
  ]);
});

/** Half a year of a wave, predicted with an error of `error` that changes sign day by day. */
function wave(error: (day: number) => number): DayErrors {
  const n = 180;
  const observed = Array.from({ length: n }, (_, d) => 10 + 5 * Math.sin(d / 9));
  const predicted = observed.map((value, d) => value + (d % 2 === 0 ? 1 : -1) * error(d));
  return days(new Array(n).fill(1), observed, predicted, new Array(n).fill(0));
}

test("an ensemble that is better on every day is better on any days", () => {
  const [gain] = ensembleGains(
    wave(() => 2),
    [wave(() => 1)],
    30,
    500,
    random(1),
  );
  // The difference of squared errors is 3 each day, the variance about 12.5.
  expect(gain!.difference).toBeCloseTo(gain!.nseMulti - gain!.nseSingle, 12);
  expect(gain!.interval!.low).toBeGreaterThan(0.15);
  expect(gain!.interval!.high).toBeLessThan(0.65);
});

test("one that is better in one spell and as much worse in another is neither", () => {
  const [gain] = ensembleGains(
    wave(() => 2),
    [wave((d) => (d < 90 ? 1 : Math.sqrt(7)))],
    30,
    500,
    random(1),
  );
  expect(gain!.interval!.low).toBeLessThan(0);
  expect(gain!.interval!.high).toBeGreaterThan(0);
});

test("longer blocks widen the interval of what comes in spells", () => {
  const width = (blockDays: number) => {
    const [gain] = ensembleGains(
      wave(() => 2),
      [wave((d) => (d < 90 ? 1 : 2.5))],
      blockDays,
      500,
      random(1),
    );
    return gain!.interval!.high - gain!.interval!.low;
  };
  expect(width(30)).toBeGreaterThan(1.5 * width(1));
});

test("fewer than six blocks of days, and two ensembles of the same predictions, are refused", () => {
  const [single, multi] = [wave(() => 2), wave(() => 1)];
  const first = ({ months, observed, predicted, squaredErrors }: DayErrors, n: number): DayErrors => ({
    months: months.slice(0, n),
    observed: observed.slice(0, n),
    predicted: predicted.slice(0, n),
    squaredErrors: squaredErrors.slice(0, n),
  });
  const gainOf = (n: number, other = multi) =>
    ensembleGains(first(single, n), [first(other, n)], 30, 100, random(1))[0]!;
  expect(gainOf(180)).toMatchObject({ refused: null });
  const few = gainOf(179);
  expect(few).toMatchObject({
    interval: null,
    refused: "fewer than 180 observed days: a bootstrap over days needs 6 blocks of 30",
  });
  // The estimate stands: only how sure it is cannot be told.
  expect(few.difference).toBeCloseTo(few.nseMulti - few.nseSingle, 12);
  expect(gainOf(180, single)).toMatchObject({
    interval: null,
    refused: "same model: every prediction equals that of factor 0",
  });
});

test("fewer days than a score needs give none", () => {
  const few = days([1, 1], [1, 2], [1, 2], [0, 0]);
  expect(ensembleGains(few, [few, few], 30, 100, random(1))).toEqual([null, null]);
});
