/**
 * The engine's own options as data, group by group: what the parser accepts, what help shows, what a profile may hold.
 * The names are those that Snakemake users know.
 */

import { availableParallelism } from "node:os";
import { type Command, commands } from "../rules/settings.ts";

export interface EngineOption {
  /** The name without dashes. */
  readonly flag: string;
  /** One letter, and other names that mean the same. */
  readonly letter?: string;
  readonly aliases?: readonly string[];
  /** What follows: nothing, one text, an optional one, or several. */
  readonly takes: "nothing" | "one" | "maybe one" | "many";
  /** What may stand behind an option that takes nothing, and changes nothing. */
  readonly words?: readonly string[];
  /** What follows, as help shows it: `N`. */
  readonly value?: string;
  /** The heading in help. */
  readonly group: string;
  readonly text: string;
  /** The commands that have it. */
  readonly of: readonly Command[];
}

/** Options under one heading; those that do not say whose they are belong to `run`. */
function optionGroup(group: string, options: readonly OptionEntry[]): EngineOption[] {
  return options.map((option) => ({ of: ["run"], ...option, group }));
}

type OptionEntry = Omit<EngineOption, "group" | "of"> & Partial<Pick<EngineOption, "of">>;

/** The commands that plan, and read a workflow's config for it. */
const planning: readonly Command[] = ["run", "why", "results"];

const selectionOptions: readonly EngineOption[] = [
  ...optionGroup("What to make", [
    {
      flag: "dry-run",
      letter: "n",
      aliases: ["dryrun"],
      takes: "nothing",
      text: "Say what would be done, and why; do nothing. Jobs in the column `only if` run only if their inputs come out different. Exit code 2, or 1 with -k, if something cannot be made",
    },
    { flag: "force", letter: "f", takes: "nothing", text: "Make the targets again, up to date or not" },
    { flag: "forceall", letter: "F", takes: "nothing", text: "Make everything again that the targets need" },
    {
      flag: "forcerun",
      letter: "R",
      takes: "many",
      value: "WHAT ...",
      text: "Make these rules or files again, and what depends on them if they come out different",
    },
    { flag: "until", letter: "U", takes: "many", value: "WHAT ...", text: "Stop after these rules or files" },
    {
      flag: "omit-from",
      letter: "O",
      takes: "many",
      value: "WHAT ...",
      text: "Leave out these rules or files, and what needs them",
    },
    {
      flag: "rerun-triggers",
      takes: "many",
      value: "KIND ...",
      text: "What makes an output out of date: mtime (an input's content), input (which inputs, their order and names), params, code, software-env (the prefix), output (it was edited) [default: all]",
    },
    {
      flag: "rerun-incomplete",
      aliases: ["ri"],
      takes: "nothing",
      text: "Always so: what an interrupted run had not finished is made again",
    },
    {
      flag: "max-checksum-file-size",
      takes: "one",
      value: "BYTES",
      text: "Compare larger files by size and time alone, not by content [default: 100000000]",
    },
  ]),
];

const executionOptions: readonly EngineOption[] = [
  ...optionGroup("How to make it", [
    {
      flag: "jobs",
      letter: "j",
      aliases: ["cores", "c"],
      takes: "maybe one",
      value: "[N]",
      text: `Threads to use at once; all, or no number: as many as there are [default: ${availableParallelism()}, this machine's cores]`,
    },
    {
      flag: "keep-going",
      letter: "k",
      takes: "nothing",
      text: "When a job fails, go on with those that do not depend on it. Also go on past missing sources and protected outputs, in a dry run too",
    },
    {
      flag: "retries",
      letter: "T",
      aliases: ["restart-times"],
      takes: "one",
      value: "N",
      text: "Try a failed job so many times again [default: 0]",
    },
    {
      flag: "prioritize",
      letter: "P",
      takes: "many",
      value: "WHAT ...",
      text: "Start these rules or files, and all that they need, before others",
    },
    { flag: "notemp", aliases: ["nt"], takes: "nothing", text: "Keep outputs that are marked temp()" },
  ]),
  ...optionGroup("What jobs book", [
    {
      flag: "resources",
      aliases: ["res"],
      takes: "many",
      value: "NAME=N ...",
      text: "How much there is of what rules book besides threads: --resources gpu=1 mem=16GB. mem and disk are a size with its unit, all others a number",
    },
    {
      flag: "set-threads",
      takes: "many",
      value: "RULE=N ...",
      text: "Threads of jobs of a rule, whatever it says: --set-threads train=4",
    },
    {
      flag: "set-resources",
      takes: "many",
      value: "RULE:NAME=N ...",
      text: "What jobs of a rule book, whatever it says: --set-resources train:mem=4GB train:runtime=4h (a number is minutes)",
    },
    {
      flag: "default-resources",
      aliases: ["default-res"],
      takes: "many",
      value: "NAME=N ...",
      text: "What jobs book where their rule says nothing of it: --default-resources mem=2GB",
    },
  ]),
];

