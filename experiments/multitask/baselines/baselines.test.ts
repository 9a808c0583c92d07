import { type Day, parseDay } from "@braid/data/tables";
import { inverse, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import type { Prepared } from "../sequences/prepared.ts";
import { climatology } from "./climatology.ts";
import { dayOfYear, daysOfSite } from "./days.ts";
import { lags, ridge } from "./ridge.ts";

const day = (text: string) => parseDay(text)!;
const daysFrom = (first: Day, count: number) => Array.from({ length: count }, (_, i) => first + i);

describe("climatology", () => {
  test("has the same place for a date in every year", () => {
    expect(
      ["2001-01-01", "2004-02-29", "2001-03-01", "2004-03-01", "2023-12-31"].map((one) =>
        dayOfYear(day(one)),
      ),
    ).toEqual([0, 59, 60, 60, 365]);
  });

  test("is the mean of the observed days at most 15 days away, around the turn of the year", () => {
    const days = [day("2001-01-03"), day("2002-12-20"), day("2002-07-01"), day("2003-07-17")];
    const usual = climatology(days, Float64Array.of(1, 3, 10, 20));
    expect(usual(day("2010-01-01"))).toBe(2);
    expect(usual(day("2010-12-19"))).toBe(2);
    expect(usual(day("2010-12-18"))).toBe(3);
    expect(usual(day("2010-07-01"))).toBe(10);
    expect(usual(day("2010-07-09"))).toBe(15);
    // Nothing near: the mean of all.
    expect(usual(day("2010-04-01"))).toBe(8.5);
  });
});

describe("ridge regression", () => {
  const days = daysFrom(day("2000-01-01"), 700);
  let state = 1;
  const noise = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  const drivers = new Map(days.map((one) => [one, Float32Array.of(noise(), noise())]));
  const flow = (one: Day) =>
    3 +
    2 * drivers.get(one)![0]! -
    1.5 * (drivers.get(one - 4)?.[0] ?? 0) +
    0.5 * (drivers.get(one - 29)?.[1] ?? 0);
  const learnt = days.slice(lags, 500);

  test("finds what drivers of the last 30 days do, on days that it has not seen", () => {
    const { predict } = ridge(drivers, learnt, Float64Array.from(learnt, flow));
    for (const one of days.slice(500)) expect(Math.abs(predict(one) - flow(one))).toBeLessThan(1e-3);
  });

  test("chooses a large penalty where drivers say nothing, and is near the mean", () => {
    const values = Float64Array.from(learnt, () => 5 + noise());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const nothing = ridge(drivers, learnt, values);
    expect(nothing.penalty).toBeGreaterThan(ridge(drivers, learnt, Float64Array.from(learnt, flow)).penalty);
    for (const one of days.slice(500, 600)) expect(Math.abs(nothing.predict(one) - mean)).toBeLessThan(0.25);
  });

  test("chooses the penalty of the least generalised cross-validation, as the hat matrix has it", () => {
    const some = learnt.slice(0, 120);
    const values = Float64Array.from(some, (one) => flow(one) + 0.8 * noise());
    const { penalty } = ridge(drivers, some, values);
    const rows = some.map((one) =>
      Array.from({ length: lags }, (_, lag) => [...drivers.get(one - lag)!]).flat(),
    );
    const X = new Matrix(rows).center("column");
    const scaled = X.divRowVector(X.standardDeviation("column", { unbiased: false }));
    const y = Matrix.columnVector([...values]).center("column");
    const score = (k: number) => {
      const inner = scaled.transpose().mmul(scaled).add(Matrix.eye(X.columns).mul(k));
      const hat = scaled.mmul(inverse(inner)).mmul(scaled.transpose());
      const rss = Matrix.sub(y, hat.mmul(y)).norm() ** 2;
      return (some.length * rss) / (some.length - 1 - hat.trace()) ** 2;
    };
    expect(score(penalty)).toBeLessThan(score(penalty * 10 ** (1 / 3)));
    expect(score(penalty)).toBeLessThan(score(penalty / 10 ** (1 / 3)));
  });

  test("works where days are fewer than predictors, and where a driver is constant", () => {
    const flat = new Map(days.map((one) => [one, Float32Array.of(drivers.get(one)![0]!, 0)]));
    const few = learnt.slice(0, 20);
    const { predict } = ridge(
      flat,
      few,
      Float64Array.from(few, (one) => drivers.get(one)![0]!),
    );
    expect(Number.isFinite(predict(days[600]!))).toBe(true);
    const single = ridge(drivers, [days[50]!], Float64Array.of(7));
    expect(single.predict(days[60]!)).toBeCloseTo(7, 9);
  });
});

test("the days of a site are its observed train days, once, and drivers wherever there are any", () => {
  const partition = (dates: number[], valid: number[]) => ({
    ...{
      sequences: 2,
      steps: 2,
      x: Float32Array.from(dates, (date) => 10 * date),
      dates: Float64Array.from(dates),
    },
    ...{ y: Float32Array.from(dates), mask: Uint8Array.from(valid), valid: Uint8Array.from(valid) },
    siteIndex: new Int32Array(2),
  });
  const prepared = {
    ...{ sites: ["1"], drivers: ["p"], variables: ["q"], x: [], y: [] },
    partitions: {
      train: partition([1, 2, 2, 3], [0, 1, 1, 0]),
      test: partition([5, 6, Number.NaN, 7], [1, 1, 0, 1]),
    },
  } as unknown as Prepared;
  const { drivers, observed } = daysOfSite(prepared);
  expect([...drivers].map(([date, [p]]) => [date, p])).toEqual(
    [1, 2, 3, 5, 6, 7].map((date) => [date, 10 * date]),
  );
  expect(observed[0]!.days).toEqual([2]);
  expect([...observed[0]!.values]).toEqual([2]);
});
