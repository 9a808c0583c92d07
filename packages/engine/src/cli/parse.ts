/**
 * From the words of a command line to option names with their texts. What the texts mean is read later, so
 * that a profile can say the same.
 */
import yargs from "yargs";
import type { ConfigLeaf } from "../config.ts";
import { cannot } from "../errors.ts";
import { type Command, isCommand } from "../reserved.ts";
import { namesOf, optionsOf, ownOptions } from "./option-table.ts";

/** What follows an option: nothing (a flag), one text or several. */
export type Given = string | boolean | readonly string[];

export interface Words {
  readonly command: Command;
  /** What is no option: targets, paths. */
  readonly words: readonly string[];
  /** Main name of an option -> what follows it. */
  readonly given: ReadonlyMap<string, Given>;
}

/** Parses `argv` for the engine's own options and one per leaf of the config. */
export function parseWords(argv: readonly string[], leaves: readonly ConfigLeaf[]): Words {
  refuseTakenNames(leaves);
  const parsed = yargs()
    .help(false)
    .version(false)
    .parserConfiguration({
      "dot-notation": false,
      "camel-case-expansion": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "boolean-negation": true,
      "strip-aliased": true,
      "populate--": true,
    })
    .options(Object.fromEntries([...ownOptions.map(ownShape), ...leaves.map(leafShape)]))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw error ?? cannot("read the command line", "", message);
    })
    .parseSync(cleanArguments(argv)) as Record<string, unknown>;
  const { _: front, "--": behind = [], $0: _name, ...options } = parsed;
  const first = (front as unknown[]).map(String);
  const command = isCommand(first[0]) ? first[0] : "run";
  const given = Object.entries(options).filter((entry): entry is [string, Given] => entry[1] !== undefined);
  return {
    command,
    words: [...(isCommand(first[0]) ? first.slice(1) : first), ...(behind as unknown[]).map(String)],
    given: new Map(given),
  };
}

/** A literal `--` that a script runner passed on in front means nothing. */
export function cleanArguments(argv: readonly string[]): string[] {
  return argv[0] === "--" ? argv.slice(1) : [...argv];
}

/** The engine's own option names that `command` takes. */
export function ownNames(command: Command): Set<string> {
  return new Set(optionsOf(command).map((option) => option.flag));
}

function refuseTakenNames(leaves: readonly ConfigLeaf[]): void {
  const taken = new Set(ownOptions.flatMap(namesOf));
  const clash = leaves.find((leaf) => taken.has(leaf.flag));
  if (clash !== undefined)
    throw cannot(
      "offer the option",
      `--${clash.flag}`,
      "the config has a key of the name of one of the engine's options",
      { hint: "Rename the key in the workflow's config." },
    );
}

function ownShape(option: (typeof ownOptions)[number]) {
  const kind =
    option.takes === "nothing"
      ? ({ type: "boolean" } as const)
      : ({ type: "string", array: option.takes === "many" } as const);
  return [option.flag, { ...kind, alias: namesOf(option).slice(1) }] as const;
}

function leafShape(leaf: ConfigLeaf) {
  const kind =
    leaf.kind === "boolean"
      ? ({ type: "boolean" } as const)
      : ({ type: "string", array: leaf.kind === "list" } as const);
  return [leaf.flag, kind] as const;
}
