/**
 * Reads the text of a command-line option as its schema wants it.
 * The readings are tried in the schema's own order and the first that validates wins, so that text stays text:
 * `--sites 01022500` is ["01022500"] for a list of strings and `--factors 0 1` is [0, 1] for a list of numbers.
 * A list may also be one text in brackets: `--sites [01022500]`.
 */
import * as z from "zod";
import { defOf, innerSchema, type Schema } from "./schema.ts";
import { readYaml, type Yaml, yaml } from "./yaml.ts";

/** What `texts` mean to `schema`; where no reading validates, the text itself, for the validation to complain about. */
export function readOption(schema: Schema, texts: readonly string[]): unknown {
  let first: { value: unknown } | undefined;
  for (const value of readings(schema, texts)) {
    if (z.safeParse(schema, value).success) return value;
    first ??= { value };
  }
  return first === undefined ? (texts.length === 1 ? texts[0] : texts) : first.value;
}

/** What a word means where only true or false can be meant, in any case; undefined where it is neither. */
export function readBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (["true", "yes", "on", "1"].includes(word)) return true;
  return ["false", "no", "off", "0"].includes(word) ? false : undefined;
}

function* readings(schema: Schema, texts: readonly string[]): Generator<unknown> {
  const text = texts.length === 1 ? texts[0] : undefined;
  const def = defOf(schema);
  const inner = innerSchema(schema);
  if (inner !== undefined) {
    yield* readings(inner, texts);
    if (def.type === "nullable" && text === "null") yield null;
    return;
  }
  switch (def.type) {
    case "union":
      for (const option of def.options) yield* readings(option, texts);
      return;
    case "array":
    case "set": {
      const element = def.type === "array" ? def.element : def.valueType;
      const items = (text === undefined ? null : readBracketList(text)) ?? texts;
      const list = items.map((each) => (typeof each === "string" ? readOption(element, [each]) : each));
      yield def.type === "array" ? list : new Set(list);
      return;
    }
    case "tuple":
      yield texts.map((each, i) => {
        const item = def.items[i] ?? def.rest;
        return item ? readOption(item, [each]) : each;
      });
      if (text !== undefined) yield* structures(text);
      return;
  }
  if (text === undefined) return;
  switch (def.type) {
    case "number":
      yield* numbers(text);
      return;
    case "boolean":
      yield* booleans(text);
      return;
    case "enum":
      yield* Object.values(def.entries).filter((value) => String(value) === text);
      return;
    case "literal":
      yield* def.values.filter((value) => String(value) === text);
      return;
    case "null":
      if (text === "null") yield null;
      return;
    case "object":
    case "record":
    case "intersection":
      yield* structures(text);
      return;
    default:
      yield text;
      yield* numbers(text);
      yield* booleans(text);
      yield* structures(text);
  }
}

function* numbers(text: string): Generator<number> {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) yield Number(text);
}

function* booleans(text: string): Generator<boolean> {
  if (text === "true" || text === "false") yield text === "true";
}

/** The items of a list in brackets, those that are one word as they are written; null where the text is none. */
function readBracketList(text: string): readonly unknown[] | null {
  if (!/^\s*\[.*\]\s*$/s.test(text)) return null;
  const contents = yamlOf(text)?.document.contents;
  if (!yaml().isSeq(contents)) return null;
  return contents.items.map((item) =>
    yaml().isScalar(item) && item.type === "PLAIN" ? item.source : (item as { toJSON(): unknown }).toJSON(),
  );
}

/** A list or a map written in one text, as in YAML: `{epochs: 20}`. */
function* structures(text: string): Generator<unknown> {
  const read = /^\s*[[{]/.test(text) ? yamlOf(text) : null;
  if (read !== null) yield read.value;
}

/** Null where the text is no YAML: then the plain text is what an error will quote. */
function yamlOf(text: string): Yaml | null {
  const none = new Error();
  try {
    return readYaml(text, () => none);
  } catch (error) {
    if (error === none) return null;
    throw error;
  }
}
