/** The error for an option that nobody knows: what to do instead, or what was meant. */
import { closest } from "../closest.ts";
import type { ConfigLeaf, OptionValue } from "../config.ts";
import { cannot } from "../errors.ts";
import type { Command } from "../rules/reserved.ts";
import { engineOptions } from "./option-table.ts";
import { ownNames } from "./parse.ts";
import { snakemakeOptions } from "./snakemake-options.ts";

/** Refuses each option that neither the command nor the config has. */
export function refuseUnknownOptions(
  command: Command,
  given: ReadonlyMap<string, OptionValue>,
  leaves: readonly ConfigLeaf[],
): void {
  const own = ownNames(command);
  const leafNames = new Set(leaves.map((leaf) => leaf.flag));
  for (const name of given.keys()) {
    if (own.has(name) || leafNames.has(name)) continue;
    if (engineOptions.some((option) => option.flag === name))
      throw cannot("read option", `--${name}`, `the command ${command} does not have it`);
    const negated = given.get(name) === false && snakemakeOptions.has(`no-${name}`);
    throw unknownOption(negated ? `no-${name}` : name, [...own, ...leafNames]);
  }
}

function unknownOption(name: string, names: readonly string[]): Error {
  const letter = engineOptions.some((option) => option.letter === name);
  const dashed = `${name.length === 1 && !letter ? "-" : "--"}${name}`;
  const instead = snakemakeOptions.get(name);
  const near = name.length === 1 ? undefined : closest(name, names);
  const meant = letter ? `-${name}` : near && `--${near}`;
  const hint = instead ?? (meant === undefined ? "--help lists all options." : `Did you mean "${meant}"?`);
  return cannot(
    "read option",
    dashed,
    instead === undefined ? "no option and no key of the config has this name" : "it is one of Snakemake's",
    { hint },
  );
}
