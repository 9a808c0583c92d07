/**
 * Paths inside a config. What is written relative to one folder is told relative to the working folder,
 * never absolute, so that a journal that records it survives a move of the whole tree.
 */
import { relative, resolve, sep } from "node:path";
import * as z from "zod";
import { defOf, isMap, type Schema, type SchemaDef, unwrapSchema } from "./schema.ts";

// A check, not metadata: `.describe()` and `.meta()` drop earlier metadata, a check goes with every copy.
const pathCheck = z.refine<string>(
  isPathText,
  "expected a path: text that is not empty and has no NUL character",
);

function isPathText(text: string): boolean {
  return text !== "" && !text.includes("\0");
}

/**
 * A zod string that holds a path: relative to the config file when written there, to the current folder when
 * given as an option. The validated value is relative to the working folder. A default is taken as it is.
 */
export function path(): z.ZodString {
  return z.string().check(pathCheck);
}

/** Whether a leaf of `schema` is a path, a list of paths, or may be either. */
export function holdsPath(schema: Schema): boolean {
  const inner = unwrapSchema(schema).schema;
  const def = defOf(inner);
  if (def.type === "array") return holdsPath(def.element);
  if (def.type === "union") return def.options.some(holdsPath);
  return isPathSchema(def);
}

function isPathSchema(def: SchemaDef): boolean {
  return (def.checks as readonly unknown[] | undefined)?.includes(pathCheck) ?? false;
}

/**
 * `value` with every path that `schema` marks in it rewritten: read from the folder that `from` says for its place,
 * told from `to`.
 */
export function rebase(
  schema: Schema,
  value: unknown,
  from: (place: readonly PropertyKey[]) => string,
  to: string,
  place: readonly PropertyKey[] = [],
): unknown {
  const inner = unwrapSchema(schema).schema;
  const def = defOf(inner);
  const go = (next: Schema, item: unknown, key: PropertyKey): unknown =>
    rebase(next, item, from, to, [...place, key]);
  switch (def.type) {
    case "string":
      return isPathSchema(def) && typeof value === "string" && isPathText(value)
        ? relativePath(resolve(from(place), value), to)
        : value;
    case "object":
      return isMap(value)
        ? Object.fromEntries(
            Object.entries(value).map(([key, item]) => {
              const field = Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
              return [key, field === undefined ? item : go(field, item, key)];
            }),
          )
        : value;
    case "record":
      return isMap(value)
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, go(def.valueType, item, key)]))
        : value;
    case "array":
      return Array.isArray(value) ? value.map((item, i) => go(def.element, item, i)) : value;
    case "tuple":
      return Array.isArray(value)
        ? value.map((item, i) => {
            const next = def.items[i] ?? def.rest;
            return next ? go(next, item, i) : item;
          })
        : value;
    case "union": {
      // The option that the value satisfies says whether it is a path: "none" in z.union([z.literal("none"), path()]) is not.
      const option = def.options.find((each) => z.safeParse(each, value).success);
      return option === undefined ? value : rebase(option, value, from, to, place);
    }
    default:
      return value;
  }
}

function relativePath(absolute: string, folder: string): string {
  const result = relative(folder, absolute) || ".";
  return sep === "/" ? result : result.split(sep).join("/");
}
