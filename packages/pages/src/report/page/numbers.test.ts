import { expect, test } from "vitest";
import { rounded, trades } from "./numbers.ts";

const factors = [0, 0.1, 1, 10];

test("gains are those at the factor above 0 that is best for the primary, of the auxiliary over the largest factor", () => {
  const primary = [
    [0.5, 0.75, 0.25, 0],
    [0.5, 0.25, 0.375, 0],
  ];
  const auxiliary = [
    [Number.NaN, 0.5, 0.75, 0.875],
    [Number.NaN, 0.5, 1, 0.75],
  ];
  expect(trades({ factors }, primary, auxiliary)).toEqual([
    { site: 0, factor: 0.1, primary: 0.25, auxiliary: -0.375 },
    { site: 1, factor: 1, primary: -0.125, auxiliary: 0.25 },
  ]);
});

test("a site without a score at factor 0, at the largest factor or at all is left out", () => {
  const none = Number.NaN;
  const full = [0.5, 0.5, 0.5, 0.5];
  const primary = [[none, 0.5, 0.5, 0.5], full, [none, none, none, none]];
  const auxiliary = [full, [none, 0.5, 0.5, none], full];
  expect(trades({ factors }, primary, auxiliary)).toEqual([]);
});

test("numbers have the digits that their uncertainty leaves", () => {
  expect(rounded(0.20043, 0.03)).toBe("0.20");
  expect(rounded(0.20043, 0.17)).toBe("0.20");
  expect(rounded(0.20043, 0.4)).toBe("0.2");
  expect(rounded(0.20043, 0.0123)).toBe("0.200");
  expect(rounded(-0.004, 0.03)).toBe("0.00");
  expect(rounded(-0.04, 0.03, true)).toBe("−0.04");
  expect(rounded(0.04, 0.03, true)).toBe("+0.04");
  expect(rounded(12_345, 400)).toBe("12,300");
  expect(rounded(0.12345, null)).toBe("0.123");
  expect(rounded(0.12345, 0)).toBe("0.123");
  expect(rounded(Number.NaN, 1)).toBe("-");
});
