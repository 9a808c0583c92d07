import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { folder } from "../testing/config-example.ts";
import { loadConfig, type OptionValue } from "./config.ts";
import { path } from "./path.ts";

const schema = z.strictObject({
  data: path().default("data"),
  tables: z.array(path()).default([]),
  store: z.union([z.strictObject({ at: path(), name: z.string() }), z.literal("none")]).default("none"),
  training: z.strictObject({ epochs: z.int().default(1), rate: z.number().default(0.1) }).prefault({}),
  sites: z.array(z.string()).default([]),
});

/** Writes the files and reads them over each other. */
function over(
  files: Readonly<Record<string, string>>,
  overrides: Readonly<Record<string, OptionValue>> = {},
) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return loadConfig({
    schema,
    files: Object.keys(files),
    overrides: new Map(Object.entries(overrides)),
    currentFolder: folder,
    workingFolder: folder,
  });
}

describe("a config of several files", () => {
  test("takes each key from the last file that has it, inside maps too, and lists whole", () => {
    const { config, leaves } = over({
      "a.yml": "training: { epochs: 5, rate: 1 }\nsites: [x, y, z]\n",
      "b.yml": "training: { epochs: 6 }\nsites: [w]\n",
    });
    expect(config).toMatchObject({ training: { epochs: 6, rate: 1 }, sites: ["w"] });
    expect(leaves.find((leaf) => leaf.flag === "training.epochs")).toMatchObject({ default: 6 });
  });

  test("reads each path from the folder of the file that wrote it, an option from the current one", () => {
    const files = {
      "one/a.yml": "data: d\ntables: [t, u]\nstore: { at: s }\n",
      "two/b.yml": "tables: [v]\nstore: { name: n }\n",
    };
    expect(over(files).config).toMatchObject({
      data: "one/d",
      tables: ["two/v"],
      store: { at: "one/s", name: "n" },
    });
    expect(over(files, { data: "x" }).config).toMatchObject({ data: "x" });
  });

  test("is wrong in the file that wrote the value", () => {
    const wrong = (a: string, b: string) => {
      try {
        over({ "a.yml": a, "b.yml": b });
      } catch (error) {
        return (error as Error).message;
      }
      throw new Error("no error was thrown");
    };
    expect(wrong("sites: [x]\ntraining: { epochs: no }\n", "training: { rate: 1 }\n")).toBe(
      'Cannot read config "a.yml": training.epochs is "no"\n  expected  a number\n  line      2',
    );
    expect(wrong("training: { rate: 1 }\n", "\nsitse: [x]\n")).toBe(
      'Cannot read config "b.yml": unknown key "sitse"\n  line  2\n  Did you mean "sites"?',
    );
    expect(wrong("sites: x\n", "training: { epochs: 0.5 }\n")).toContain(
      'Cannot read config "b.yml": training.epochs is 0.5\n  expected  a whole number\n  line      1\n  also      sites is "x" in a.yml (expected a list)',
    );
    expect(wrong("store: { at: s }\n", "training: {}\n")).toContain('Cannot read config "a.yml": store');
    expect(wrong("sites: [x\n", "training: {}\n")).toContain(
      'Cannot read config "a.yml": it is not valid YAML',
    );
  });
});
