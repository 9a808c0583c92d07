import { expect, test } from "vitest";
import { factorTable } from "./answer-tables.ts";

const lines = [
  { factor: 0, q25: 0.4, median: 0.5, q75: 0.6, difference: 0 },
  { factor: 1, q25: 0.5, median: 0.55, q75: 0.7, difference: 0.05 },
];

test("over several sites each factor has the middle half of them", () => {
  expect(factorTable(lines, 5, false)).toEqual([
    "factor  median NSE  middle half of sites  median gain, paired by seed",
    "0            0.500        0.400 to 0.600",
    "1            0.550        0.500 to 0.700                       +0.050",
  ]);
});

test("one site has no middle half", () => {
  expect(factorTable(lines, 1, false)).toEqual([
    "factor  median NSE  median gain, paired by seed",
    "0            0.500",
    "1            0.550                       +0.050",
  ]);
});
