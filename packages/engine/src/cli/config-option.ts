/** `--config KEY=VALUE ...`: how Snakemake spells what are options of their own here. */
import { closest } from "../closest.ts";
import { type ConfigLeaf, isProfileValue, type OptionValue, type ProfileValue } from "../config/config.ts";
import { isMap } from "../config/schema.ts";
import { cannot } from "../errors.ts";
import { engineOptions } from "./option-table.ts";
import { listOf } from "./values.ts";

/**
 * The options with those that `--config` names; a key's own option comes before it. Maps that a profile writes are taken
 * apart into the keys that the config has, as far as its `leaves` are known.
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
  // A name of the engine's own is no key: it is refused, and must not be taken for the option until then.
  const isKey = (name: string) => !named.has(name) && engineOptions.every(({ flag }) => flag !== name);
  const config = given.get("config");
  return new Map([
    ...direct,
    ...(config === undefined ? [] : [["config", config] as const]),
    ...pairs(given, leaves).filter(([key]) => isKey(key)),
  ]);
}

/** Refuses a key that is none of the `leaves`. */
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

/** What a profile has in a map, each with its place in the file. */
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

/** A map of keys of the config as those keys; what is itself a key stays whole. */
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
