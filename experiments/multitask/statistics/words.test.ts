import { expect, test } from "vitest";
import { sparkline } from "./answer-tables.ts";
import { aligned, countWords, figure } from "./words.ts";

test("a sparkline spans its heights, and leaves a gap where there is no value", () => {
  expect(sparkline([0, 0.5, 1, Number.NaN])).toBe("▁▅█ ");
  expect(sparkline([2, 2])).toBe("▄▄");
});

test("counts come with their interval, a blind side as a dash, a test that was not made as refused", () => {
  const line = { test: "any_better", sites: "9", better: "4", better_low: "1.6", better_high: "6.2" };
  expect(countWords(line, "better")).toBe("4 (2 to 6)");
  expect(countWords(line, "better", false)).toBe("4");
  expect(countWords(line, "worse")).toBe("-");
  expect(countWords({ ...line, better_low: "" }, "better")).toBe("4");
  expect(countWords({ ...line, sites: "0" }, "better")).toBe("refused");
});

test("figures have a sign where asked and a dash where there is none", () => {
  expect([figure(0.12345), figure(0.1, 1, true), figure(-0.1, 1, true), figure(Number.NaN)]).toEqual([
    "0.123",
    "+0.1",
    "-0.1",
    "-",
  ]);
});

test("columns are aligned, numbers to the right", () => {
  expect(
    aligned([
      ["a", "bb"],
      ["ccc", "1"],
    ]),
  ).toEqual(["a    bb", "ccc   1"]);
});
