import { expect, it } from "vitest";
import { decimalOf, isMissing, numberForm, readNumber } from "./numbers.ts";

const seen = (...texts: string[]) => new Map(texts.map((text) => [numberForm(text)!, text]));
const decided = (...texts: string[]) => decimalOf(seen(...texts), false);
const decidedWhereCommasAreUsual = (...texts: string[]) => decimalOf(seen(...texts), true);

it("the decimal sign follows from all numbers of a file", () => {
  expect(decided("1", "2.5")).toEqual({ decimal: "." });
  expect(decided("1", "2")).toEqual({ decimal: "." });
  expect(decided("1,5")).toEqual({ decimal: "," });
  expect(decided("0,123")).toEqual({ decimal: "," });
  expect(decided("1.234,5")).toEqual({ decimal: "," });
  expect(decided("1,234.5")).toEqual({ decimal: "." });
  expect(decided("1,234", "0.5")).toEqual({ decimal: "." });
  expect(decided("1,234", "1234,5")).toEqual({ decimal: "," });
  expect(decided("1.234.567")).toEqual({ decimal: "," });
  expect(decided("1,234")).toEqual({ ambiguous: "1,234" });
  expect(decided("1,5", "1.5")).toEqual({ mixed: ["1,5", "1.5"] });
  expect(decided("1,5", "1.100")).toEqual({ mixed: ["1,5", "1.100"] });
  expect(decided("1.234,5", "1.100")).toEqual({ decimal: "," });
  expect(decided("1.100", "1,234")).toEqual({ decimal: "." });
});

it("1.100 alone is a thousand or not where decimal commas are usual", () => {
  const decide = decidedWhereCommasAreUsual;
  expect(decided("1.100", "950")).toEqual({ decimal: "." });
  expect(decide("1.100", "950")).toEqual({ ambiguous: "1.100" });
  expect(decide("1.100", "0.5")).toEqual({ decimal: "." });
  expect(decide("1.100", "0.123")).toEqual({ decimal: "." });
  expect(decide("1.100", "1.234.567")).toEqual({ decimal: "," });
  expect(decide("1.100", "1.100,5")).toEqual({ decimal: "," });
  expect(decide("950")).toEqual({ decimal: "." });
});

it.each([
  ["1,234.5", ".", 1234.5],
  ["1,234", ".", 1234],
  ["1 234.5", ".", 1234.5],
  ["1'234.5", ".", 1234.5],
  ["1.5e-3", ".", 0.0015],
  ["1,5", ".", null],
  ["1.234,5", ".", null],
  ["1.234,5", ",", 1234.5],
  ["1.234", ",", 1234],
  ["1,234", ",", 1.234],
  ["-0,5", ",", -0.5],
  ["1 234,5", ",", 1234.5],
  ["1.5", ",", null],
  ["1,234,567", ",", null],
  ["1,234.5", ",", null],
  ["0x10", ".", null],
  ["Infinity", ".", null],
  ["<0.1", ".", null],
  ["12 34", ".", null],
] as const)("%s with the decimal sign %s is %s", (text, decimal, value) => {
  expect(readNumber(text, decimal)).toBe(value);
});

it("words for no value", () => {
  for (const text of ["", "NA", "NaN", "null", "-", "---", "n/a", "#N/A"])
    expect(isMissing(text), text).toBe(true);
  for (const text of ["0", "Ice", "-1", "M"]) expect(isMissing(text), text).toBe(false);
});
