/** `--config KEY=VALUE ...`: how Snakemake spells what are options of their own here. */
import { closest } from "../closest.ts";
import type { ConfigLeaf } from "../config.ts";
import { cannot } from "../errors.ts";
import { ownOptions } from "./option-table.ts";
import type { Given } from "./parse.ts";
import { listed } from "./values.ts";

/** The options with those that `--config` names; a key's own option comes before it. */
export function withConfigOption(given: ReadonlyMap<string, Given>): ReadonlyMap<string, Given> {
  if (!given.has("config")) return given;
  // A name of the engine's own is no key: it is refused, and must not be taken for the option until then.
  const isKey = (name: string) => !given.has(name) && ownOptions.every(({ flag }) => flag !== name);
  return new Map([...given, ...pairs(given).filter(([key]) => isKey(key))]);
}

/** Refuses a key that is none of the `leaves`. */
export function checkConfigOption(given: ReadonlyMap<string, Given>, leaves: readonly ConfigLeaf[]): void {
  const keys = leaves.map((leaf) => leaf.flag);
  for (const [key] of pairs(given)) {
    if (keys.includes(key)) continue;
    const near = keys.find((each) => each.startsWith(`${key}.`)) ?? closest(key, keys);
    const hint = ownOptions.some(({ flag }) => flag === key)
      ? `It is an option: --${key}.`
      : near === undefined
        ? "--help lists the keys."
        : `Did you mean "${near}"?`;
    throw cannot("read option", "--config", `the config has no key "${key}"`, { hint });
  }
}

function pairs(given: ReadonlyMap<string, Given>): [key: string, text: string][] {
  return listed(given, "config").map((word) => {
    const at = word.indexOf("=");
    if (at < 1)
      throw cannot("read option", "--config", `"${word}" is not of the form KEY=VALUE`, {
        hint: "Targets stand before the options, or after --.",
      });
    return [word.slice(0, at), word.slice(at + 1)];
  });
}
