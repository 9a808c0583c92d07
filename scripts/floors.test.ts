import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type FloorTable, floorTable } from "./floor-table.ts";
import { floorFaults, readTree, specifiers } from "./floors.ts";

const table: FloorTable = {
  packages: [["packages/*"], ["experiments/*"], ["test"]],
  inside: { "packages/low": [["errors.ts"], ["rule.ts", "report/**"], ["index.ts"]] },
};

function faults(files: Record<string, string>): string[] {
  const packages = {
    "packages/low/package.json": '{ "name": "@x/low", "exports": { ".": "./src/index.ts" } }',
    "packages/other/package.json": '{ "name": "@x/other", "exports": { ".": "./src/index.ts" } }',
    "experiments/high/package.json": '{ "name": "@x/high", "exports": { ".": "./main.ts" } }',
  };
  return floorFaults(new Map(Object.entries({ ...packages, ...files })), table);
}

test("the tree of this repository stands: no import cycle, none upwards", () => {
  const tree = readTree(join(import.meta.dirname, ".."));
  expect(tree.size).toBeGreaterThan(20);
  expect(floorFaults(tree, floorTable)).toEqual([]);
});

describe("inside a package", () => {
  test("imports of the own floor and of lower ones are allowed", () => {
    expect(
      faults({
        "packages/low/src/errors.ts": "",
        "packages/low/src/rule.ts":
          'import { a } from "./errors.ts";\nimport { b } from "./report/table.ts";\n',
        "packages/low/src/report/table.ts": 'import { a } from "../errors.ts";\n',
        "packages/low/src/index.ts": 'export * from "./rule.ts";\n',
      }),
    ).toEqual([]);
  });

  test.each([
    ['import { a } from "./rule.ts";'],
    ['import type { A } from "./rule.ts";'],
    ['import {\n  a,\n  type B,\n} from "./rule.ts";'],
    ['export { a } from "./rule.ts";'],
    ['export type * from "./rule.ts";'],
    ['import "./rule.ts";'],
    ['const a = await import("./rule.ts");'],
    ['type A = import("./rule.ts").A;'],
  ])("an upward import is a fault: %s", (text) => {
    expect(faults({ "packages/low/src/errors.ts": `${text}\n`, "packages/low/src/rule.ts": "" })).toEqual([
      "packages/low/src/errors.ts (floor 0) imports packages/low/src/rule.ts (floor 1), which is above it",
    ]);
  });

  test("a file without a floor is a fault that says where to put it", () => {
    expect(faults({ "packages/low/src/new.ts": "" })).toEqual([
      'packages/low/src/new.ts stands on no floor: add it to inside["packages/low"] in scripts/floor-table.ts',
    ]);
  });

  test("a test may import every floor, but nothing imports a test", () => {
    expect(
      faults({
        "packages/low/src/errors.test.ts": 'import { a } from "./index.ts";\n',
        "packages/low/src/index.ts": 'import { b } from "./errors.test.ts";\n',
      }),
    ).toContain("packages/low/src/index.ts imports the test packages/low/src/errors.test.ts");
  });
});

describe("an import cycle", () => {
  test("is told once, from its first file and back", () => {
    expect(
      faults({
        "packages/other/src/c.ts": 'import type { A } from "./a.ts";\n',
        "packages/other/src/a.ts": 'import { b } from "./b.ts";\n',
        "packages/other/src/b.ts": 'import { c } from "./c.ts";\n',
        "packages/other/src/index.ts": 'export * from "./c.ts";\nexport * from "./b.ts";\n',
      }),
    ).toEqual([
      "import cycle: packages/other/src/a.ts -> packages/other/src/b.ts -> packages/other/src/c.ts -> packages/other/src/a.ts",
    ]);
  });

  test("is found through the package's own name, and in a file that imports itself", () => {
    expect(
      faults({
        "packages/other/src/a.ts": 'import { a } from "@x/other";\n',
        "packages/other/src/index.ts": 'export * from "./a.ts";\n',
        "packages/other/src/self.ts": 'import * as self from "./self.ts";\n',
      }),
    ).toEqual([
      "import cycle: packages/other/src/a.ts -> packages/other/src/index.ts -> packages/other/src/a.ts",
      "import cycle: packages/other/src/self.ts -> packages/other/src/self.ts",
    ]);
  });

  test("is not seen where two files share a third", () => {
    expect(
      faults({
        "packages/other/src/a.ts": 'import "./b.ts";\nimport "./c.ts";\n',
        "packages/other/src/b.ts": 'import "./c.ts";\n',
        "packages/other/src/c.ts": "",
      }),
    ).toEqual([]);
  });
});

describe("across packages", () => {
  test("a package imports lower ones by name", () => {
    expect(
      faults({
        "experiments/high/main.ts": 'import { a } from "@x/low";\nimport "node:fs";\nimport "zod";\n',
      }),
    ).toEqual([]);
  });

  test("an import upwards or sideways is a fault", () => {
    expect(
      faults({
        "packages/low/src/index.ts": 'import { b } from "@x/other";\n',
        "packages/other/src/index.ts": 'import { main } from "@x/high";\n',
      }),
    ).toEqual([
      "packages/low/src/index.ts imports packages/other, which is not below packages/low",
      "packages/other/src/index.ts imports experiments/high, which is not below packages/other",
    ]);
  });

  test("reaching into a package by a path is a fault", () => {
    expect(
      faults({
        "experiments/high/main.ts": 'import { a } from "../../packages/low/src/errors.ts";\n',
        "packages/low/src/errors.ts": "",
      }),
    ).toEqual([
      "experiments/high/main.ts reaches into packages/low by a path: import the package by its name",
    ]);
  });

  test("a folder without a floor is a fault", () => {
    expect(faults({ "tools/x.ts": "" })).toEqual([
      "tools stands on no floor: add it to packages in scripts/floor-table.ts",
    ]);
  });
});

test("imports in comments and words like them do not count", () => {
  const text = `/**\n * import { a } from "./a.ts";\n */\n// import "./b.ts";\nexport const from = "./c.ts";\nexport function f() { return "x"; }\n`;
  expect(specifiers(text)).toEqual([]);
});
