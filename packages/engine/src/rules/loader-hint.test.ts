/** Hints for errors of Node's loader, on the errors that this Node really throws. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

/** The hint for importing `main.ts` with this text, in a process without Vitest's compiler. */
function hintFor(text: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "braid-loader-"));
  const all = { "package.json": '{"type":"module"}', "main.ts": text, ...files };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const hints = JSON.stringify(new URL("./loader-hint.ts", import.meta.url).href);
  writeFileSync(
    join(folder, "try.mjs"),
    `const { loaderHint } = await import(${hints});
await import("./main.ts").catch((error) => console.log(loaderHint(error)));`,
  );
  const { stdout } = spawnSync(process.execPath, [join(folder, "try.mjs")], { encoding: "utf8" });
  return stdout.trim();
}

const erasable =
  '\n  Node removes types and does not compile: "erasableSyntaxOnly": true in tsconfig.json lets the editor say so.';

test.each<[text: string, hint: string, files?: Record<string, string>]>([
  [
    'import "./lib.js";',
    "Import lib.ts, not lib.js: Node runs the TypeScript file itself.",
    { "lib.ts": "" },
  ],
  ['import "./lib";', "Import lib.ts: Node needs the ending of the file.", { "lib.ts": "" }],
  ['import "./lib";', "Import lib/index.ts: Node does not import folders.", { "lib/index.ts": "" }],
  ['import "no-such-package/part";', "Install it: npm install no-such-package"],
  [
    'import "@/lib.ts";',
    'Node does not read "paths" of tsconfig.json: import the file by its relative path.',
  ],
  [
    "enum Level { low, high }",
    `Instead of an enum, write a constant object: const Level = { low: 0, high: 1 } as const.${erasable}`,
  ],
  [
    "class A { constructor(private b: number) {} }",
    `Declare the property in the class, and assign it in the constructor.${erasable}`,
  ],
  [
    "namespace A { export const b = 1; }",
    `Instead of a namespace, write a module: a file of its own.${erasable}`,
  ],
  [
    'import { Site } from "./lib.ts";',
    'If Site is a type, import it with: import type { Site } from "./lib.ts".',
    { "lib.ts": "export interface Site {}" },
  ],
  [
    'import "node:fs";',
    "Node reads the file as CommonJS. Say that it is a module: npm pkg set type=module",
    { "package.json": '{"type":"commonjs"}' },
  ],
  ["export const a = __dirname;", "A module has no __dirname: write import.meta.dirname."],
  ['export const a = require("fs");', "A module has no require: write import and export."],
  ['throw new Error("of the workflow");', "undefined"],
  ['import "./nowhere.ts";', "undefined"],
])("%s: %s", (text, hint, files) => {
  expect(hintFor(text, files)).toBe(hint);
});
