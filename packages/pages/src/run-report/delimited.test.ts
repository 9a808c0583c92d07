import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readRows } from "./delimited.ts";

test("fields with quotes, separators and line ends in them come back as they were written", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\t", "\n", "\r", " ") });
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }));
  fc.assert(
    fc.property(
      rows,
      fc.constantFrom("," as const, "\t" as const),
      fc.boolean(),
      (table, separator, ended) => {
        const quoted = table.map((row) =>
          row.map((text) => `"${text.replaceAll('"', '""')}"`).join(separator),
        );
        const text = quoted.join("\r\n") + (ended ? "\r\n" : "");
        expect(readRows(text, separator, true, 100)).toEqual(table);
      },
    ),
  );
});

test("plain fields need no quotes, and empty lines are no rows", () => {
  expect(readRows('a,b\n\n1,\n5" wide,x\n', ",", true, 9)).toEqual([
    ["a", "b"],
    ["1", ""],
    ['5" wide', "x"],
  ]);
  expect(readRows("", ",", true, 9)).toEqual([]);
});

test("of a text that was cut the last row is left out, and no more are read than asked for", () => {
  expect(readRows("a,b\n1,2\n3,", ",", false, 9)).toHaveLength(2);
  expect(readRows("a,b\n1,2\n3,4\n", ",", true, 2)).toHaveLength(2);
});
