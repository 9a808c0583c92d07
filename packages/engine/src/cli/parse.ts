/**
 * From the words of a command line to option names with their texts. What the texts mean is read later, so
 * that a profile can say the same.
 */
import parser from "yargs-parser";
import type { OptionValue } from "../config/config.ts";
import type { ConfigLeaf } from "../config/leaves.ts";
import { readBoolean } from "../config/option.ts";
import { cannot } from "../errors.ts";
import { type Command, isCommand } from "../rules/settings.ts";
import { engineOptions, namesOf, optionsOf } from "./option-table.ts";

export interface ParsedWords {
  readonly command: Command;
  /** What is no option: targets, paths. */
  readonly words: readonly string[];
  /** Main name of an option -> what follows it. */
  readonly given: ReadonlyMap<string, OptionValue>;
}

/** Parses `argv` for the engine's own options and one per leaf of the config. */
export function parseArguments(argv: readonly string[], leaves: readonly ConfigLeaf[]): ParsedWords {
  refuseTakenNames(leaves);
  const options = [...engineOptions.map(ownShape), ...leaves.map(leafShape)];
  const flags = (wanted: (takes: Takes) => boolean) =>
    options.filter(({ takes }) => wanted(takes)).map(({ flag }) => flag);
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const typedWords = markFlags(dropIgnoredWords(argv.slice(0, end), options), options);
  const { argv: parsed, error } = parser.detailed(typedWords, {
    boolean: flags((takes) => takes === "nothing"),
    string: flags((takes) => takes !== "nothing"),
    array: flags((takes) => takes === "many"),
    alias: Object.fromEntries(options.map(({ flag, alias }) => [flag, alias])),
    configuration: {
      "dot-notation": false,
      "camel-case-expansion": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "boolean-negation": true,
      "strip-aliased": true,
    },
  });
  if (error !== null) throw cannot("read the command line", "", error.message);
  const { _: front, ...rest } = parsed;
  const first = (front as unknown[]).map(String);
  const command = isCommand(first[0]) ? first[0] : "run";
  const given = Object.entries(rest)
    // `--no-sites` of an option that takes several.
    .map(
      ([name, value]) =>
        [optionName(name), Array.isArray(value) && value.includes(false) ? false : value] as const,
    )
    .filter((entry): entry is [string, OptionValue] => entry[1] !== undefined);
  return {
    command,
    words: [...(isCommand(first[0]) ? first.slice(1) : first), ...argv.slice(end + 1)],
    given: new Map(given),
  };
}

/** Leaves out what may stand behind a flag and changes nothing: `--quiet rules`, `-nq rules`. */
function dropIgnoredWords(argv: readonly string[], options: readonly Shape[]): string[] {
  const named = (name: string) => options.find(({ flag, alias }) => flag === name || alias.includes(name));
  let idle: readonly string[] = [];
  return argv.filter((word) => {
    if (idle.includes(word)) return false;
    const [, long, letters = ""] = /^(?:--(.+)|-([a-zA-Z]+))$/.exec(word) ?? [];
    const flags = long === undefined ? [...letters].map(named) : [named(long)];
    idle = flags.every((option) => option?.takes === "nothing") ? (flags.at(-1)?.words ?? []) : [];
    return true;
  });
}

/** The parser takes `--flag=maybe` for false, and `--k` for the letter `-k`. */
function markFlags(argv: readonly string[], options: readonly Shape[]): string[] {
  return argv.map((word) => {
    const [, dashes, no = "", typed, text] = /^(--?)(no-)?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (typed === undefined) return word;
    const own = dashes === "--" && typed.length === 1;
    const name = own ? leafName(typed) : typed;
    if (text === undefined) return own ? `--${no}${name}` : word;
    const option = options.find(({ flag, alias }) => flag === name || alias.includes(name));
    if (option?.takes !== "nothing") return own ? `--${name}=${text}` : word;
    const shown = word.slice(0, word.indexOf("="));
    if (no !== "") throw cannot("read option", shown, "it takes no value");
    const truth = option.words.includes(text) || readBoolean(text);
    if (truth === undefined)
      throw cannot("read option", shown, `its value is "${text}"`, {
        facts: [["expected", "true or false"]],
      });
    return truth ? `--${option.flag}` : `--no-${option.flag}`;
  });
}

/** A key of one letter for the parser: `--k` of the config is not `-k`. */
function leafName(flag: string): string {
  return flag.length === 1 ? `${leafMark}${flag}` : flag;
}

function optionName(name: string): string {
  return name.startsWith(leafMark) ? name.slice(leafMark.length) : name;
}

const leafMark = "config:";

/** The engine's own option names that `command` takes. */
export function ownNames(command: Command): Set<string> {
  return new Set(optionsOf(command).map((option) => option.flag));
}

function refuseTakenNames(leaves: readonly ConfigLeaf[]): void {
  const taken = new Set(engineOptions.flatMap(namesOf).filter((name) => name.length > 1));
  const clash = leaves.find((leaf) => taken.has(leaf.flag));
  if (clash !== undefined)
    throw cannot(
      "offer the option",
      `--${clash.flag}`,
      "a key of the config has the same name as an option of the engine",
      { hint: "Rename the key in the workflow's config." },
    );
}

type Takes = (typeof engineOptions)[number]["takes"];

interface Shape {
  readonly flag: string;
  readonly takes: Takes;
  readonly alias: string[];
  readonly words: readonly string[];
}

function ownShape(option: (typeof engineOptions)[number]): Shape {
  return {
    flag: option.flag,
    takes: option.takes,
    alias: namesOf(option).slice(1),
    words: option.words ?? [],
  };
}

function leafShape({ flag, kind }: ConfigLeaf): Shape {
  return {
    flag: leafName(flag),
    takes: kind === "boolean" ? "nothing" : kind === "list" ? "many" : "one",
    alias: [],
    words: [],
  };
}
