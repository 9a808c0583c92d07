/** What the user asked for: the words of the command line and of a profile, checked and with their types. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { clusterExecutors, type TaskLimit } from "../calls/executor.ts";
import type { OptionValue } from "../config/config.ts";
import type { ConfigLeaf } from "../config/leaves.ts";
import { cannot } from "../errors.ts";
import { type Command, type Trigger, triggers } from "../rules/settings.ts";
import type { Amounts } from "../rules/workflow.ts";
import {
  checkConfigOption,
  profileFile,
  profileOptions,
  readProfile,
  withConfigOption,
  wrapProfileErrors,
} from "./option-sources.ts";
import { ownNames, parseArguments } from "./parse.ts";
import { refuseUnknownOptions } from "./unknown-options.ts";
import {
  type Action,
  choicesOf,
  listOf,
  readAction,
  readAmounts,
  readResources,
  singleText,
  taskLimit,
  toArguments,
  wholeNumber,
} from "./values.ts";

/** Where jobs can run. */
const executorNames = ["local", ...clusterExecutors] as const;
export type ExecutorName = (typeof executorNames)[number];

/** Tasks in flight where jobs run on other machines and nobody says how many. */
const remoteJobs = 100;

export interface Options {
  readonly command: Command;
  readonly executor: ExecutorName;
  /** The profiles, absolute; what a later one says comes before what an earlier one says. */
  readonly profiles: readonly string[];
  /** Targets, or the paths that `why` is asked about. */
  readonly words: readonly string[];
  readonly action: Action;
  readonly directory: string | undefined;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  /** A line for each job, and errors with their stack. */
  readonly verbose: boolean;
  readonly json: boolean;
  /** Show the run in a browser. */
  readonly ui: boolean;
  readonly help: boolean;
  readonly jobs: number;
  /** Threads of this machine for jobs that run here where others run elsewhere; undefined: all of them. */
  readonly localCores: number | undefined;
  /** How many tasks may be submitted in a span of time; undefined: as many as the queue takes. */
  readonly taskLimit: TaskLimit | undefined;
  readonly keepGoing: boolean;
  readonly forceTargets: boolean;
  readonly forceAll: boolean;
  readonly forceRules: readonly string[];
  readonly until: readonly string[];
  readonly omitFrom: readonly string[];
  /** Rules or files that start before others, with all that they need. */
  readonly prioritize: readonly string[];
  readonly triggers: ReadonlySet<Trigger>;
  readonly retries: number;
  readonly resources: ReadonlyMap<string, number>;
  /** Resources of jobs: those that override their rules, and defaults. */
  readonly amounts: Amounts;
  readonly latencyWait: number;
  /** Files that must be there before anything is planned, as seen from the working folder. */
  readonly waitForFiles: readonly string[];
  readonly withoutLock: boolean;
  readonly keepTemp: boolean;
  /** Files of more bytes are compared by size and time alone; undefined: the engine's own limit. */
  readonly hashLimit: number | undefined;
  readonly printCommands: boolean;
  /** Options that name leaves of the config, without dashes. */
  readonly config: ReadonlyMap<string, OptionValue>;
  /** The options that a command for one job must repeat, as words: `--configfile x.yml`. */
  readonly repeat: readonly string[];
}

/** What must be known before the workflow's own options are. */
export interface EarlyOptions {
  readonly command: Command;
  readonly configFiles: readonly string[];
  readonly directory: string | undefined;
  readonly help: boolean;
  readonly version: boolean;
  /** Standard output is for JSON alone. */
  readonly json: boolean;
  /** Run again after each change. */
  readonly watch: boolean;
  /** The files of the profiles, as the user named them. */
  readonly profileFiles: readonly string[];
}

/**
 * The arguments of a command. Its words are parsed with the engine's own options first; which further words are options
 * of the config shows only when the workflow and its config files are known.
 */
export interface CommandLine {
  readonly early: EarlyOptions;
  /** The options for `leaves` of the config; options that nobody knows yet are ignored. */
  configOptions(leaves: readonly ConfigLeaf[]): ReadonlyMap<string, OptionValue>;
  /** All options, with all leaves of the config. Throws if an option is unknown, naming the nearest one. */
  options(leaves: readonly ConfigLeaf[]): Options;
}

