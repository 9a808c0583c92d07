/** What is read from a config file and from options. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { Config, example, folder, load, message } from "../testing/config-example.ts";
import { loadConfig, type OptionValue } from "./config.ts";
import { configLeaves } from "./leaves.ts";
import { path } from "./path.ts";

describe("a config file", () => {
  test("is validated and filled with defaults", () => {
    expect(load(example)).toEqual({
      data: "observations",
      experiments: { expA: { sites: ["01022500"], factors: [0, 1, 10], seeds: "0..29" } },
      training: { epochs: 100, loss: "rmse", shuffle: false, batchSize: null },
    });
  });

  test("gives the schema's output type", () => {
    const { config } = loadConfig({
      schema: z.strictObject({ epochs: z.string().transform(Number).default(3) }),
      files: [],
      overrides: new Map(),
      currentFolder: folder,
      workingFolder: folder,
    });
    expectTypeOf(config).toEqualTypeOf<{ epochs: number }>();
    expect(config.epochs).toBe(3);
  });

  test("may be left out when every key has a default", () => {
    expect(load(null, {}, z.strictObject({ epochs: z.number().default(5) }))).toEqual({ epochs: 5 });
  });

  test("keeps an alias's copies apart when an option changes one", () => {
    const text = `data: x\nexperiments:\n  expA: &a { sites: all, factors: [0], seeds: 0..1 }\n  expB: *a\n`;
    const { experiments } = load(text, { factors: ["7"] });
    expect([experiments.expA.factors, experiments.expB.factors]).toEqual([[7], [0]]);
  });
});

describe("an option", () => {
  const leaves = (text: string, overrides: Record<string, OptionValue>) => load(text, overrides);

  test("overrides the file by its full name and, in the scope, by its short one", () => {
    const config = leaves(example, {
      "training.epochs": "20",
      factors: ["0", "0.5"],
      "experiments.expA.seeds": "3..4",
    });
    expect(config.training.epochs).toBe(20);
    expect(config.experiments.expA).toMatchObject({ factors: [0, 0.5], seeds: "3..4" });
  });

  test("wins by its short name where both names are given", () => {
    const config = leaves(example, { factors: ["2"], "experiments.expA.factors": ["1"] });
    expect(config.experiments.expA.factors).toEqual([2]);
  });

  test("keeps text that looks like a number as text", () => {
    expect(leaves(example, { sites: ["01022500", "08070200"] }).experiments.expA.sites).toEqual([
      "01022500",
      "08070200",
    ]);
    expect(leaves(example, { sites: "01022500" }).experiments.expA.sites).toEqual(["01022500"]);
    expect(load(null, { name: "007" }, z.strictObject({ name: z.string() }))).toEqual({ name: "007" });
  });

  test("passes a single value to a union in the form that validates", () => {
    expect(leaves(example, { sites: ["all"] }).experiments.expA.sites).toBe("all");
    expect(leaves(example, { seeds: ["0..9"] }).experiments.expA.seeds).toBe("0..9");
    expect(leaves(example, { seeds: ["5"] }).experiments.expA.seeds).toEqual([5]);
    expect(leaves(example, { seeds: ["0", "3"] }).experiments.expA.seeds).toEqual([0, 3]);
    expect(leaves(example, { sites: "[01022500, 'a b']" }).experiments.expA.sites).toEqual([
      "01022500",
      "a b",
    ]);
    expect(leaves(example, { factors: ["[0, 1.5]"] }).experiments.expA.factors).toEqual([0, 1.5]);
    expect(leaves(example, { factors: "[]" }).experiments.expA.factors).toEqual([]);
    expect(leaves(example, { sites: ["[a"] }).experiments.expA.sites).toEqual(["[a"]);
  });

  test("reads numbers, booleans, enums, null and numbers in exponent form", () => {
    const config = leaves(example, {
      "training.learningRate": "1e-3",
      "training.loss": "nnse",
      "training.shuffle": true,
      "training.batchSize": "8",
    });
    expect(config.training).toMatchObject({ learningRate: 0.001, loss: "nnse", shuffle: true, batchSize: 8 });
    expect(
      leaves(example, { "training.shuffle": "false", "training.batchSize": "null" }).training,
    ).toMatchObject({
      shuffle: false,
      batchSize: null,
    });
    expect(leaves(example, { "training.shuffle": "Yes" }).training.shuffle).toBe(true);
  });

  test("looks through preprocessed, piped, refined and transformed schemas", () => {
    const schema = z.strictObject({
      days: z.number().transform((days) => days * 24),
      tags: z.preprocess((value) => value, z.array(z.string().refine((tag) => tag !== "none"))).optional(),
      lazy: z.lazy(() => z.number()),
      share: z.number().pipe(z.number().max(1)).readonly(),
    });
    expect(load(null, { days: "2", tags: ["1"], lazy: "3", share: "0.5" }, schema)).toEqual({
      days: 48,
      tags: ["1"],
      lazy: 3,
      share: 0.5,
    });
  });

  test("takes a list of structures as YAML, each in one text or all in one", () => {
    const schema = z.strictObject({ ranges: z.array(z.tuple([z.string(), z.number()])) });
    expect(load(null, { ranges: ["[a, 1]", "[b, 2]"] }, schema).ranges).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(load(null, { ranges: ["[[a, 1], [b, 2]]"] }, schema).ranges).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });
});

describe("a path", () => {
  test("in the file is relative to the file, as an option to the current folder", () => {
    expect(load(example).data).toBe("observations");
    expect(load(example, { data: "observations" }).data).toBe("observations");
    writeFileSync(join(folder, "settings/x.yml"), example);
    const from = (workingFolder: string, overrides = new Map<string, string>()) =>
      loadConfig({
        schema: Config,
        files: ["x.yml"],
        overrides,
        currentFolder: join(folder, "settings"),
        workingFolder,
      }).config.data;
    expect(from(join(folder, "work"))).toBe("../observations");
    expect(from(join(folder, "work"), new Map([["data", "here"]]))).toBe("../settings/here");
    expect(from(join(folder, "work"), new Map([["data", join(folder, "work/sub")]]))).toBe("sub");
    expect(from(join(folder, "observations"))).toBe(".");
  });

  test("keeps its mark through wrappers, descriptions, lists, records and unions", () => {
    const schema = z.strictObject({
      one: path().describe("one").optional(),
      many: z.array(path().min(1).meta({ title: "many" })),
      named: z.record(z.string(), path()),
      maybe: z.union([z.literal("none"), path()]).default("none"),
      plain: z.string(),
    });
    const text = "one: a\nmany: [b, ./c]\nnamed: { x: d }\nmaybe: none\nplain: e\n";
    expect(load(text, {}, schema)).toEqual({
      one: "settings/a",
      many: ["settings/b", "settings/c"],
      named: { x: "settings/d" },
      maybe: "none",
      plain: "e",
    });
    expect(load(text, { maybe: "f" }, schema).maybe).toBe("f");
    expect(configLeaves(schema, { named: { x: "d" } }).map((leaf) => [leaf.flag, leaf.isPath])).toEqual([
      ["one", true],
      ["many", true],
      ["named.x", true],
      ["maybe", true],
      ["plain", false],
    ]);
  });

  test("that is empty or has a NUL character is refused", () => {
    const text = (value: string) => example.replace("../observations", value);
    expect(message(text('""'))).toContain(
      'data is "": expected a path: text that is not empty and has no NUL character',
    );
    expect(message(text('"a\\0b"'))).toContain("expected a path");
  });
});

describe("the leaves", () => {
  test("say flag, kind, description and what holds without the option", () => {
    const value = { experiments: { expA: { factors: [1] }, expB: {} }, training: { epochs: 7 } };
    const leaves = configLeaves(Config, value, "experiments.expA");
    expect(leaves.map(({ flag, kind, hidden }) => `${flag} ${kind}${hidden ? " hidden" : ""}`)).toEqual([
      "data string",
      "sites list",
      "experiments.expA.sites list hidden",
      "factors list",
      "experiments.expA.factors list hidden",
      "seeds list",
      "experiments.expA.seeds list hidden",
      "experiments.expB.sites list",
      "experiments.expB.factors list",
      "experiments.expB.seeds list",
      "training.epochs number",
      "training.learningRate number",
      "training.loss string",
      "training.shuffle boolean",
      "training.batchSize number",
    ]);
    const leaf = (flag: string) => leaves.find((each) => each.flag === flag);
    expect(leaf("data")).toMatchObject({ description: "The folder of the observations", isPath: true });
    expect(leaf("training.epochs")).toMatchObject({ description: "How many epochs", default: 7 });
    expect(leaf("training.loss")).toMatchObject({ default: "rmse" });
    expect(leaf("factors")).toMatchObject({ default: [1], path: ["experiments", "expA", "factors"] });
    expect(leaf("data")).not.toHaveProperty("default");
  });

  test("enumerate a record by its default where the file does not have it", () => {
    const schema = z.strictObject({ weights: z.record(z.string(), z.number()).default({ a: 1 }) });
    expect(configLeaves(schema, {}).map((leaf) => leaf.flag)).toEqual(["weights.a"]);
    expect(configLeaves(schema, { weights: { b: 2 } }).map((leaf) => leaf.flag)).toEqual(["weights.b"]);
  });

  test("have no short name where a key outside the scope has it", () => {
    const schema = z.strictObject({ data: z.string(), inner: z.strictObject({ data: z.string() }) });
    expect(configLeaves(schema, {}, "inner").map(({ flag, hidden }) => [flag, hidden])).toEqual([
      ["data", false],
      ["inner.data", false],
    ]);
  });

  test("of mixed kinds are text", () => {
    const schema = z.strictObject({
      devices: z.union([z.number(), z.literal("auto")]),
      level: z.literal([1, 2]),
      any: z.unknown(),
    });
    expect(configLeaves(schema, {}).map((leaf) => leaf.kind)).toEqual(["text", "number", "text"]);
    expect(load(null, { devices: "2", level: "2", any: "x" }, schema)).toEqual({
      devices: 2,
      level: 2,
      any: "x",
    });
    expect(load(null, { devices: "auto", level: "1", any: "y" }, schema).devices).toBe("auto");
  });
});
