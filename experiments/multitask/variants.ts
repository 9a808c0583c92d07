/**
 * Variants of an experiment: the same keys with a few others, at a folder of their own. Variant `lr001` of expA is
 * chosen as `expA@lr001`, and that is its folder. A variant's keys override the experiment's.
 */
import { cannot, nearest } from "braid-engine";
import type * as z from "zod";
import { type Config, Experiment } from "./config.ts";

/** A name, and the keys behind it. */
interface Named {
  readonly name: string;
  /** @throws if a variant's keys are wrong. */
  experiment(): Experiment;
}

/** The experiment of a run, and the experiment and variants that stand before it in the config. */
export interface Chosen {
  readonly name: string;
  readonly experiment: Experiment;
  readonly before: readonly Named[];
}

/** The name of the experiment that `expA@lr001` is a variant of. */
export const baseOf = (name: string): string => name.split("@")[0]!;

/** The experiment or variant that the config names. @throws if it has none of this name, or the variant is wrong. */
export function choose({ experiment: name, experiments }: Config): Chosen {
  const base = baseOf(name);
  const entry = experiments[base];
  if (entry === undefined)
    throw cannot("run experiment", name, "the config has no experiment of this name", {
      facts: [["it has", Object.keys(experiments).join(", ") || "none"]],
    });
  const { variants = {} } = entry;
  const all = withVariants(base, entry);
  const at = all.findIndex((one) => one.name === name);
  if (at < 0)
    throw cannot("run experiment", name, `${base} has no variant of this name`, {
      facts: [["it has", Object.keys(variants).join(", ") || "none"]],
      hint: `Add it to the config: experiments.${base}.variants.${name.slice(base.length + 1)}`,
    });
  return { name, experiment: all[at]!.experiment(), before: all.slice(0, at) };
}

/** All experiments of a config and their variants. */
export function namedIn({ experiments }: Pick<Config, "experiments">): Named[] {
  return Object.entries(experiments).flatMap(([base, entry]) => withVariants(base, entry));
}

/** The experiment `base`, and then its variants. */
function withVariants(base: string, { variants = {}, ...own }: Config["experiments"][string]): Named[] {
  return [
    { name: base, experiment: () => own },
    ...Object.entries(variants).map(([variant, overrides]) => ({
      name: `${base}@${variant}`,
      experiment: () => vary(`${base}@${variant}`, own, overrides),
    })),
  ];
}

/** The experiment with overrides. */
function vary(name: string, base: Experiment, overrides: Readonly<Record<string, unknown>>): Experiment {
  const keys: Record<string, unknown> = structuredClone(base);
  for (const [path, value] of Object.entries(overrides)) put(keys, path.split("."), value);
  const parsed = Experiment.safeParse(keys);
  if (parsed.success) return parsed.data;
  throw wrong(name, parsed.error.issues[0]!, keys);
}

/** Sets a value by its path; an object's keys one by one, the others of the object stay. */
function put(into: Record<string, unknown>, [key, ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0 && !isObject(value)) {
    into[key!] = value;
    return;
  }
  const inner = isObject(into[key!]) ? (into[key!] as Record<string, unknown>) : {};
  into[key!] = inner;
  if (rest.length > 0) put(inner, rest, value);
  else for (const [name, one] of Object.entries(value as object)) put(inner, [name], one);
}

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function wrong(name: string, issue: z.core.$ZodIssue, keys: unknown): Error {
  const at = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const path = [...at, key].join(".");
    const [meant] = nearest(key, knownAt(at), 1);
    return cannot("use variant", name, `the experiment has no key "${path}"`, {
      ...(meant === undefined ? {} : { hint: `Did you mean ${[...at, meant].join(".")}?` }),
    });
  }
  const written = at.reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], keys);
  return cannot("use variant", name, `${at.join(".")} is ${JSON.stringify(written)}`, {
    facts: [["expected", issue.message.replace(/^Invalid input: expected /, "")]],
  });
}

/** The keys of the schema at a path. */
function knownAt(path: readonly string[]): string[] {
  let schema: unknown = Experiment;
  for (const key of path) schema = inner(schema)?.shape?.[key];
  return Object.keys(inner(schema)?.shape ?? {});
}

interface Shaped {
  readonly shape?: Readonly<Record<string, unknown>>;
}

/** A schema without its defaults and the like. */
function inner(schema: unknown): Shaped | undefined {
  let at = schema as { readonly def?: { readonly innerType?: unknown } } | undefined;
  while (at?.def?.innerType !== undefined) at = at.def.innerType as typeof at;
  return at as Shaped | undefined;
}
