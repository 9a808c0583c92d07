/**
 * The engine's own options as data: what the parser accepts, what help shows, what a profile may hold.
 * The names are those that Snakemake users know; each group of them is a file of `option-groups/`.
 */
import type { Command } from "../rules/reserved.ts";
import { executionOptions } from "./option-groups/how.ts";
import { inspectionOptions } from "./option-groups/looking.ts";
import type { EngineOption } from "./option-groups/own-option.ts";
import { outputOptions } from "./option-groups/shown.ts";
import { selectionOptions } from "./option-groups/what.ts";
import { placeOptions } from "./option-groups/where.ts";

/** All of them, in the order of help. */
export const engineOptions: readonly EngineOption[] = [
  ...selectionOptions,
  ...executionOptions,
  ...placeOptions,
  ...inspectionOptions,
  ...outputOptions,
];

/** The options of one command. */
export function optionsOf(command: Command): EngineOption[] {
  return engineOptions.filter((option) => option.of.includes(command));
}

/** Every name of an option, the letter included. */
export function namesOf({ flag, letter, aliases = [] }: EngineOption): string[] {
  return [flag, ...(letter === undefined ? [] : [letter]), ...aliases];
}
