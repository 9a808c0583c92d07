import { expect, test } from "vitest";
import { baseflowIndex, curveSlope, recessionRate } from "./signatures.ts";

const days = (n: number, value: (i: number) => number) =>
  Float64Array.from({ length: n }, (_, i) => value(i));
const whole = ({ length }: Float64Array) => [{ from: 0, to: length }];
const baseflow = (flows: Float64Array) => baseflowIndex(flows, whole(flows));
const recession = (flows: Float64Array) => recessionRate(flows, whole(flows));

test("steady flow is all baseflow, and floods are not", () => {
  expect(baseflow(days(200, () => 3))).toBe(1);
  const floods = baseflow(days(400, (i) => (i % 40 === 0 ? 100 : 1)))!;
  expect(floods).toBeGreaterThan(0);
  expect(floods).toBeLessThan(0.5);
});

test("a stretch of a few days, or no flow, has no baseflow index", () => {
  expect(baseflow(days(29, () => 3))).toBeNull();
  expect(baseflow(days(100, () => 0))).toBeNull();
});

test("the rate of a river that falls by a tenth a day is found", () => {
  const falls = days(120, (i) => 50 * 0.9 ** (i % 20));
  expect(recession(falls)).toBeCloseTo(-Math.log(0.9), 9);
  expect(recession(days(100, (i) => i))).toBeNull();
});

test("the slope of the flow duration curve is that of its logarithms between 33 and 66 %", () => {
  const sorted = Float64Array.from({ length: 101 }, (_, i) => Math.exp(i / 100));
  expect(curveSlope(sorted)).toBeCloseTo(1, 9);
  expect(curveSlope(days(101, () => 0))).toBeNull();
});
