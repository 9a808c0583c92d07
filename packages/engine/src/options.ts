/** The options of the command line: the engine's own, and one per leaf of the workflow's config. */
import { availableParallelism } from "node:os";
import yargs from "yargs";
import { type ConfigLeaf, type OptionText, unknownOption } from "./config.ts";
import { cannot } from "./errors.ts";

/** What the user asked for. */
export interface Options {
  readonly targets: readonly string[];
  readonly dryRun: boolean;
  readonly quiet: boolean;
  readonly jobs: number;
  readonly keepGoing: boolean;
  readonly forceTargets: boolean;
  readonly forceAll: boolean;
  readonly forceRules: readonly string[];
  readonly retries: number;
  readonly resources: ReadonlyMap<string, number>;
  readonly json: boolean;
  readonly unlock: boolean;
  readonly help: boolean;
  /** Options that name leaves of the config, without dashes. */
  readonly config: ReadonlyMap<string, OptionText>;
}

/** What must be known before the workflow's own options are: where its config and its working folder are. */
export interface EarlyOptions {
  readonly configFile: string | undefined;
  readonly directory: string | undefined;
}

const own = {
  "dry-run": {
    alias: "n",
    type: "boolean",
    group: "What to do:",
    describe: "Say what would be done, and why; do nothing",
  },
  force: {
    alias: "f",
    type: "boolean",
    group: "What to do:",
    describe: "Make the targets again, up to date or not",
  },
  forceall: {
    alias: "F",
    type: "boolean",
    group: "What to do:",
    describe: "Make everything again that the targets need",
  },
  forcerun: {
    alias: "R",
    type: "string",
    array: true,
    group: "What to do:",
    describe: "Make again: rules or files, and what needs them",
  },
  unlock: {
    type: "boolean",
    group: "What to do:",
    describe: "Remove the lock of a run that is gone, then end",
  },
  jobs: {
    alias: "j",
    type: "string",
    group: "How:",
    describe: `Threads to use at once [default: ${availableParallelism()}, this machine's cores]`,
  },
  "keep-going": {
    alias: "k",
    type: "boolean",
    group: "How:",
    describe: "When a job fails, go on with those that do not need it",
  },
  retries: {
    alias: "T",
    type: "string",
    group: "How:",
    describe: "Try a failed job so many times again [default: 0]",
  },
  resources: {
    type: "string",
    array: true,
    group: "How:",
    describe: "Limits of other resources: --resources gpu=1",
  },
  directory: {
    alias: "d",
    type: "string",
    group: "How:",
    describe: "The working folder: outputs lie in it [default: the current one]",
  },
  configfile: { type: "string", group: "How:", describe: "Another config file than the workflow's own" },
  quiet: {
    alias: "q",
    type: "boolean",
    group: "What is shown:",
    describe: "With -n only the job table; else no progress",
  },
  json: { type: "boolean", group: "What is shown:", describe: "Events as JSON lines on standard output" },
  help: { alias: "h", type: "boolean", group: "What is shown:", describe: "Show this" },
} as const;

const parsing = {
  "dot-notation": false,
  "camel-case-expansion": false,
  "parse-numbers": false,
  "parse-positional-numbers": false,
  "boolean-negation": true,
  "strip-aliased": true,
};

const ownNames = new Set(
  Object.entries(own).flatMap(([flag, o]) => ("alias" in o ? [flag, o.alias as string] : [flag])),
);

function parser(name: string, leaves: readonly ConfigLeaf[]) {
  const taken = leaves.find((leaf) => ownNames.has(leaf.flag));
  if (taken !== undefined)
    throw cannot(
      "offer the option",
      `--${taken.flag}`,
      "the config has a key of the name of one of the engine's options",
      {
        hint: "Rename the key in the workflow's config.",
      },
    );
  const shown = Object.fromEntries(leaves.map((leaf) => [leaf.flag, leafOption(leaf)]));
  return yargs()
    .scriptName(name)
    .usage(
      "$0 [TARGET ...] [OPTION ...]\n\n" +
        "Makes what the targets (rules or files; default: the workflow's first rule) need and what is not\n" +
        "up to date. The same command goes on after any interruption. Targets stand before the options.",
    )
    .parserConfiguration(parsing)
    .options(own)
    .options(shown)
    .help(false)
    .version(false)
    .exitProcess(false)
    .showHelpOnFail(false)
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .fail((message, error) => {
      throw error ?? cannot("read the command line", "", message);
    });
}

function leafOption(leaf: ConfigLeaf) {
  const kind =
    leaf.kind === "boolean"
      ? ({ type: "boolean" } as const)
      : ({ type: "string", array: leaf.kind === "list" } as const);
  return { ...kind, group: "The workflow's config:", describe: leaf.description, hidden: leaf.hidden };
}

/** A literal `--` that a script runner passed on in front means nothing. */
export function cleanArguments(argv: readonly string[]): string[] {
  return argv[0] === "--" ? argv.slice(1) : [...argv];
}

export function earlyOptions(argv: readonly string[]): EarlyOptions {
  const given = parser("", []).parseSync(cleanArguments(argv)) as Record<string, unknown>;
  return { configFile: single(given, "configfile"), directory: single(given, "directory") };
}

/** Reads the whole command line; an option that nobody knows is an error that names the nearest one. */
export function readOptions(argv: readonly string[], name: string, leaves: readonly ConfigLeaf[]): Options {
  const given = parser(name, leaves).parseSync(cleanArguments(argv)) as Record<string, unknown>;
  const known = new Set([...ownNames, ...leaves.map((leaf) => leaf.flag)]);
  for (const key of Object.keys(given))
    if (key !== "_" && key !== "$0" && !known.has(key)) throw unknownOption(key, known);
  const config = leaves.flatMap((leaf): [string, OptionText][] =>
    given[leaf.flag] === undefined ? [] : [[leaf.flag, given[leaf.flag] as OptionText]],
  );
  return {
    targets: (given._ as (string | number)[]).map(String),
    dryRun: given["dry-run"] === true,
    quiet: given.quiet === true,
    jobs: wholeNumber("jobs", single(given, "jobs"), 1) ?? availableParallelism(),
    keepGoing: given["keep-going"] === true,
    forceTargets: given.force === true,
    forceAll: given.forceall === true,
    forceRules: (given.forcerun as string[] | undefined) ?? [],
    retries: wholeNumber("retries", single(given, "retries"), 0) ?? 0,
    resources: readResources((given.resources as string[] | undefined) ?? []),
    json: given.json === true,
    unlock: given.unlock === true,
    help: given.help === true,
    config: new Map(config),
  };
}

export function helpText(name: string, leaves: readonly ConfigLeaf[]): Promise<string> {
  return parser(name, leaves).getHelp();
}

function single(given: Record<string, unknown>, flag: string): string | undefined {
  const value = given[flag];
  if (value === undefined) return undefined;
  if (Array.isArray(value)) throw cannot("read option", `--${flag}`, "it is given more than once");
  if (value === "") throw cannot("read option", `--${flag}`, "it needs a value");
  return String(value);
}

function wholeNumber(flag: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least)
    throw cannot("read option", `--${flag}`, `"${text}" is not a whole number from ${least}`);
  return value;
}

function readResources(texts: readonly string[]): Map<string, number> {
  return new Map(
    texts.map((text) => {
      const [, name, amount] = /^([A-Za-z_]\w*)=(\d+)$/.exec(text) ?? [];
      if (name === undefined)
        throw cannot("read option", "--resources", `"${text}" is not of the form name=number`);
      return [name, Number(amount)];
    }),
  );
}
