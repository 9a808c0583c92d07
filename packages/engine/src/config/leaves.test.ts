/** Options from a schema: their names, order, kinds and defaults. */
import { expect, test } from "vitest";
import * as z from "zod";
import { configLeaves } from "./leaves.ts";

const flags = (schema: z.core.$ZodType, value: unknown = {}, scope?: string) =>
  configLeaves(schema, value, scope).map(({ flag, hidden }) => (hidden ? `(${flag})` : flag));

const kinds = (shape: z.core.$ZodShape) =>
  Object.fromEntries(configLeaves(z.object(shape), {}).map(({ flag, kind }) => [flag, kind]));

test("every leaf is an option, in the order of the schema, with its path", () => {
  const schema = z.object({ b: z.string(), a: z.object({ c: z.number(), d: z.object({ e: z.boolean() }) }) });
  expect(flags(schema)).toEqual(["b", "a.c", "a.d.e"]);
  expect(configLeaves(schema, {})[2]).toMatchObject({
    path: ["a", "d", "e"],
    description: "",
    hidden: false,
  });
  expect(flags(z.string())).toEqual([]);
});

test("a record has the leaves of the keys that the file has, and none without a value", () => {
  const schema = z.object({ experiments: z.record(z.string(), z.object({ seeds: z.number() })) });
  expect(flags(schema, { experiments: { a: {}, b: {} } })).toEqual([
    "experiments.a.seeds",
    "experiments.b.seeds",
  ]);
  expect(flags(schema)).toEqual([]);
});

test("a default is the file's value, else the schema's; a leaf without either has none", () => {
  const schema = z.object({
    both: z.number().default(1),
    schemas: z.number().default(2),
    none: z.number(),
    inner: z.object({ x: z.number() }).default({ x: 7 }),
  });
  const leaves = configLeaves(schema, { both: 5 });
  expect(leaves.map((leaf) => leaf.default)).toEqual([5, 2, undefined, 7]);
  expect("default" in leaves[2]!).toBe(false);
});

test("leaves under the scope have a short name, before the long one, which help does not show", () => {
  const schema = z.object({ a: z.object({ x: z.number(), y: z.number() }), y: z.string(), ab: z.string() });
  expect(flags(schema, {}, "a")).toEqual(["x", "(a.x)", "a.y", "y", "ab"]);
  const [short] = configLeaves(schema, {}, "a");
  expect(short).toMatchObject({ flag: "x", path: ["a", "x"] });
});

test("the kind tells how the text of an option is read", () => {
  expect(
    kinds({
      string: z.string(),
      template: z.templateLiteral(["a", z.number()]),
      number: z.number(),
      boolean: z.boolean(),
      array: z.array(z.number()),
      tuple: z.tuple([z.number()]),
      set: z.set(z.number()),
      optional: z.number().optional(),
      any: z.any(),
    }),
  ).toEqual({
    string: "string",
    template: "string",
    number: "number",
    boolean: "boolean",
    array: "list",
    tuple: "list",
    set: "list",
    optional: "number",
    any: "text",
  });
});

test("several values have the kind that they share, and are text otherwise; a list among them makes a list", () => {
  expect(
    kinds({
      words: z.enum(["a", "b"]),
      numbers: z.enum({ a: 1, b: 2 }),
      mixed: z.enum({ a: "x", b: 2 }),
      literal: z.literal(true),
      literals: z.literal(["a", 1]),
      nothing: z.literal(null),
      same: z.union([z.number(), z.literal(3)]),
      other: z.union([z.number(), z.string()]),
      list: z.union([z.literal("all"), z.array(z.string())]),
    }),
  ).toEqual({
    words: "string",
    numbers: "number",
    mixed: "text",
    literal: "boolean",
    literals: "text",
    nothing: "text",
    same: "number",
    other: "text",
    list: "list",
  });
});