const placeOptions: readonly EngineOption[] = [
  ...optionGroup("Where jobs run", [
    {
      flag: "executor",
      takes: "one",
      value: "NAME",
      text: "Where jobs run: local, in threads of this process [default]; slurm, on a cluster; command, by commands of the profile",
    },
    {
      flag: "local-cores",
      takes: "one",
      value: "N",
      text: `Threads of this machine for the jobs of localRule where all others run elsewhere; they do not count against --jobs [default: ${availableParallelism()}, its cores]`,
    },
    {
      flag: "max-jobs-per-timespan",
      takes: "one",
      value: "N/TIME",
      text: "Submit at most so many tasks in any such time (s, m, h, d), where jobs run elsewhere: 100/1m. A task may hold many jobs [default: what submitRate of the profile allows]",
    },
    {
      flag: "latency-wait",
      letter: "w",
      aliases: ["output-wait"],
      takes: "one",
      value: "SECONDS",
      text: "Wait so long for files that network file systems show late: outputs of an ended job, and those of --wait-for-files [default: 0]",
    },
    {
      flag: "wait-for-files",
      takes: "many",
      value: "FILE ...",
      text: "Begin, a dry run too, only when these files are seen; paths from the working folder",
    },
    {
      flag: "nolock",
      takes: "nothing",
      text: "Do not take the lock of the working folder, and run whoever holds it: for file systems without hard links. Two runs at once make twice what both want; what a killed run left is not cleared away",
    },
  ]),
  ...optionGroup("Where things are", [
    {
      flag: "directory",
      letter: "d",
      takes: "one",
      value: "FOLDER",
      text: "The working folder: outputs lie in it [default: the current one]",
      of: commands,
    },
    {
      flag: "configfile",
      aliases: ["configfiles"],
      takes: "many",
      value: "FILE ...",
      text: "Other config files than the workflow's own; a later one lies over those before it, key by key",
      of: planning,
    },
    {
      flag: "config",
      letter: "C",
      takes: "many",
      value: "KEY=VALUE ...",
      text: "Keys of the config, over its files: training.epochs=20 sites=[a,b]. Each is an option of its own too, which comes first",
      of: planning,
    },
    {
      flag: "profile",
      takes: "one",
      value: "FILE",
      text: "A YAML file, or a folder with a config.yaml, of options for a machine or a cluster; options on the command line come first",
      of: planning,
    },
    {
      flag: "workflow-profile",
      takes: "one",
      value: "FILE",
      text: "Another such file: what holds for this workflow. What it says comes before what --profile says",
      of: planning,
    },
  ]),
];

const inspectionOptions: readonly EngineOption[] = [
  ...optionGroup("Look, run nothing", [
    {
      flag: "summary",
      letter: "S",
      takes: "nothing",
      text: "All outputs, with date, rule, log, state and what each job has cost, separated by tabs",
    },
    {
      flag: "detailed-summary",
      letter: "D",
      takes: "nothing",
      text: "The same, with the inputs and the shell command of each output",
    },
    {
      flag: "list-changes",
      aliases: ["lc"],
      takes: "many",
      value: "KIND ...",
      text: "Outputs whose input, params or code changed",
    },
    {
      flag: "list-untracked",
      aliases: ["lu"],
      takes: "nothing",
      text: "Files in the working folder that are not in the plan",
    },
    {
      flag: "list-rules",
      letter: "l",
      aliases: ["list"],
      takes: "nothing",
      text: "The rules, with the outputs that each makes",
    },
    {
      flag: "list-target-rules",
      aliases: ["lt"],
      takes: "nothing",
      text: "The rules that can be targets: those without wildcards",
    },
    {
      flag: "rulegraph",
      takes: "maybe one",
      value: "[FORMAT]",
      text: "Draw the rules and what they need: dot [default], mermaid or svg",
    },
    {
      flag: "dag",
      takes: "maybe one",
      value: "[FORMAT]",
      text: "Draw the jobs; those that are up to date are dashed",
    },
    {
      flag: "report",
      takes: "maybe one",
      value: "[FILE]",
      text: "Write what was run, when, at what cost and with what outcome as a page: report.html, or FILE",
    },
  ]),
  ...optionGroup("Put in order, run nothing", [
    {
      flag: "touch",
      letter: "t",
      takes: "nothing",
      text: "Mark the existing outputs, edited ones too, as up to date without running jobs. No file is changed. With -n only count them",
    },
    {
      flag: "delete-all-output",
      takes: "nothing",
      text: "Delete the outputs of all jobs that the targets need, and say which are kept, and why; with -n only list them",
    },
    {
      flag: "delete-temp-output",
      takes: "nothing",
      text: "Delete the outputs that are marked temp(); with -n only list them",
    },
    {
      flag: "unlock",
      takes: "nothing",
      text: "Remove the lock of a run that is gone; with -n only say whether there is one",
    },
  ]),
];

const outputOptions: readonly EngineOption[] = [
  ...optionGroup("What is shown", [
    {
      flag: "ui",
      takes: "nothing",
      text: "Show the run in a browser too: prints the address of a page on this machine",
    },
    {
      flag: "quiet",
      letter: "q",
      takes: "nothing",
      words: ["all", "host", "progress", "reason", "rules"],
      text: "With -n only the table of jobs; else no progress. A word of Snakemake behind it (all, progress, rules) changes nothing",
    },
    // It shows other things in other commands.
    {
      flag: "verbose",
      takes: "nothing",
      text: "A line for each job as it starts, with its reason, and as it ends; with -n all jobs, however many. Errors with their stack",
    },
    {
      flag: "verbose",
      takes: "nothing",
      text: "All failures, however many. Errors with their stack",
      of: ["status"],
    },
    {
      flag: "verbose",
      takes: "nothing",
      text: "Errors with their stack",
      of: commands.filter((command) => command !== "run" && command !== "status"),
    },
    {
      flag: "reason",
      letter: "r",
      takes: "nothing",
      text: "Always so: -n says why each job would run, --verbose as it starts",
    },
    {
      flag: "printshellcmds",
      letter: "p",
      takes: "nothing",
      text: "The shell commands: with -n of the jobs that are listed, else as they start",
    },
    {
      flag: "json",
      takes: "nothing",
      text: "JSON on standard output, for programs: events, a line each; with -n the jobs",
      of: ["run", "why", "status"],
    },
    { flag: "version", letter: "v", takes: "nothing", text: "The version of Braid", of: commands },
    { flag: "help", letter: "h", takes: "nothing", text: "This help", of: commands },
  ]),
];

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
