/** The rules of .dependency-cruiser.mjs over small trees with a mistake planted in each. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-layers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What is said of these files: the name of each rule, and what goes against it. */
function faults(files: Readonly<Record<string, string>>, config = ".dependency-cruiser.mjs"): string[] {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const words = ["--config", join(root, config), "--output-type", "err", "."];
  const depcruise = join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const { stdout, status } = spawnSync(process.execPath, [depcruise, ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  const found = [...stdout.matchAll(/^ {2}error (.*): (\S+) → \s*(\S+)/gm)].map((match) =>
    match.slice(1).join(" "),
  );
  expect(status).toBe(found.length);
  return found;
}

const engine = "packages/engine/src";

test("imports of the own layer and of lower ones are allowed", () => {
  const files = {
    [`${engine}/errors.ts`]: "",
    [`${engine}/disk/a.ts`]: 'import "../errors.ts";\nimport type { B } from "./b.ts";\n',
    [`${engine}/disk/b.ts`]: "",
    [`${engine}/index.ts`]: 'export * from "./disk/a.ts";\n',
  };
  expect(faults(files)).toEqual([]);
});

test.each([
  ['import { run } from "../run/run.ts";\nrun();'],
  ['import type { Run } from "../run/run.ts";'],
  ['export type * from "../run/run.ts";'],
  ['export const run = () => import("../run/run.ts");'],
  ['export type Run = import("../run/run.ts").Run;'],
])("an import of a higher layer is a fault: %s", (text) => {
  expect(faults({ [`${engine}/disk/a.ts`]: text, [`${engine}/run/run.ts`]: "" })).toEqual([
    `layer of disk ${engine}/disk/a.ts ${engine}/run/run.ts`,
  ]);
});

test("a folder without a layer is a fault", () => {
  expect(faults({ [`${engine}/new/a.ts`]: 'import "../errors.ts";\n', [`${engine}/errors.ts`]: "" })).toEqual(
    [`no layer ${engine}/new/a.ts ${engine}/errors.ts`],
  );
});

test("files that import each other in a circle are a fault, for types only too", () => {
  const circle = {
    "packages/npz/src/a.ts": 'import type { B } from "./b.ts";\n',
    "packages/npz/src/b.ts": 'import "./a.ts";\n',
  };
  expect(faults(circle)).toContain("file cycle packages/npz/src/a.ts packages/npz/src/b.ts");
});

test("folders that import each other in a circle are a fault, even without a circle of files", () => {
  const circle = {
    "packages/npz/src/a/one.ts": 'import "../b/one.ts";\n',
    "packages/npz/src/b/one.ts": "",
    "packages/npz/src/b/two.ts": 'import "../a/two.ts";\n',
    "packages/npz/src/a/two.ts": "",
  };
  expect(faults(circle)).toContain("folder cycle packages/npz/src/a packages/npz/src/b");
});

test("a package that imports a higher one, or reaches into another by a path, is a fault", () => {
  const files = {
    "packages/npz/src/a.ts": 'import "../../lstm-gpu/src/b.ts";\n',
    "packages/lstm-gpu/src/b.ts": "",
  };
  expect(faults(files).sort()).toEqual([
    "package by its name packages/npz/src/a.ts packages/lstm-gpu/src/b.ts",
    "package packages/npz packages/npz/src/a.ts packages/lstm-gpu/src/b.ts",
  ]);
});

test("an import of a test is a fault", () => {
  const files = { "packages/npz/src/a.ts": 'import "./b.test.ts";\n', "packages/npz/src/b.test.ts": "" };
  expect(faults(files, ".dependency-cruiser.tests.mjs")).toEqual([
    "import of a test packages/npz/src/a.ts packages/npz/src/b.test.ts",
  ]);
});
