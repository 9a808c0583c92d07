/**
 * Looks into a zod schema: what stands under its wrappers, and what a key leads to.
 * Wrappers are optional, nullable, default, prefault, catch, readonly, lazy and pipes (transforms, codecs).
 */
import * as z from "zod";

/** Any zod schema, classic or mini. */
export type Schema = z.core.$ZodType;

/** The definition of a schema as a union that `switch (def.type)` narrows. */
export type SchemaDef = z.core.$ZodTypes["_zod"]["def"];

export function defOf(schema: Schema): SchemaDef {
  return (schema as z.core.$ZodTypes)._zod.def;
}

/** The schema one wrapper holds, seen from what is written; undefined when `schema` is no wrapper. */
export function innerSchema(schema: Schema): Schema | undefined {
  const def = defOf(schema);
  switch (def.type) {
    case "optional":
    case "nonoptional":
    case "nullable":
    case "default":
    case "prefault":
    case "catch":
    case "readonly":
    case "success":
    case "promise":
      return def.innerType;
    case "pipe":
      // z.preprocess is transform -> schema, every other pipe is schema -> rest.
      return defOf(def.in).type === "transform" ? def.out : def.in;
    case "lazy":
      return def.getter();
    default:
      return undefined;
  }
}

/** A schema without its wrappers, with the outermost description and default found on the way. */
export interface UnwrappedSchema {
  readonly schema: Schema;
  readonly description: string;
  readonly default: unknown;
}

export function unwrapSchema(schema: Schema): UnwrappedSchema {
  let description = "";
  let value: unknown;
  for (let at: Schema = schema; ; ) {
    description ||= z.globalRegistry.get(at)?.description ?? "";
    const def = defOf(at);
    if (value === undefined && (def.type === "default" || def.type === "prefault")) value = def.defaultValue;
    const inner = innerSchema(at);
    if (inner === undefined) return { schema: at, description, default: value };
    at = inner;
  }
}

/** The schemas that may hold under `key`: several where a union stands, none where the key is unknown. */
export function schemasAt(schema: Schema, key: PropertyKey): Schema[] {
  const def = defOf(unwrapSchema(schema).schema);
  switch (def.type) {
    case "object": {
      const field = Object.hasOwn(def.shape, key) ? def.shape[key as string] : undefined;
      return field === undefined ? [] : [field];
    }
    case "record":
      return [def.valueType];
    case "array":
      return [def.element];
    case "tuple":
      return def.items[Number(key)] !== undefined ? [def.items[Number(key)]!] : def.rest ? [def.rest] : [];
    case "union":
      return def.options.flatMap((option) => schemasAt(option, key));
    case "intersection":
      return [...schemasAt(def.left, key), ...schemasAt(def.right, key)];
    default:
      return [];
  }
}

/** The names an object schema knows, through unions; empty for anything else. */
export function knownKeys(schema: Schema): string[] {
  const def = defOf(unwrapSchema(schema).schema);
  if (def.type === "object") return Object.keys(def.shape);
  if (def.type === "union") return def.options.flatMap(knownKeys);
  if (def.type === "intersection") return [...knownKeys(def.left), ...knownKeys(def.right)];
  return [];
}

/** True for a plain map, as YAML and object schemas have them. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
