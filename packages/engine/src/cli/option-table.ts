/**
 * The engine's own options as data, group by group: what the parser accepts, what help shows, what a profile may hold.
 * The names are those that Snakemake users know.
 */

import { availableParallelism } from "node:os";
import { type Command, commands } from "../rules/settings.ts";

export interface EngineOption {
  /** The name without dashes. */
  readonly flag: string;
  /** The one-letter name. */
  readonly letter?: string;
  readonly aliases?: readonly string[];
  /** How many values follow: none, one, at most one, or several. */
  readonly takes: "nothing" | "one" | "maybe one" | "many";
  /** Values that an option without a value accepts and ignores, as Snakemake has them. */
  readonly words?: readonly string[];
  /** The name of the value in help: `N`. */
  readonly value?: string;
  /** The heading in help. */
  readonly group: string;
  readonly text: string;
  /** The commands that accept it. */
  readonly of: readonly Command[];
}

/** Options under one heading. Without `of`, an option belongs to `run`. */
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
      text: "Show which jobs would run and why, without running them. Jobs in the column `only if` run only if their inputs change. Exit code 2, or 1 with -k, if something cannot be made",
    },
    {
      flag: "force",
      letter: "f",
      takes: "nothing",
      text: "Make the targets again, even if they are up to date",
    },
    {
      flag: "forceall",
      letter: "F",
      takes: "nothing",
      text: "Make the targets and everything that they need again",
    },
    {
      flag: "forcerun",
      letter: "R",
      takes: "many",
      value: "WHAT ...",
      text: "Make these rules or files again, and the jobs that depend on them if they change",
    },
    { flag: "until", letter: "U", takes: "many", value: "WHAT ...", text: "Stop after these rules or files" },
    {
      flag: "omit-from",
      letter: "O",
      takes: "many",
      value: "WHAT ...",
      text: "Leave out these rules or files, and the jobs that need them",
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
      text: "Always on: Braid makes again what an interrupted run did not finish",
    },
    {
      flag: "max-checksum-file-size",
      takes: "one",
      value: "BYTES",
      text: "Compare larger files only by size and time, not by content [default: 100000000]",
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
      text: `Threads to use at once; \`all\` or no number means all cores [default: ${availableParallelism()}, this machine's cores]`,
    },
    {
      flag: "keep-going",
      letter: "k",
      takes: "nothing",
      text: "When a job fails, go on with jobs that do not depend on it. Also go on past missing sources and protected outputs, in a dry run too",
    },
    {
      flag: "retries",
      letter: "T",
      aliases: ["restart-times"],
      takes: "one",
      value: "N",
      text: "Retry a failed job up to N times [default: 0]",
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
  ...optionGroup("Threads and resources", [
    {
      flag: "resources",
      aliases: ["res"],
      takes: "many",
      value: "NAME=N ...",
      text: "How much of each resource all running jobs may use together: --resources gpu=1 mem=16GB. mem and disk are sizes with a unit, all others are numbers",
    },
    {
      flag: "set-threads",
      takes: "many",
      value: "RULE=N ...",
      text: "Set the threads of each job of a rule: --set-threads train=4",
    },
    {
      flag: "set-resources",
      takes: "many",
      value: "RULE:NAME=N ...",
      text: "Set the resources of each job of a rule: --set-resources train:mem=4GB train:runtime=4h (a number is minutes)",
    },
    {
      flag: "default-resources",
      aliases: ["default-res"],
      takes: "many",
      value: "NAME=N ...",
      text: "Resources of jobs whose rule does not name them: --default-resources mem=2GB",
    },
  ]),
];

