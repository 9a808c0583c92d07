import { expect, expectTypeOf, test } from "vitest";
import { rule } from "../rules/rule.ts";
import { paramspace } from "./expand.ts";

const rows = [
  { alpha: 0.1, beta: "x", note: "a/b" },
  { alpha: 0.2, beta: "y", note: "c" },
];

test("a table of parameters is a pattern, and a path for each row", () => {
  const space = paramspace(rows, ["alpha", "beta"]);
  expect(space.pattern).toBe("alpha~{alpha}/beta~{beta}");
  expectTypeOf(space.pattern).toEqualTypeOf<"alpha~{alpha}/beta~{beta}">();
  expect(space.paths).toEqual(["alpha~0.1/beta~x", "alpha~0.2/beta~y"]);
});

test("a job gets its row back, with the types of the table", () => {
  const space = paramspace(rows, ["alpha", "beta"], { separator: "=" });
  rule({
    output: `runs/${space.pattern}/result.txt`,
    run: ({ wildcards }) => {
      expectTypeOf(space.row(wildcards).alpha).toEqualTypeOf<number>();
    },
  });
  expect(space.row({ alpha: "0.2", beta: "y" })).toEqual(rows[1]);
  expect(() => space.row({ alpha: "0.3", beta: "y" })).toThrow(
    'Cannot find the row of "alpha=0.3/beta=y": the table has none',
  );
});

test("rows that give the same path, and values that are no names, are errors", () => {
  expect(() => paramspace([...rows, rows[0]!], ["alpha"])).toThrow(
    'Cannot make paths from the table: two of its rows give "alpha~0.1"',
  );
  expect(() => paramspace(rows, ["note"])).toThrow(
    'Cannot make paths from the table: the value "a/b" of note has a slash',
  );
});

test("a column that the table does not have does not compile, and has no value", () => {
  // @ts-expect-error there is no column gamma
  expect(() => paramspace(rows, ["gamma"])).toThrow(
    "Cannot make paths from the table: a row of it has no gamma",
  );
});
