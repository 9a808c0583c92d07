import fc from "fast-check";
import { expect, test } from "vitest";
import {
  fill,
  filler,
  foldersAbove,
  literal,
  matcher,
  parsePattern,
  plainPath,
  wildcardNames,
  wildcardReader,
} from "./pattern.ts";

const match = (pattern: string, path: string, constraints = {}, wished = {}) =>
  matcher(parsePattern(pattern), constraints, wished)(path);

test("a wildcard binds the text that stands in its place", () => {
  expect(match("site_{site_id}/prepped.npz", "site_01022500/prepped.npz")).toEqual(["01022500"]);
});

test("a wildcard does not cross a slash unless its constraint lets it", () => {
  expect(match("{x}.txt", "a/b.txt")).toBeNull();
  expect(match("{x,.+}.txt", "a/b.txt")).toEqual(["a/b"]);
});

test("a wildcard stands for at least one character", () => {
  expect(match("a{x}.txt", "a.txt")).toBeNull();
  expect(match("{x}/{y}", "/b")).toBeNull();
});

test("a wildcard used twice matches equal text only", () => {
  expect(match("{id}/{id}.txt", "a/a.txt")).toEqual(["a"]);
  expect(match("{id}/{id}.txt", "a/b.txt")).toBeNull();
});

test("an inline constraint wins over the rule's, wherever it stands", () => {
  expect(match("{x,[0-9]+}.txt", "12.txt", { x: "[a-z]+" })).toEqual(["12"]);
  expect(match("{x}/{x,[0-9]+}.txt", "1/1.txt", { x: "[a-z]+" })).toEqual(["1"]);
  expect(match("{x}.txt", "12.txt", { x: "[a-z]+" })).toBeNull();
});

test("a constraint with alternatives holds for the wildcard alone", () => {
  expect(match("{x,a|b}.txt", "b.txt")).toEqual(["b"]);
  expect(match("{x,a|b}.txt", "a")).toBeNull();
});

test("a constraint sees the value of its wildcard, not the path around it", () => {
  expect(match("a/{x,(?!branches$).*}.txt", "a/branches.txt")).toBeNull();
  expect(match("a/{x,(?!branches$).*}.txt", "a/branch.txt")).toEqual(["branch"]);
  expect(match("b/{x,^[0-9]+$}.txt", "b/12.txt")).toEqual(["12"]);
  expect(match("b/{x}.txt", "b/12.txt", { x: "^[0-9]+$" })).toEqual(["12"]);
  expect(match("b/{x,^[0-9]+$}.txt", "b/12a.txt")).toBeNull();
  expect(match("a_{x,(?<!a_).+}", "a_b")).toEqual(["b"]);
  expect(match("{x,.+(?=_)}_{y}", "a_b")).toBeNull();
  expect(match("a{x,\\bb}c", "abc")).toEqual(["b"]);
  expect(match("{x,[a$^]+}{y,[\\^$]}", "a$$")).toEqual(["a$", "$"]);
});

test("a back-reference means a group of its own constraint", () => {
  expect(match("{x}.{y,(.)\\1}", "a.bb")).toEqual(["a", "bb"]);
  expect(match("{x}.{y,(.)\\1}", "a.ab")).toBeNull();
  expect(match("{x}.{y,(?<x>.)\\k<x>}", "a.bb")).toEqual(["a", "bb"]);
  expect(() => match("{x}.{y,\\k<x>}", "a.a")).toThrow("a constraint is not a regular expression");
});

test("of several ways to split a path, one that all constraints take is found", () => {
  expect(match("{x}_{y,^b.*}", "a_b_c")).toEqual(["a", "b_c"]);
  expect(match("{x}_{x}_{y,^[a-z]$}", "a_a_b")).toEqual(["a", "b"]);
  expect(match("{x}{y,^..$}{z}", "abcde")).toEqual(["ab", "cd", "e"]);
  expect(match("{x}.{y,^.+$}", "a.b.c", {}, { x: "a" })).toEqual(["a", "b.c"]);
  expect(match("{x}.{y,^.+$}", "a.b.c", {}, { x: "z" })).toBeNull();
});

test("a path that no constraint takes costs no more than its length allows", () => {
  const long = `${"a_".repeat(120)}z`;
  expect(match("{a}_{b}_{c}_{d}_{e}_{f,^y$}", long)).toBeNull();
});

test("of two ways to split a path, the wished values decide", () => {
  expect(match("foo.{sample}{read}.fq", "foo.ar1.fq")).toEqual(["ar", "1"]);
  expect(match("foo.{sample}{read}.fq", "foo.ar1.fq", {}, { sample: "a", read: "r1" })).toEqual(["a", "r1"]);
  expect(match("foo.{sample}{read}.fq", "foo.ar1.fq", {}, { sample: "z" })).toBeNull();
});

