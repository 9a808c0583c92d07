/**
 * A workflow's config: YAML files, overlaid with command-line options (one per leaf), checked by a zod schema.
 * Synchronous; asynchronous steps (such as reading a list of sites) belong in the workflow's `resolve`.
 */
import * as z from "zod";
import { closest } from "../closest.ts";
import { cannot } from "../errors.ts";
import { type Layers, readLayers } from "./files.ts";
import { configError, type GivenOption } from "./issue.ts";
import { type ConfigLeaf, configLeaves, type SchemaLeaf } from "./leaves.ts";
import { readBoolean, readOption } from "./option.ts";
import { rebase } from "./path.ts";
import { isMap } from "./schema.ts";

/** The value of an option: a flag, one text or several on the command line, or a value of a profile. */
export type OptionValue = string | readonly string[] | boolean | ProfileValue;

/** A value of a profile as parsed from YAML. */
export interface ProfileValue {
  readonly written: unknown;
  /** The profile as the user named it. */
  readonly file: string;
  /** The line in the file of the part at `path` inside the value. */
  locate(path: readonly PropertyKey[]): { readonly line: number; readonly source: string | null } | null;
}

export function isProfileValue(text: OptionValue): text is ProfileValue {
  return typeof text === "object" && !Array.isArray(text);
}

export interface LoadOptions<S extends z.ZodType> {
  readonly schema: S;
  /** The config files, relative to `currentFolder`; later ones override earlier ones. */
  readonly files: readonly string[];
  /** The same files, if they have been read. */
  readonly layers?: Layers;
  /** Values by flag ("training.epochs", without dashes). */
  readonly overrides: ReadonlyMap<string, OptionValue>;
  readonly currentFolder: string;
  readonly workingFolder: string;
  readonly scope?: Scope;
}

/** The dotted prefix ("experiments.expA") whose leaves also have short names, from the config's content. */
// biome-ignore lint/suspicious/noExplicitAny: the content is not checked yet; its shape is the workflow's own.
export type Scope = (raw: any) => string | undefined;

/** The checked config, and its options. */
export interface LoadedConfig<T> {
  readonly config: T;
  readonly leaves: ConfigLeaf[];
}

/** Reads, overlays and validates config files. Throws a BraidError that names the wrong key or option and the expected value. */
export function loadConfig<S extends z.ZodType>(options: LoadOptions<S>): LoadedConfig<z.output<S>> {
  const { schema, files, currentFolder, workingFolder } = options;
  const { layers = readLayers(files, currentFolder) } = options;
  let written: unknown = layers.value;
  let merged = rebase(schema, written, (path) => layers.folderOf(path) ?? currentFolder, workingFolder);
  const leaves = optionLeaves(schema, written, () => options.overrides, options.scope);
  const byFlag = new Map(leaves.map((leaf) => [leaf.flag, leaf]));
  const given = new Map<string, GivenOption | ProfileValue>();

  // Long names first: if both are given, the short one wins.
  const overrides = [...options.overrides].sort(
    ([a], [b]) => Number(byFlag.get(b)?.hidden ?? false) - Number(byFlag.get(a)?.hidden ?? false),
  );
  for (const [flag, text] of overrides) {
    const leaf = byFlag.get(flag);
    if (leaf === undefined) throw unknownOption(flag, byFlag.keys());
    const value = readValue(leaf, text);
    given.set(
      keyOf(leaf),
      isProfileValue(text) ? text : { flag, path: leaf.path, texts: textsOf(leaf, text) },
    );
    written = withValueAt(written, leaf.path, value);
    merged = withValueAt(
      merged,
      leaf.path,
      rebase(leaf.schema, value, () => currentFolder, workingFolder),
    );
  }

  const checked = z.safeParse(schema, merged);
  if (checked.success) return { config: checked.data, leaves };
  const giver = (path: readonly PropertyKey[]) => {
    const leaf = leaves.find((leaf) => leaf.path.every((step, i) => step === path[i]));
    const by = leaf && given.get(keyOf(leaf));
    return by === undefined ? undefined : "written" in by ? { ...by, depth: leaf!.path.length } : by;
  };
  throw configError(checked.error.issues, {
    schema,
    files,
    written,
    locate(path) {
      const by = giver(path);
      if (by === undefined || !("written" in by)) return layers.locate(path);
      const place = by.locate(path.slice(by.depth));
      return place && { file: by.file, ...place };
    },
    option(path) {
      const by = giver(path);
      return by === undefined || "written" in by ? undefined : by;
    },
  });
}

/**
 * All options of the config; those in the scope also by their short names. The file and the options by full names
 * determine the scope: `--experiment expB` changes it. `overrides` gives the options for these full names.
 */
export function optionLeaves(
  schema: z.ZodType,
  written: unknown,
  overrides: (leaves: readonly ConfigLeaf[]) => ReadonlyMap<string, OptionValue>,
  scope: Scope | undefined,
): SchemaLeaf[] {
  const leaves = configLeaves(schema, written);
  if (scope === undefined) return leaves;
  const given = overrides(leaves);
  const merged = leaves.reduce((tree, leaf) => {
    const text = given.get(leaf.flag);
    return text === undefined ? tree : withValueAt(tree, leaf.path, readValue(leaf, text));
  }, written);
  return configLeaves(schema, written, scope(merged));
}

/** The error for an option that is not in the config. */
function unknownOption(flag: string, flags: Iterable<string>): Error {
  const near = closest(flag, flags);
  return cannot("read option", `--${flag}`, "no key of the config has this name", {
    ...(near === undefined ? {} : { hint: `Did you mean "--${near}"?` }),
  });
}

/** A unique text per path in the config; keys of records may contain dots. */
function keyOf(leaf: ConfigLeaf): string {
  return leaf.path.join("\0");
}

function readValue(leaf: SchemaLeaf, given: OptionValue): unknown {
  if (!isProfileValue(given)) return readOption(leaf.schema, textsOf(leaf, given));
  const { written } = given;
  if (z.safeParse(leaf.schema, written).success) return written;
  // A profile may use the words of the command line: `mask: no`.
  const texts = [written].flat();
  const typed = texts.length > 0 && texts.every((text) => typeof text === "string");
  const meant = typed ? readOption(leaf.schema, normaliseFlag(leaf, texts)) : written;
  return z.safeParse(leaf.schema, meant).success ? meant : written;
}

function textsOf(leaf: SchemaLeaf, given: Exclude<OptionValue, ProfileValue>): readonly string[] {
  const texts = typeof given === "string" ? [given] : typeof given === "boolean" ? [String(given)] : given;
  if (
    texts.length === 0 ||
    (typeof given === "boolean" && (leaf.kind === "string" || leaf.kind === "number" || leaf.kind === "list"))
  )
    throw cannot("read option", `--${leaf.flag}`, "it needs a value");
  if (texts.length > 1 && leaf.kind !== "list")
    throw cannot("read option", `--${leaf.flag}`, `it takes one value, not ${texts.length}`, {
      facts: [["given", texts.join(" ")]],
    });
  return normaliseFlag(leaf, texts);
}

/** A flag accepts more words for true and false than YAML. */
function normaliseFlag(leaf: SchemaLeaf, texts: readonly string[]): readonly string[] {
  return leaf.kind === "boolean" ? texts.map((each) => String(readBoolean(each) ?? each)) : texts;
}

/** A copy of `tree` with `value` at `path`. If a parent is not a map, it stays unchanged and the validation fails. */
function withValueAt(tree: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (tree !== undefined && tree !== null && !isMap(tree)) return tree;
  return { ...tree, [key]: withValueAt(tree?.[key], rest, value) };
}
