import fc from "fast-check";
import { expect, test } from "vitest";
import { lineChanges, paramChanges } from "./text-changes.ts";

test("a line that changed is taken out and put in", () => {
  expect(lineChanges("a\nb\nc", "a\nB\nc")).toEqual([
    { sign: "-", line: "b" },
    { sign: "+", line: "B" },
  ]);
});

test("lines that are only elsewhere because of others are not told", () => {
  expect(lineChanges("a\nb\nc\nd", "a\nx\nb\nc\ny\nd")).toEqual([
    { sign: "+", line: "x" },
    { sign: "+", line: "y" },
  ]);
});

test("equal texts do not differ", () => {
  expect(lineChanges("a\nb", "a\nb")).toEqual([]);
});

test("for any two texts, what is taken out and put in makes the one from the other", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", ""), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const changes = lineChanges(before.join("\n"), after.join("\n"));
      const counted = (lines: readonly string[], sign: 1 | -1, to: Map<string, number>) => {
        for (const line of lines) to.set(line, (to.get(line) ?? 0) + sign);
        return to;
      };
      const balance = counted(before, 1, counted(after, -1, new Map()));
      for (const { sign, line } of changes) balance.set(line, balance.get(line)! + (sign === "-" ? -1 : 1));
      expect([...balance.values()].every((n) => n === 0)).toBe(true);
    }),
  );
});

test("texts too long to be compared line by line are told whole", () => {
  const lines = (start: string) => Array.from({ length: 3_000 }, (_, i) => `${start}${i}`).join("\n");
  expect(lineChanges(lines("a"), lines("b"))).toHaveLength(6_000);
});

test("a changed value is told by its dotted name", () => {
  expect(
    paramChanges('{"a":1,"t":{"epochs":5,"loss":"mse"}}', '{"a":1,"t":{"epochs":20,"loss":"mse"}}'),
  ).toEqual([{ name: "t.epochs", before: "5", after: "20" }]);
});

test("a value that came and one that went", () => {
  expect(paramChanges('{"old":"x"}', '{"new":[1,2]}')).toEqual([
    { name: "new", before: null, after: "[1,2]" },
    { name: "old", before: '"x"', after: null },
  ]);
});

test("commas, brackets and quotes inside of values do not part them", () => {
  const before = '{"a":"x,{\\"y\\":1}","b":[{"c":1},{"c":2}],"d":Date(2026-01-01T00:00:00.000Z)}';
  const after = '{"a":"x,{\\"y\\":2}","b":[{"c":1},{"c":3}],"d":Date(2026-01-02T00:00:00.000Z)}';
  expect(paramChanges(before, after)).toEqual([
    { name: "a", before: '"x,{\\"y\\":1}"', after: '"x,{\\"y\\":2}"' },
    { name: "b", before: '[{"c":1},{"c":2}]', after: '[{"c":1},{"c":3}]' },
    { name: "d", before: "Date(2026-01-01T00:00:00.000Z)", after: "Date(2026-01-02T00:00:00.000Z)" },
  ]);
});

test("words that JSON lacks, and maps that are empty", () => {
  expect(paramChanges('{"a":undefined,"b":{}}', '{"a":Set[1,2],"b":{"c":1}}')).toEqual([
    { name: "a", before: "undefined", after: "Set[1,2]" },
    { name: "b", before: "{}", after: null },
    { name: "b.c", before: null, after: "1" },
  ]);
});

test("equal texts, and a text that was never recorded", () => {
  expect(paramChanges('{"a":1}', '{"a":1}')).toEqual([]);
  expect(paramChanges("", '{"a":1}')).toContainEqual({ name: "a", before: null, after: "1" });
});
