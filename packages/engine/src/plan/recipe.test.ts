import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { type AnyRule, rule, untracked } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { bodyParams, normalised, partsOfCode, ruleCode, ruleId } from "./recipe.ts";

const id = (spec: AnyRule) => ruleId(ruleset({ it: spec })[0]!);
const of = (params: Record<string, unknown>) => id(rule({ output: "x", params }));

test("comments, blanks and line ends do not count in code; texts and patterns do", () => {
  const code = "const a = b /* no */ / c; // end\n  if (/a  b/.test(`x  y`)) f('a // b');";
  expect(normalised(code).startsWith("const a = b / c ;\nif ( ")).toBe(true);
  expect(normalised("f( 1,\n\n\n // note\n 2 )")).toBe("f ( 1 ,\n2 )");
  expect(normalised(code)).toContain("/a  b/");
  expect(normalised(code)).toContain("'a // b'");
  expect(normalised("return\nx")).not.toBe(normalised("return x"));
});

test("the order of params does not count, their values and kinds do", () => {
  expect(of({ a: 1, b: { c: [1, 2], d: null } })).toBe(of({ b: { d: null, c: [1, 2] }, a: 1 }));
  const values = [
    1,
    "1",
    true,
    "true",
    null,
    undefined,
    [1],
    [[1]],
    { 0: 1 },
    -0,
    0,
    Number.NaN,
    1n,
    new Set([1]),
    new Map([[1, 1]]),
    new Date(0),
    /1/,
    "a b",
    "a  b",
    "a\nb",
  ];
  const ids = values.map((value) => of({ value }));
  const same = new Set(ids).size;
  // 1 and 1n are written alike in a path, and count as one.
  expect(same).toBe(values.length - 1);
});

test("untracked params do not count, and reach the body unwrapped", () => {
  expect(of({ a: 1, where: untracked("here") })).toBe(of({ a: 1, where: untracked(() => "there") }));
  expect(bodyParams({ a: 1, where: untracked("here") })).toEqual({ a: 1, where: "here" });
});

test("a function or a symbol among params is an error that says how to mend it", () => {
  expect(() => of({ f: () => 1 })).toThrow(
    'Cannot record the params of "it": a function cannot be compared between runs',
  );
  expect(() => of({ deep: [{ s: Symbol("x") }] })).toThrow("or mark the value untracked()");
});

test("modules that a rule lists count as its code", () => {
  const folder = mkdtempSync(join(tmpdir(), "braid-recipe-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "step.ts");
  const spec = rule({ output: "x", code: [pathToFileURL(path)], run: () => {} });
  expect(() => id(spec)).toThrow('Cannot read the code of "it": ENOENT');
  writeFileSync(path, "export const a = 1;");
  const before = id(spec);
  writeFileSync(path, "// says nothing\nexport const a =  1;\n");
  expect(id(spec)).toBe(before);
  writeFileSync(path, "export const a = 2;");
  expect(id(spec)).not.toBe(before);
});

test("a shell command is code as it stands", () => {
  const shell = (command: string) => id(rule({ output: "x", shell: command }));
  expect(shell("echo 'a'")).not.toBe(shell("echo  'a'"));
});

test("a line's end counts in a command, and not in TypeScript", () => {
  const shell = (command: string) => id(rule({ output: "x", shell: command }));
  expect(shell("echo a\necho b")).not.toBe(shell("echo a echo b"));
});

test("a prefix has a place of its own in what is recorded", () => {
  const made = (prefix: string | undefined, shell = "true") => {
    const [one] = ruleset({ one: { ...rule({ output: "x", shell }), ...(prefix && { prefix }) } });
    return ruleCode(one!);
  };
  expect(partsOfCode(made("uv run").id)[0]).toBe(made(undefined).id);
  expect(partsOfCode(made("uv run").id)[1]).not.toBe(partsOfCode(made("env").id)[1]);
  expect(partsOfCode(made("uv run", "false").id)[1]).toBe(partsOfCode(made("uv run").id)[1]);
  expect(made("uv run").text).toBe("uv run\ntrue");
});
