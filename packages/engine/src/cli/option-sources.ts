/**
 * Options from profiles, and from `--config KEY=VALUE ...`, Snakemake's spelling of the config's own options.
 *
 * A profile is a YAML file with long names of options, for one machine or cluster, and with keys of the config. The command
 * line overrides profiles; the workflow's profile overrides the machine's.
 */
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { clusterExecutors } from "../calls/executor.ts";
import { closest } from "../closest.ts";
import { isProfileValue, type OptionValue, type ProfileValue } from "../config/config.ts";
import { readConfigFile } from "../config/files.ts";
import type { ConfigLeaf } from "../config/leaves.ts";
import { isMap } from "../config/schema.ts";
import { BraidError, cannot } from "../errors.ts";
import { type EngineOption, engineOptions } from "./option-table.ts";
import { listOf } from "./values.ts";

/** The options that name a profile; later ones override earlier ones. */
export const profileOptions: readonly string[] = ["profile", "workflow-profile"];

/** The file of a profile, relative to the current folder: a folder is read by its config.yaml, as Snakemake's are. */
export function profileFile(path: string): string {
  if (!statSync(resolve(path), { throwIfNoEntry: false })?.isDirectory()) return path;
  const names = ["config.yaml", "config.yml"];
  const name = names.find((each) => existsSync(resolve(path, each)));
  if (name !== undefined) return join(path, name);
  throw cannot("read the profile", path, "the folder has no config.yaml", {
    hint: "Name a YAML file of options, or a folder with a config.yaml.",
  });
}

/** The options of the profile in the file at `path`, as if they were typed; keys of the config as they are written. */
export function readProfile(path: string): Map<string, OptionValue> {
  const file = readConfigFile(resolve(path), path);
  const sections: readonly string[] = clusterExecutors;
  const given = new Map<string, OptionValue>();
  const keys = new Map<string, string>();
  for (const [key, value] of Object.entries(file.value)) {
    if (sections.includes(key)) continue;
    const option = engineOptions.find(({ flag, aliases }) => flag === key || aliases?.includes(key));
    const name = option?.flag ?? key;
    const line = file.locate([key])?.line;
    const refuse: Refuse = (what, hint) =>
      cannot("read the profile", path, what, {
        facts: [["option", key], ...(line === undefined ? [] : [["line", String(line)] as const])],
        hint:
          hint ??
          "Write options by their long names: `jobs: 4`, `keep-going: true`, `resources: { gpu: 1 }`.",
      });
    if (keys.has(name))
      throw refuse(`${name} is given twice, as ${keys.get(name)} and as ${key}`, "Leave one of them out.");
    keys.set(name, key);
    if (profileOptions.includes(name)) throw refuse("a profile cannot name another one");
    if (value === null) throw refuse(`${name} has no value`);
    given.set(
      name,
      option === undefined || name === "config"
        ? { written: value, file: path, locate: (inner) => file.locate([key, ...inner]) }
        : optionValue(option, value, refuse),
    );
  }
  return given;
}

/** Adds the profile's name to errors in its options. */
export function wrapProfileErrors<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    throw cannot("read the profile", path, error.message.replace(/^C/, "c"), { cause: error });
  }
}

type Refuse = (what: string, hint?: string) => Error;

/** The value of an engine option, as typed on the command line. */
function optionValue({ flag, takes, words = [] }: EngineOption, value: unknown, refuse: Refuse): OptionValue {
  if (typeof value === "boolean") {
    if (takes !== "nothing") throw refuse(`${flag} needs a value`);
    return value;
  }
  if (words.length > 0 && [value].flat().every((word) => words.includes(String(word)))) return true;
  if (takes === "nothing") throw refuse(`${flag} is true or false`);
  const texts = textsOf(flag, value, refuse, takes === "many");
  return takes === "many" || Array.isArray(value) ? texts : texts[0]!;
}

/** The words of a value: the items of a list, or `name=amount` for each entry of a map if `maps` are allowed. */
function textsOf(flag: string, value: unknown, refuse: Refuse, maps: boolean): string[] {
  const amount = (key: string, value: unknown): string => {
    if (typeof value === "object")
      throw refuse(`${flag} needs a single value for "${key}"`, amountsHint(flag));
    return `${key}=${value}`;
  };
  return [value].flat().flatMap((item: unknown) => {
    if (item === null) throw refuse(`${flag} has an empty item`);
    if (typeof item !== "object") return [String(item)];
    if (Array.isArray(item)) throw refuse(`${flag} has a list inside a list`);
    if (!maps) throw refuse(Array.isArray(value) ? `${flag} has a map in its list` : `${flag} is a map`);
    return Object.entries(item).flatMap(([key, inner]) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.entries(inner).map(([name, value]) => amount(`${key}:${name}`, value))
        : [amount(key, inner)],
    );
  });
}

