import { expect, test } from "vitest";
import { scriptPath } from "./script-file.ts";

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
