import { expect, test } from "vitest";
import { packNumbers, packSeries, unpackNumbers, unpackSeries } from "./packed.ts";

test("numbers come back as the same float32, gaps as gaps", () => {
  const values = Float32Array.of(0.1, -95.25, Number.NaN, 1e-30, 3);
  expect(unpackNumbers(packNumbers(values))).toEqual(values);
});

test("more numbers than a call takes arguments are packed all the same", () => {
  const values = Float32Array.from({ length: 200_000 }, (_, i) => i / 7);
  expect(unpackNumbers(packNumbers(values))).toEqual(values);
});

test("a series comes back within 1/130,000 of its range, gaps as gaps", () => {
  const values = [3, 1_000, Number.NaN, -50, 12.34567];
  const back = unpackSeries(packSeries(values));
  values.forEach((value, i) => {
    if (Number.isNaN(value)) expect(back[i]).toBeNaN();
    else expect(Math.abs(back[i]! - value)).toBeLessThanOrEqual(1_050 / 130_000);
  });
});

test("a series of one value, or of none, is no trouble", () => {
  expect([...unpackSeries(packSeries([7, 7]))]).toEqual([7, 7]);
  expect([...unpackSeries(packSeries([Number.NaN]))]).toEqual([Number.NaN]);
});
