import { expect, test } from "vitest";
import { csv } from "./csv.ts";

test("fields with commas, quotes or line ends are quoted; what is not known is empty", () => {
  expect(csv(["a", "b"], [])).toBe("a,b\n");
  expect(
    csv(
      ["a,b", "c"],
      [
        ['say "no"', 1.5],
        ["one\r", null],
        ["", Number.NaN],
      ],
    ),
  ).toBe('"a,b",c\n"say ""no""",1.5\n"one\r",\n,\n');
});
