import { expect, test } from "vitest";
import { temp } from "./marks.ts";
import { type AnyRule, rule } from "./rule.ts";
import { similarOutputs } from "./workflow.ts";

const warnings = (...outputs: readonly AnyRule["output"][]) =>
  similarOutputs(Object.fromEntries(outputs.map((output, i) => [`rule_${i}`, { ...rule({}), output }])));

test("outputs that differ only in case are warned of, with both rules", () => {
  expect(warnings("out/File.txt", ["a", temp("out/file.txt")])).toEqual([
    'The outputs "out/File.txt" of rule_0 and "out/file.txt" of rule_1 differ only in upper and lower case: ' +
      "on file systems that ignore case (macOS, Windows) they are one file.",
  ]);
  expect(warnings({ a: "A.txt", b: ["a.txt"] })).toHaveLength(1);
  expect(warnings("Out/{x}.txt", "out/{y}.txt")).toHaveLength(1);
});

test("so are those that differ only in the Unicode form of a letter", () => {
  expect(warnings("\u00e9.txt", "e\u0301.txt")).toEqual([
    expect.stringContaining("differ only in the Unicode form of their letters"),
  ]);
  expect(warnings("\u00e9.txt", "E\u0301.txt")).toEqual([expect.stringContaining("upper and lower case")]);
});

test("other outputs are not, the same path of two rules and names of wildcards included", () => {
  expect(warnings("a.txt", "a.txt", "b/{Site}.txt", "b/{site}.txt", "é.txt", "e.txt", "c")).toEqual([]);
  expect(similarOutputs({ odd: null as never, none: rule({}) })).toEqual([]);
});
