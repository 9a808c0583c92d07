/**
 * The engine's own options as data: what the parser accepts, what help shows, what a profile may hold.
 * The names are those that Snakemake users know; each group of them is a file of `option-groups/`.
 */
import type { Command } from "../rules/reserved.ts";
import { how } from "./option-groups/how.ts";
import { looking } from "./option-groups/looking.ts";
import type { OwnOption } from "./option-groups/own-option.ts";
import { shown } from "./option-groups/shown.ts";
import { what } from "./option-groups/what.ts";
import { where } from "./option-groups/where.ts";

/** All of them, in the order of help. */
export const ownOptions: readonly OwnOption[] = [...what, ...how, ...where, ...looking, ...shown];

/** The options of one command. */
export function optionsOf(command: Command): OwnOption[] {
  return ownOptions.filter((option) => option.of.includes(command));
}

/** Every name of an option, the letter included. */
export function namesOf({ flag, letter, aliases = [] }: OwnOption): string[] {
  return [flag, ...(letter === undefined ? [] : [letter]), ...aliases];
}
