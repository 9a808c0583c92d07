import { expect, test } from "vitest";
import { ancient } from "../rules/marks.ts";
import { expand, expandedPaths, openWildcards } from "./expand.ts";

const paths = (...of: Parameters<typeof expand>) => expandedPaths(expand(...of));

test("one value counts as a list of one", () => {
  expect(expandedPaths(expand("{a}.out", { a: "test" }))).toEqual(["test.out"]);
  expect(expandedPaths(expand("{a}.out", { a: 3 }))).toEqual(["3.out"]);
});

test("each pattern takes the combinations of its own wildcards, the last one fastest", () => {
  expect(expandedPaths(expand(["{a}_{b}.ab", "{b}.b"], { a: [1, 2], b: [3, 4] }))).toEqual([
    "1_3.ab",
    "1_4.ab",
    "2_3.ab",
    "2_4.ab",
    "3.b",
    "4.b",
  ]);
});

test("zip takes the first values, then the second ones", () => {
  expect(expandedPaths(expand("{a}_{b}", { a: [1, 2], b: ["x", "y"] }, { zip: true }))).toEqual([
    "1_x",
    "2_y",
  ]);
});

test("zipped lists may hold a value twice, but not differ in length", () => {
  expect(expandedPaths(expand("{a}_{b}", { a: [1, 1], b: ["x", "y"] }, { zip: true }))).toEqual([
    "1_x",
    "1_y",
  ]);
  expect(() => expand("{a}_{b}", { a: [1], b: [1, 2] }, { zip: true })).toThrow(
    'Cannot zip "{a}_{b}": the lists differ in length\n  lengths  a: 1, b: 2',
  );
});

test("wildcards without values stay wildcards of the rule", () => {
  const expanded = expand("{a}_{b}.out", { a: ["x", "y"] });
  expect(openWildcards(expanded)).toEqual(["b"]);
  expect(expandedPaths(expanded, { b: "1" })).toEqual(["x_1.out", "y_1.out"]);
  expect(() => expandedPaths(expanded)).toThrow('Cannot expand "{a}_{b}.out": no values are given for {b}');
});

test("a wildcard used twice in a pattern takes the same value in both places", () => {
  expect(expandedPaths(expand("{a}/{a}_{b}", { a: [1, 2], b: [3] }))).toEqual(["1/1_3", "2/2_3"]);
});

test("an empty list gives no paths", () => {
  expect(expandedPaths(expand("{a}_{b}", { a: [], b: [1] }))).toEqual([]);
});

test("a wildcard that no pattern has is an error", () => {
  // @ts-expect-error {c} is not in the pattern
  expect(() => expand("{a}", { a: 1, c: 2 })).toThrow('Cannot expand "{a}": it has no wildcard {c}');
});

test("a value that is given twice is an error", () => {
  expect(() => paths("{a}" as string, { a: [1, "1"] } as never)).toThrow(
    'the value "1" of {a} is given twice',
  );
});

test("values are data: none may lead a path elsewhere", () => {
  const bad: [string, string][] = [
    ["", 'the value "" of {a} is empty'],
    ["..", 'leads out of the folder with ".."'],
    ["/etc", "is an absolute path"],
    ["a/b", "has a slash (a constraint such as {name,.+} would allow it)"],
    ["a\0b", "has a NUL character"],
  ];
  for (const [value, message] of bad) expect(() => expand("x/{a}", { a: [value] })).toThrow(message);
  expect(expandedPaths(expand("x/{a,.+}", { a: ["b/c"] }))).toEqual(["x/b/c"]);
  expect(() => expand("x/{a,.+}", { a: ["b/../../c"] })).toThrow('leads out of the folder with ".."');
});

test("a hundred thousand paths are one object until they are asked for", () => {
  const many = Array.from({ length: 400 }, (_, i) => i);
  const expanded = expand("{a}/{b}", { a: many, b: many });
  expect(expandedPaths(expanded)).toHaveLength(160_000);
});

test("what is no pattern is refused with what to give instead, also where no compiler looks", () => {
  const given = (what: unknown) => () => expand(what as "x_{a}", { a: [1] });
  expect(given(undefined)).toThrow(
    "Cannot expand: it takes a pattern or a list of patterns\n  given  nothing",
  );
  expect(given(["x_{a}", undefined])).toThrow("it takes a pattern or a list of patterns");
  expect(given({ table: "x_{a}" })).toThrow('given  {"table":"x_{a}"}');
});

test("an expansion can be spread in a list of files, also of names with braces", () => {
  expect([...expand("{a}.{b}", { a: [1, 2], b: "c" }), "d"]).toEqual(["1.c", "2.c", "d"]);
  expect([...expand("{a}", { a: "x{y}" })].map((path) => paths(path, {})[0])).toEqual(["x{y}"]);
});

test("an expansion with open wildcards, or of ancient files, is refused where it is spread", () => {
  const open = expand("{a}_{b}", { a: 1 });
  expect(() => [...open]).toThrow(
    'Cannot list the files of "{a}_{b}": no values are given for {b}\n  Give the expansion',
  );
  expect(() => [...expand(ancient("{a}"), { a: 1 })]).toThrow("in a list they would not be ancient");
});