test("doubled braces are plain braces", () => {
  expect(match("{x}_{{y}}.out", "1_{y}.out")).toEqual(["1"]);
  expect(fill(parsePattern("{{x}}"), {})).toBe("{x}");
});

test("characters that mean something in a regular expression stand for themselves", () => {
  expect(match("a+b.{x}(1)$", "a+b.7(1)$")).toEqual(["7"]);
  expect(match("a.{x,[0-9]}", "ab1")).toBeNull();
});

test("a brace without a partner is an error that says where", () => {
  expect(() => parsePattern("a{b")).toThrow(
    'Cannot read the pattern "a{b": the brace at character 2 has no matching brace',
  );
  expect(() => parsePattern("a}b")).toThrow("the brace at character 2 has no matching brace");
});

test("a wildcard without a proper name is an error", () => {
  expect(() => parsePattern("{}")).toThrow("{} is not a wildcard name");
  expect(() => parsePattern("{1a}")).toThrow("{1a} is not a wildcard name");
});

test("a constraint that is no regular expression is an error", () => {
  expect(() => match("{x,(}", "a")).toThrow(
    'Cannot read the pattern "{x,(}": a constraint is not a regular expression',
  );
});

test("a constraint may not close a bracket that it did not open", () => {
  expect(() => match("{x,a)(b}", "ab")).toThrow("a constraint is not a regular expression");
});

test("filling a pattern without a value for a wildcard is an error", () => {
  expect(() => fill(parsePattern("a_{x}"), {})).toThrow(
    'Cannot fill the pattern "a_{x}": no value is given for the wildcard {x}',
  );
});

const names = fc.constantFrom("a", "b", "c");
const patternText = fc
  .array(
    fc.oneof(
      names.map((name) => `{${name}}`),
      fc.stringMatching(/^[a-z0-9_.]{1,3}$/),
      fc.constant("/"),
    ),
    {
      minLength: 1,
      maxLength: 7,
    },
  )
  .map((parts) => parts.join(""));
const value = fc.stringMatching(/^[a-z0-9.]{1,4}$/);

test("a filled pattern matches its path, and the found values fill it to the same path", () => {
  fc.assert(
    fc.property(patternText, fc.record({ a: value, b: value, c: value }), (text, values) => {
      const pattern = parsePattern(text);
      const path = fill(pattern, values);
      const found = matcher(pattern)(path);
      expect(found).not.toBeNull();
      expect(filler(pattern, wildcardNames(pattern))(found!)).toBe(path);
    }),
  );
});

test("the quick matcher of plain patterns agrees with the regular expression", () => {
  fc.assert(
    fc.property(patternText, fc.stringMatching(/^[a-z0-9_./]{0,12}$/), (text, path) => {
      const pattern = parsePattern(text);
      const slow = matcher(pattern, { a: "[^/]+", b: "[^/]+", c: "[^/]+" });
      expect(matcher(pattern)(path)).toEqual(slow(path));
    }),
    { numRuns: 500 },
  );
});

test("splitting a path first agrees with one regular expression for it", () => {
  fc.assert(
    fc.property(patternText, fc.stringMatching(/^[a-z0-9_./]{0,12}$/), (text, path) => {
      const pattern = parsePattern(text);
      const split = matcher(pattern, { a: "(?=)[^/]+", b: "[^/]+(?!x)", c: "^[^/]+$" });
      expect(split(path)).toEqual(matcher(pattern, { a: "[^/]+", b: "[^/]+", c: "[^/]+" })(path));
    }),
    { numRuns: 500 },
  );
});

test("any text can stand in a pattern as it is", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(fill(parsePattern(literal(text)), {})).toBe(text);
    }),
  );
});

test("a reader gives the wildcards of a path by name", () => {
  const read = wildcardReader("{site}/{site}_{factor}.csv");
  expect(read("01/01_5.csv")).toEqual({ site: "01", factor: "5" });
  expect(read("01/02_5.csv")).toBeNull();
});

test("the folders above a path come from the innermost on, and the root and the working folder are not among them", () => {
  expect([...foldersAbove("a/b/c")]).toEqual(["a/b", "a"]);
  expect([...foldersAbove("/a/b")]).toEqual(["/a"]);
  expect([...foldersAbove("a")]).toEqual([]);
});

test("a path has one plain spelling, in which only .. is left", () => {
  for (const path of ["a/b", "./a/b", "a//b", "a/./b", "a/b/", "a/b/.", ".//a/b//"])
    expect(plainPath(path), path).toBe("a/b");
  expect(["a/../b", "/a//b/", "/", ".", "./", ""].map(plainPath)).toEqual([
    "a/../b",
    "/a/b",
    "/",
    ".",
    ".",
    "",
  ]);
  // Dots inside of names are part of the names.
  expect(["a./b", "a.b", ".a//..b"].map(plainPath)).toEqual(["a./b", "a.b", ".a/..b"]);
});
