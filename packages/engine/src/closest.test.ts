import { expect, test } from "vitest";
import { closest, nearest } from "./closest.ts";

test("a slip of the pen is told, a word of its own is not", () => {
  expect(closest("epoch", ["epochs", "seeds"])).toBe("epochs");
  expect(closest("factors", ["epochs", "seeds"])).toBeUndefined();
});

test("the nearest words come first, however far they are, and those of equal distance in their own order", () => {
  const sites = ["01022500", "14185000", "08070200", "01022501"];
  expect(nearest("1022500", sites, 2)).toEqual(["01022500", "01022501"]);
  expect(nearest("x", ["aa", "bb", "c"])).toEqual(["c", "aa", "bb"]);
});
