import { describe, expect, test } from "vitest";
import { readSeeds } from "./seeds.ts";

describe("seeds", () => {
  test("are a range, a list, or a list with ranges, as numbers or as text", () => {
    expect(readSeeds("0..3")).toEqual([0, 1, 2, 3]);
    expect(readSeeds(["0..1", "7", 9])).toEqual([0, 1, 7, 9]);
    expect(readSeeds(0)).toEqual([0]);
    expect(readSeeds("0..29")).toHaveLength(30);
  });

  test.each([
    [[], "Cannot read seeds: there are none"],
    ["3..1", 'Cannot read seeds "3..1": the range is empty'],
    ["0...3", 'Cannot read seeds "0...3": it is neither a whole number nor a range of them'],
    [[1.5], "neither a whole number"],
    [["-1"], "neither a whole number"],
    [["0..3", 2], "2 is given twice"],
    ["9007199254740992", 'Cannot read seeds "9007199254740992": the largest seed is 9007199254740991'],
  ])("%j is refused", (written, message) => expect(() => readSeeds(written)).toThrow(message));
});