const placeOptions: readonly EngineOption[] = [
  ...optionGroup("Where jobs run", [
    {
      flag: "executor",
      takes: "one",
      value: "NAME",
      text: "Where jobs run: local, in threads of this process [default]; slurm, on a cluster; command, with the commands that the profile names",
    },
    {
      flag: "local-cores",
      takes: "one",
      value: "N",
      text: `Threads for localRule jobs on this machine when all other jobs run elsewhere; they do not count towards --jobs [default: ${availableParallelism()}, this machine's cores]`,
    },
    {
      flag: "max-jobs-per-timespan",
      takes: "one",
      value: "N/TIME",
      text: "Submit at most N tasks to the queue per time (s, m, h, d): 100/1m. A task may hold many jobs [default: submitRate of the profile]",
    },
    {
      flag: "latency-wait",
      letter: "w",
      aliases: ["output-wait"],
      takes: "one",
      value: "SECONDS",
      text: "How long to wait for files that a network file system shows late: outputs of a job, and those of --wait-for-files [default: 0]",
    },
    {
      flag: "wait-for-files",
      takes: "many",
      value: "FILE ...",
      text: "Start only when these files exist, in a dry run too; paths are relative to the working folder",
    },
    {
      flag: "nolock",
      takes: "nothing",
      text: "Do not lock the working folder, and ignore a lock: for file systems without hard links. Outputs that two simultaneous runs both want are made twice; files that a killed run left are not removed",
    },
  ]),
  ...optionGroup("Where things are", [
    {
      flag: "directory",
      letter: "d",
      takes: "one",
      value: "FOLDER",
      text: "The working folder, which contains the outputs [default: the current folder]",
      of: commands,
    },
    {
      flag: "configfile",
      aliases: ["configfiles"],
      takes: "many",
      value: "FILE ...",
      text: "Config files to use instead of the workflow's own; later files override earlier ones key by key",
      of: planning,
    },
    {
      flag: "config",
      letter: "C",
      takes: "many",
      value: "KEY=VALUE ...",
      text: "Override keys of the config files: training.epochs=20 sites=[a,b]. Each key is also an option, which wins: --training.epochs 20",
      of: planning,
    },
    {
      flag: "profile",
      takes: "one",
      value: "FILE",
      text: "Options for a machine or cluster: a YAML file, or a folder with a config.yaml. The command line overrides them",
      of: planning,
    },
    {
      flag: "workflow-profile",
      takes: "one",
      value: "FILE",
      text: "A profile for this workflow; it overrides --profile",
      of: planning,
    },
  ]),
];

const inspectionOptions: readonly EngineOption[] = [
  ...optionGroup("Inspect without running", [
    {
      flag: "summary",
      letter: "S",
      takes: "nothing",
      text: "All outputs, tab-separated: date, rule, log, state and cost of each job",
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
      text: "All rules with their outputs",
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
      text: "Draw the jobs; up-to-date ones are dashed",
    },
    {
      flag: "report",
      takes: "maybe one",
      value: "[FILE]",
      text: "Write a page about the last run, its times, costs and failures: report.html, or FILE",
    },
  ]),
  ...optionGroup("Maintain without running", [
    {
      flag: "touch",
      letter: "t",
      takes: "nothing",
      text: "Mark existing outputs, including edited ones, as up to date without running jobs. Changes no file. With -n only count them",
    },
    {
      flag: "delete-all-output",
      takes: "nothing",
      text: "Delete the outputs of all jobs that the targets need. Lists outputs that are kept, and why; with -n only list them",
    },
    {
      flag: "delete-temp-output",
      takes: "nothing",
      text: "Delete the outputs that are marked temp(); with -n only list them",
    },
    {
      flag: "unlock",
      takes: "nothing",
      text: "Remove the lock that a dead run left; with -n only say whether there is one",
    },
  ]),
];

const outputOptions: readonly EngineOption[] = [
  ...optionGroup("Output", [
    {
      flag: "ui",
      takes: "nothing",
      text: "Also show the run in a browser; prints the address of the page",
    },
    {
      flag: "quiet",
      letter: "q",
      takes: "nothing",
      words: ["all", "host", "progress", "reason", "rules"],
      text: "Print no progress; with -n, print only the table of jobs. Snakemake's values (all, progress, rules) are accepted and ignored",
    },
    // One entry per command, because the text differs.
    {
      flag: "verbose",
      takes: "nothing",
      text: "Print a line when each job starts, with its reason, and when it ends; with -n list all jobs. Show stacks of errors",
    },
    {
      flag: "verbose",
      takes: "nothing",
      text: "List all failures. Show stacks of errors",
      of: ["status"],
    },
    {
      flag: "verbose",
      takes: "nothing",
      text: "Show stacks of errors",
      of: commands.filter((command) => command !== "run" && command !== "status"),
    },
    {
      flag: "reason",
      letter: "r",
      takes: "nothing",
      text: "Always on: -n prints why each job would run; --verbose prints it when the job starts",
    },
    {
      flag: "printshellcmds",
      letter: "p",
      takes: "nothing",
      text: "Print shell commands when jobs start; with -n, those of the listed jobs",
    },
    {
      flag: "json",
      takes: "nothing",
      text: "Print JSON for programs: one event per line; with -n the jobs",
      of: ["run", "why", "status"],
    },
    { flag: "version", letter: "v", takes: "nothing", text: "Print the version of Braid", of: commands },
    { flag: "help", letter: "h", takes: "nothing", text: "Print this help", of: commands },
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
