import { describe, expect, test } from "vitest";
import { formatDay, parseDay } from "./day.ts";

describe("days", () => {
  test("count from 1970-01-01", () => {
    expect(parseDay("1970-01-01")).toBe(0);
    expect(parseDay("1969-12-31")).toBe(-1);
    // numpy: np.datetime64("2018-01-01").astype(int)
    expect(parseDay("2018-01-01")).toBe(17532);
  });

  test("are written as they were read", () => {
    for (const text of ["1990-10-01", "2000-02-29", "2019-12-31"])
      expect(formatDay(parseDay(text)!)).toBe(text);
  });

  test.each([
    "2019-02-29",
    "1900-02-29",
    "2018-13-01",
    "2018-00-10",
    "2018-04-31",
    "2018-1-1",
    "Ice",
    "",
    "2018-01-01T00:00",
  ])("%j is no date", (text) => expect(parseDay(text)).toBeNull());
});
