import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { configLeaves, loadConfig, type OptionText, path } from "./config.ts";

const Config = z.strictObject({
  data: path().describe("The folder of the observations"),
  experiments: z.record(
    z.string(),
    z.strictObject({
      sites: z.union([z.literal("all"), z.array(z.string())]),
      factors: z.array(z.number().min(0)),
      seeds: z.union([z.string().regex(/^\d+\.\.\d+$/), z.array(z.int())]),
      partitions: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
    }),
  ),
  training: z
    .strictObject({
      epochs: z.int().positive().default(100).describe("How many epochs"),
      learningRate: z.number().gt(0).optional(),
      loss: z.enum(["rmse", "nnse"]).default("rmse"),
      shuffle: z.boolean().default(false),
      batchSize: z.int().nullable().default(null),
    })
    .prefault({}),
});

const example = `
data: ../observations
experiments:
  expA:
    sites: ["01022500"]
    factors: [0, 1, 10]
    seeds: 0..29
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-config-"));
  mkdirSync(join(folder, "settings"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(text: string | null, overrides: Record<string, OptionText> = {}, schema: z.ZodType = Config) {
  if (text !== null) writeFileSync(join(folder, "settings/x.yml"), text);
  return loadConfig({
    schema,
    file: text === null ? null : "settings/x.yml",
    overrides: new Map(Object.entries(overrides)),
    currentFolder: folder,
    workingFolder: folder,
    scope: (raw) => (raw.experiments?.expA ? "experiments.expA" : undefined),
    // biome-ignore lint/suspicious/noExplicitAny: each test knows its schema.
  }).config as any;
}

function message(
  text: string | null,
  overrides: Record<string, OptionText> = {},
  schema: z.ZodType = Config,
) {
  try {
    load(text, overrides, schema);
  } catch (error) {
    expect((error as Error).name).toBe("BraidError");
    return (error as Error).message;
  }
  throw new Error("no error was thrown");
}

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
      file: null,
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
  const leaves = (text: string, overrides: Record<string, OptionText>) => load(text, overrides);

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
        file: "x.yml",
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

describe("a file that is not a config is refused:", () => {
  test("a missing one, with the closest name", () => {
    writeFileSync(join(folder, "config.yml"), example);
    const missing = (file: string) => () =>
      loadConfig({
        schema: Config,
        file,
        overrides: new Map(),
        currentFolder: folder,
        workingFolder: folder,
      });
    expect(missing("confg.yml")).toThrow(
      'Cannot read config "confg.yml": the file does not exist\n  closest  config.yml',
    );
    expect(missing("nowhere/config.yml")).toThrow(
      'Cannot read config "nowhere/config.yml": the file does not exist',
    );
    expect(missing("settings")).toThrow('Cannot read config "settings": it is a folder, not a file');
  });

  test.each([
    ["an empty one", "# nothing here\n", "the file is empty"],
    [
      "a list at the top",
      "- a\n",
      "the top of the file is not a map of keys\n  expected  lines like `key: value`",
    ],
    ["a key written twice", "a: 1\nb: 2\na: 3\n", "a key is written twice\n  line 3  a: 3"],
    [
      "a tab",
      "a:\n\tb: 1\n",
      "a line is indented with a tab\n  line 2  →b: 1\n  Indent with blanks: YAML allows no tabs there.",
    ],
    ["two documents", "a: 1\n---\nb: 1\n", "the file holds more than one document\n  line 2  ---"],
    ["broken YAML", "a: 'open\n", "it is not valid YAML: Missing closing 'quote\n"],
    [
      "an unknown tag",
      "a: !!js x\n",
      "it is not valid YAML: Unresolved tag: tag:yaml.org,2002:js\n  line 1  a: !!js x",
    ],
    ["an alias without anchor", "a: *b\n", "Unresolved alias"],
    [
      "a key that is a number",
      "a:\n  01022500: 1\n",
      'the key 01022500 is not text\n  line  2\n  Write it in quotes: "01022500"',
    ],
  ])("%s", (_, text, expected) => {
    expect(message(text)).toContain(`Cannot read config "settings/x.yml": `);
    expect(message(text)).toContain(expected);
  });
});

describe("a wrong value is told with its key, what was written and what is expected:", () => {
  test.each([
    [
      "an unknown key",
      `${example}trainning: {}\n`,
      'Cannot read config "settings/x.yml": unknown key "trainning"\n  line  8\n  Did you mean "training"?',
    ],
    [
      "an unknown key inside, far from any",
      `${example}training: { zzzzzzzz: 1 }\n`,
      'unknown key "training.zzzzzzzz"\n  line        8\n  known keys  epochs, learningRate, loss, shuffle, batchSize',
    ],
    [
      "an unquoted site id",
      example.replace('"01022500"', "01022500"),
      'experiments.expA.sites[0] is the number 01022500\n  expected  text\n  line      5\n  Write it in quotes: "01022500"',
    ],
    [
      "text for a number",
      `${example}training: { epochs: many }\n`,
      'training.epochs is "many"\n  expected  a number\n  line      8',
    ],
    ["an empty value", `${example}training:\n  epochs:\n`, "training.epochs is empty\n  expected  a number"],
    ["zero epochs", `${example}training: { epochs: 0 }\n`, "training.epochs is 0\n  expected  more than 0\n"],
    [
      "half an epoch",
      `${example}training: { epochs: 1.5 }\n`,
      "training.epochs is 1.5\n  expected  a whole number",
    ],
    [
      "a negative factor",
      example.replace("[0, 1, 10]", "[0, -1]"),
      "experiments.expA.factors[1] is -1\n  expected  at least 0",
    ],
    [
      "a word that is not offered",
      `${example}training: { loss: mae }\n`,
      'training.loss is "mae"\n  expected  "rmse" or "nnse"',
    ],
    [
      "what no option of a union takes",
      example.replace("0..29", "0-29"),
      'experiments.expA.seeds is "0-29"\n  expected  text like /^\\d+\\.\\.\\d+$/',
    ],
    [
      "what fits no kind of a union",
      example.replace("0..29", "true"),
      "experiments.expA.seeds is the boolean true\n  expected  text or a list",
    ],
    [
      "a text for a list",
      example.replace('["01022500"]', '"01022500"'),
      'experiments.expA.sites is "01022500"\n  expected  "all" or a list\n  line      5\n  Write a list, of one too: ["01022500"]',
    ],
    [
      "a number for a list",
      example.replace("[0, 1, 10]", "5"),
      "experiments.expA.factors is 5\n  expected  a list\n  line      6\n  Write a list, of one too: [5]",
    ],
    ["a value for a map", `${example}training: 5\n`, "training is 5\n  expected  a map of keys"],
    [
      "a missing key",
      example.replace("    seeds: 0..29\n", ""),
      "experiments.expA.seeds is missing\n  expected  text or a list\n  line      5",
    ],
  ])("%s", (_, text, expected) => {
    expect(message(text)).toContain(expected);
  });

  test("a missing key without a file", () => {
    expect(message(null, {}, z.strictObject({ data: z.string() }))).toBe(
      "Cannot read config: data is missing\n  expected  text",
    );
  });

  test("several at once, the first in full", () => {
    expect(message(`${example}training: { epochs: 0, loss: mae }\nx: 1\n`)).toBe(
      `Cannot read config "settings/x.yml": training.epochs is 0
  expected  more than 0
  line      8
  also      training.loss is "mae" (expected "rmse" or "nnse")
  also      unknown key "x"`,
    );
  });

  test("the schema's own words are used where it has some", () => {
    const Range = z
      .strictObject({ from: z.number(), to: z.number().max(9, "keep it below ten") })
      .refine(({ from, to }) => from <= to, "it ends before it starts");
    const schema = z.strictObject({ range: Range });
    expect(message("range: { from: 2, to: 1 }\n", {}, schema)).toContain(
      "range: it ends before it starts\n  line  1",
    );
    expect(message("range: { from: 2, to: 11 }\n", {}, schema)).toContain(
      "range.to is 11: keep it below ten",
    );
  });
});

describe("a wrong option is told as it was given:", () => {
  test.each<[string, Record<string, OptionText>, string]>([
    [
      "text for a number",
      { "training.epochs": "abc" },
      'Cannot read option "--training.epochs": its value is "abc"\n  expected  a number',
    ],
    [
      "nothing for a number",
      { "training.epochs": "" },
      'Cannot read option "--training.epochs": its value is ""',
    ],
    ["hexadecimal", { "training.epochs": "0x10" }, 'its value is "0x10"\n  expected  a number'],
    [
      "a negative factor",
      { factors: ["0", "-1"] },
      'Cannot read option "--factors": its value is -1\n  expected  at least 0',
    ],
    [
      "a word in a list of numbers",
      { factors: ["0", "x"] },
      'Cannot read option "--factors": its value is "x"\n  expected  a number',
    ],
    [
      "an unknown one",
      { "training.epoch": "1" },
      'Cannot read option "--training.epoch": no key of the config has this name\n  Did you mean "--training.epochs"?',
    ],
    [
      "two values for one",
      { "training.epochs": ["1", "2"] },
      'Cannot read option "--training.epochs": it takes one value, not 2\n  given  1 2',
    ],
    ["no value", { "training.epochs": true }, 'Cannot read option "--training.epochs": it needs a value'],
    ["an empty list", { sites: [] }, 'Cannot read option "--sites": it needs a value'],
  ])("%s", (_, overrides, expected) => {
    expect(message(example, overrides)).toContain(expected);
  });

  test("a file's fault beside it stays the file's", () => {
    expect(message(`${example}training: 5\n`, { "training.epochs": "3" })).toContain("training is 5");
  });
});
