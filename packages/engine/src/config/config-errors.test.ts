/** Configs and options that are refused, and what is said of them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { Config, example, folder, message } from "../testing/config-example.ts";
import { loadConfig, type OptionValue } from "./config.ts";

describe("a file that is not a config is refused:", () => {
  test("a missing one, with the closest name", () => {
    writeFileSync(join(folder, "config.yml"), example);
    const missing = (file: string) => () =>
      loadConfig({
        schema: Config,
        files: [file],
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
      "a line is indented with a tab\n  line 2  →b: 1\n  Indent with spaces: YAML allows no tabs there.",
    ],
    ["two documents", "a: 1\n---\nb: 1\n", "the file holds more than one document\n  line 2  ---"],
    ["broken YAML", "a: 'open\n", "it is not valid YAML: Missing closing 'quote\n"],
    [
      "an unknown tag",
      "a: !!js x\n",
      "it is not valid YAML: Unresolved tag: tag:yaml.org,2002:js\n  line 1  a: !!js x",
    ],
    ["an alias without anchor", "a: *b\n", "there is no anchor &b before the alias *b\n  line  1"],
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
  test.each<[string, Record<string, OptionValue>, string]>([
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
