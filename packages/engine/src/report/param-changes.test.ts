import { expect, test } from "vitest";
import { paramChanges } from "./param-changes.ts";

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
