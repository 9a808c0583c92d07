import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scriptOf, scriptPath } from "./code.ts";
import { rule } from "./rule.ts";

test.each([
  ["fit.py", "./fit.py"],
  ["./fit.py", "./fit.py"],
  ["../lib/fit.py", "../lib/fit.py"],
  [".fit.py", "./.fit.py"],
])("a script by a path from somewhere, %s, is told how to be named", (script, named) => {
  expect(() => scriptPath("one", script)).toThrow(
    `Cannot read the rule "one": its script "${script}" is not an absolute path
  Name it beside the workflow: script: new URL("${named}", import.meta.url).`,
  );
});

test("a script in another language is told what to write instead", () => {
  expect(() => scriptPath("one", "/fit.jl")).toThrow(
    `Cannot read the rule "one": its script "/fit.jl" is not a file of Python (.py), R (.R) or Jupyter (.ipynb)
  Start programs in other languages by a shell rule: shell: "julia fit.jl {input:q} {output:q}".`,
  );
});

test("a script that is not there, or is none, is an error that names its rule and the file", () => {
  const one = (script: string) => () => scriptOf("one", rule({ output: "out", script }));
  expect(one("/none/fit.py")).toThrow('Cannot read the script of "one": there is no file /none/fit.py');
  const folder = join(mkdtempSync(join(tmpdir(), "braid-script-")), "fit.py");
  mkdirSync(folder);
  expect(one(folder)).toThrow('Cannot read the script of "one": EISDIR');
});