/** Reads `argv`, and the profiles that it names, once. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const contents = new Map<string, ReadonlyMap<string, OptionValue>>();
  const readOnce = (path: string) => {
    const options = contents.get(path) ?? readProfile(path);
    contents.set(path, options);
    return options;
  };
  const read = (leaves: readonly ConfigLeaf[]) => withProfiles(argv, leaves, readOnce);
  const { command, given } = read([]);
  return {
    early: {
      command,
      configFiles: listOf(given, "configfile"),
      directory: singleText(given, "directory"),
      help: given.get("help") === true,
      version: given.get("version") === true,
      json: given.get("json") === true && readAction(given).kind === "make",
      watch: command === "run" && watchOf(given),
      profileFiles: profilesOf(given),
    },
    configOptions: (leaves) => configOptions(read(leaves).given, leaves),
    options: (leaves) => allOptions(read(leaves), leaves),
  };
}

function allOptions(
  { command, words, given, typed, profiles }: ReturnType<typeof withProfiles>,
  leaves: readonly ConfigLeaf[],
): Options {
  const refuse = (of: Command, options: ReadonlyMap<string, OptionValue>) => {
    if (ownNames(of).has("config")) checkConfigOption(options, leaves);
    refuseUnknownOptions(of, options, leaves);
  };
  refuse(command, typed);
  // A profile may hold options of `run` that other commands have no use for.
  for (const { path, given } of profiles) wrapProfileErrors(path, () => refuse("run", given));
  return {
    ...valuesOf(given),
    command,
    profiles: profilesOf(given).map((path) => resolve(path)),
    words,
    config: configOptions(given, leaves),
    repeat: [
      "directory",
      "configfile",
      "executor",
      ...profileOptions,
      ...leaves.map((leaf) => leaf.flag),
    ].flatMap((name) => toArguments(name, typed.get(name))),
  };
}

/** What the engine's own options say, wherever they stand. */
function valuesOf(
  given: ReadonlyMap<string, OptionValue>,
): Omit<Options, "command" | "profiles" | "words" | "config" | "repeat"> {
  const flag = (name: string) => given.get(name) === true;
  const many = (name: string) => (given.get(name) ?? []) as readonly string[];
  const executor = readExecutor(singleText(given, "executor") ?? "local");
  return {
    executor,
    action: readAction(given),
    directory: singleText(given, "directory"),
    dryRun: flag("dry-run"),
    quiet: flag("quiet"),
    verbose: flag("verbose"),
    json: flag("json"),
    ui: flag("ui"),
    help: flag("help"),
    jobs: jobsOf(given) ?? (executor === "local" ? availableParallelism() : remoteJobs),
    localCores: wholeNumber("local-cores", singleText(given, "local-cores"), 1),
    taskLimit: taskLimit("max-jobs-per-timespan", singleText(given, "max-jobs-per-timespan")),
    keepGoing: flag("keep-going"),
    forceTargets: flag("force"),
    forceAll: flag("forceall"),
    forceRules: listOf(given, "forcerun"),
    until: listOf(given, "until"),
    omitFrom: listOf(given, "omit-from"),
    prioritize: listOf(given, "prioritize"),
    triggers: triggersOf(given),
    retries: wholeNumber("retries", singleText(given, "retries"), 0) ?? 0,
    resources: readResources("resources", many("resources")),
    amounts: readAmounts({
      defaults: many("default-resources"),
      threads: many("set-threads"),
      resources: many("set-resources"),
    }),
    latencyWait: wholeNumber("latency-wait", singleText(given, "latency-wait"), 0) ?? 0,
    waitForFiles: listOf(given, "wait-for-files"),
    withoutLock: flag("nolock"),
    keepTemp: flag("notemp"),
    hashLimit: wholeNumber("max-checksum-file-size", singleText(given, "max-checksum-file-size"), 0),
    printCommands: flag("printshellcmds"),
  };
}

function watchOf(given: ReadonlyMap<string, OptionValue>): boolean {
  if (given.get("watch") !== true) return false;
  if (readAction(given).kind !== "make")
    throw cannot("use", "--watch", "it works only with runs and dry runs");
  const force = ["force", "forceall", "forcerun"].find((name) => given.has(name));
  if (force !== undefined)
    throw cannot("use", "--watch", `with --${force}, each change would run all forced jobs again`, {
      hint: `Run once with --${force}, then watch without it.`,
    });
  return true;
}

/** Undefined for as many as there are: `-j`, `--cores all`. */
function jobsOf(given: ReadonlyMap<string, OptionValue>): number | undefined {
  const value = given.get("jobs");
  if (value === "unlimited")
    throw cannot("read option", "--jobs", "the number of jobs must be limited", {
      hint: `Give a number, or "all": one job per core, or ${remoteJobs} tasks in a queue.`,
    });
  return value === "" || value === "all" ? undefined : wholeNumber("jobs", singleText(given, "jobs"), 1);
}

function triggersOf(given: ReadonlyMap<string, OptionValue>): ReadonlySet<Trigger> {
  if (!given.has("rerun-triggers")) return new Set(triggers);
  return new Set(choicesOf(given, "rerun-triggers", triggers));
}

function readExecutor(name: string): ExecutorName {
  const known = executorNames.find((each) => each === name);
  if (known !== undefined) return known;
  throw cannot("read option", "--executor", `there is no executor "${name}"`, {
    facts: [["there are", executorNames.join(", ")]],
  });
}

/** The files of the profiles that are named, the one of the workflow last. */
function profilesOf(given: ReadonlyMap<string, OptionValue>): string[] {
  return profileOptions.flatMap((name) => singleText(given, name) ?? []).map(profileFile);
}

/** The words of the command line; what they leave open comes from the profiles that they name. */
function withProfiles(
  argv: readonly string[],
  leaves: readonly ConfigLeaf[],
  read: (path: string) => ReadonlyMap<string, OptionValue>,
) {
  const words = parseArguments(argv, leaves);
  const typed = withConfigOption(words.given, leaves);
  const profiles = profilesOf(typed).map((path) => {
    const values = read(path);
    const given = wrapProfileErrors(path, () => {
      valuesOf(values);
      return withConfigOption(values, leaves);
    });
    return { path, given };
  });
  const open = profiles.flatMap(({ given }) => [...given]);
  return { ...words, typed, profiles, given: new Map([...open, ...typed]) };
}

function configOptions(
  given: ReadonlyMap<string, OptionValue>,
  leaves: readonly ConfigLeaf[],
): Map<string, OptionValue> {
  return new Map(
    leaves.flatMap(({ flag }): [string, OptionValue][] =>
      given.has(flag) ? [[flag, given.get(flag)!]] : [],
    ),
  );
}