function amountsHint(flag: string): string {
  return flag === "set-resources"
    ? "Write `set-resources: { rule: { mem_mb: 100 } }`."
    : `Write \`${flag}: { name: 100 }\`, or a list: \`- name=100\`.`;
}

/**
 * Adds the options that `--config` sets; a key's own option overrides them. Splits maps of a profile into the keys of the
 * config, if its `leaves` are known.
 */
export function withConfigOption(
  given: ReadonlyMap<string, OptionValue>,
  leaves: readonly ConfigLeaf[],
): ReadonlyMap<string, OptionValue> {
  const direct = [...given].flatMap(([name, value]) =>
    name === "config" ? [] : flattenMap(name, value, leaves),
  );
  const named = new Set(direct.map(([name]) => name));
  if (named.size < direct.length) throw givenTwiceError(direct);
  // The name of an engine option is not a key of the config: keep it apart until it is refused below.
  const isKey = (name: string) => !named.has(name) && engineOptions.every(({ flag }) => flag !== name);
  const config = given.get("config");
  return new Map([
    ...direct,
    ...(config === undefined ? [] : [["config", config] as const]),
    ...pairs(given, leaves).filter(([key]) => isKey(key)),
  ]);
}

/** Throws if the key is not one of the `leaves`. */
export function checkConfigOption(
  given: ReadonlyMap<string, OptionValue>,
  leaves: readonly ConfigLeaf[],
): void {
  const keys = leaves.map((leaf) => leaf.flag);
  for (const [key] of pairs(given, leaves)) {
    if (keys.includes(key)) continue;
    const near = keys.find((each) => each.startsWith(`${key}.`)) ?? closest(key, keys);
    const hint = engineOptions.some(({ flag }) => flag === key)
      ? `It is an option: --${key}.`
      : near === undefined
        ? "--help lists the keys."
        : `Did you mean "${near}"?`;
    throw cannot("read option", "--config", `the config has no key "${key}"`, { hint });
  }
}

type Pair = readonly [key: string, value: OptionValue];

function pairs(given: ReadonlyMap<string, OptionValue>, leaves: readonly ConfigLeaf[]): Pair[] {
  const config = given.get("config");
  if (config === undefined) return [];
  if (!isProfileValue(config)) return listOf(given, "config").map(pairOf);
  const found = [config.written].flat().flatMap((item, i) => {
    const inside = Array.isArray(config.written) ? [i] : [];
    return typeof item === "string"
      ? [pairOf(item)]
      : entries(config, item, inside).flatMap(([key, value]) => flattenMap(key, value, leaves));
  });
  if (new Set(found.map(([key]) => key)).size < found.length) throw givenTwiceError(found);
  return found;
}

function pairOf(word: string): Pair {
  const at = word.indexOf("=");
  if (at < 1)
    throw cannot("read option", "--config", `"${word}" is not of the form KEY=VALUE`, {
      hint: "Put targets before the options, or after --.",
    });
  return [word.slice(0, at), word.slice(at + 1)];
}

/** The entries of a profile's map, each with its line in the file. */
function entries(
  { file, locate }: ProfileValue,
  map: unknown,
  inside: readonly PropertyKey[] = [],
): [string, ProfileValue][] {
  if (!isMap(map))
    throw cannot("read option", "--config", "it is not a map of keys", {
      hint: "Write `config: { key: value }`, or a list: `- key=value`.",
    });
  return Object.entries(map).map(([key, written]) => [
    key,
    { written, file, locate: (path) => locate([...inside, key, ...path]) },
  ]);
}

/** Flattens a map to keys of the config; a map that is itself a key stays whole. */
function flattenMap(name: string, value: OptionValue, leaves: readonly ConfigLeaf[]): Pair[] {
  const inner = (flag: string) => flag.startsWith(`${name}.`);
  if (!isProfileValue(value) || !isMap(value.written) || !leaves.some(({ flag }) => inner(flag)))
    return [[name, value]];
  return entries(value, value.written).flatMap(([key, one]) => flattenMap(`${name}.${key}`, one, leaves));
}

function givenTwiceError(all: readonly Pair[]): Error {
  const [key, value] = all.find(([key], i) => all.findIndex(([other]) => other === key) < i)!;
  const line = isProfileValue(value) ? value.locate([])?.line : undefined;
  return cannot("read option", `--${key}`, "it is given twice", {
    facts: line === undefined ? [] : [["line", String(line)]],
  });
}
