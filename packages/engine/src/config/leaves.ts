/**
 * Every leaf of a config schema as a command-line option: `training.epochs` is `--training.epochs`.
 * Leaves come in the order of the schema; with a scope, the short name stands before the long one.
 */
import { holdsPath } from "./path.ts";
import { defOf, isMap, type Schema, unwrapSchema } from "./schema.ts";

/** How an option's text is read; "list" takes several texts, "text" may become what the schema allows (else YAML). */
export type LeafKind = "string" | "number" | "boolean" | "list" | "text";

/** One option. */
export interface ConfigLeaf {
  /** The option without its dashes: "training.epochs". */
  readonly flag: string;
  /** Where the value stands in the config. */
  readonly path: readonly string[];
  readonly kind: LeafKind;
  /** The schema's `.describe()` text, or "". */
  readonly description: string;
  /** What holds when the option is not given: the file's value, else the schema's default. */
  readonly default?: unknown;
  readonly isPath: boolean;
  /** True for a long name that has a short one: accepted, not shown in help. */
  readonly hidden: boolean;
}

/** A leaf together with the schema that its value must satisfy. */
export interface SchemaLeaf extends ConfigLeaf {
  readonly schema: Schema;
}

/**
 * Every leaf of `schema`. Records are enumerated by the keys that `value` (the file's content) has. The leaves
 * under `scope` ("experiments.expA") come twice: without that prefix, unless a leaf outside already has the
 * name, and in full.
 */
export function configLeaves(schema: Schema, value: unknown, scope?: string): SchemaLeaf[] {
  const leaves: SchemaLeaf[] = [];
  collect(schema, value, [], leaves);
  if (scope === undefined) return leaves;
  const prefix = `${scope}.`;
  const taken = new Set(leaves.map((leaf) => leaf.flag));
  return leaves.flatMap((leaf) => {
    const short = leaf.flag.slice(prefix.length);
    if (!leaf.flag.startsWith(prefix) || taken.has(short)) return [leaf];
    return [
      { ...leaf, flag: short },
      { ...leaf, hidden: true },
    ];
  });
}

function collect(schema: Schema, value: unknown, path: readonly string[], leaves: SchemaLeaf[]): void {
  const { schema: inner, description, default: fallback } = unwrapSchema(schema);
  const here = value === undefined ? fallback : value;
  const def = defOf(inner);
  if (def.type === "object") {
    for (const [key, field] of Object.entries(def.shape))
      collect(field, isMap(here) ? here[key] : undefined, [...path, key], leaves);
  } else if (def.type === "record") {
    if (isMap(here))
      for (const [key, item] of Object.entries(here)) collect(def.valueType, item, [...path, key], leaves);
  } else if (path.length > 0) {
    leaves.push({
      flag: path.join("."),
      path,
      kind: kindOf(inner),
      description,
      ...(here === undefined ? {} : { default: here }),
      isPath: holdsPath(inner),
      hidden: false,
      schema,
    });
  }
}

function kindOf(schema: Schema): LeafKind {
  const def = defOf(unwrapSchema(schema).schema);
  switch (def.type) {
    case "string":
    case "template_literal":
      return "string";
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "array":
    case "tuple":
    case "set":
      return "list";
    case "enum":
      return sameKind(Object.values(def.entries).map(kindOfValue));
    case "literal":
      return sameKind(def.values.map(kindOfValue));
    case "union": {
      const kinds = def.options.map(kindOf);
      return kinds.includes("list") ? "list" : sameKind(kinds);
    }
    default:
      return "text";
  }
}

function kindOfValue(value: unknown): LeafKind {
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? type : "text";
}

function sameKind(kinds: readonly LeafKind[]): LeafKind {
  const [first = "text"] = kinds;
  return kinds.every((kind) => kind === first) ? first : "text";
}
