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
  return options.map((option) => ({ of: ["run"], takes: takesOf(option.value), ...option, group }));
}

type OptionEntry = Omit<EngineOption, "group" | "of" | "takes"> & Partial<Pick<EngineOption, "of">>;

/** Help writes `[N]` for a value that may be left out, and `N ...` for several. */
function takesOf(value: string | undefined): EngineOption["takes"] {
  if (value === undefined) return "nothing";
  return value.startsWith("[") ? "maybe one" : value.endsWith(" ...") ? "many" : "one";
}

/** The commands that plan, and read a workflow's config for it. */
const planning: readonly Command[] = ["run", "why", "results"];

/** All of them, in the order of help. */
export const engineOptions: readonly EngineOption[] = [
  ...optionGroup("What to make", [
    {
      flag: "dry-run",
      letter: "n",
      aliases: ["dryrun"],
      text: "Show which jobs would run and why, without running them. Jobs in the column `only if` run only if their inputs change. Exit code 2, or 1 with -k, if something cannot be made",
    },
    { flag: "force", letter: "f", text: "Make the targets again, even if they are up to date" },
    { flag: "forceall", letter: "F", text: "Make the targets and everything that they need again" },
    {
      flag: "forcerun",
      letter: "R",
      value: "WHAT ...",
      text: "Make these rules or files again, and the jobs that depend on them if they change",
    },
    { flag: "until", letter: "U", value: "WHAT ...", text: "Stop after these rules or files" },
    {
      flag: "omit-from",
      letter: "O",
      value: "WHAT ...",
      text: "Leave out these rules or files, and the jobs that need them",
    },
    {
      flag: "rerun-triggers",
      value: "KIND ...",
      text: "What makes an output out of date: mtime (an input's content), input (which inputs, their order and names), params, code, software-env (the environment or prefix), output (it was edited) [default: all]",
    },
    {
      flag: "rerun-incomplete",
      aliases: ["ri"],
      text: "Always on: Braid reruns jobs that an interrupted run did not finish",
    },
    {
      flag: "max-checksum-file-size",
      value: "BYTES",
      text: "Compare larger files only by size and time, not by content [default: 100000000]",
    },
  ]),
  ...optionGroup("How to make it", [
    {
      flag: "jobs",
      letter: "j",
      aliases: ["cores", "c"],
      value: "[N]",
      text: `Threads to use at once; \`all\` or no number means all cores [default: ${availableParallelism()}, this machine's cores]`,
    },
    {
      flag: "keep-going",
      letter: "k",
      text: "When a job fails, continue with jobs that do not depend on it. Also continue despite missing sources and protected outputs, in a dry run too",
    },
    {
      flag: "retries",
      letter: "T",
      aliases: ["restart-times"],
      value: "N",
      text: "Retry a failed job up to N times [default: 0]",
    },
    {
      flag: "prioritize",
      letter: "P",
      value: "WHAT ...",
      text: "Start these rules or files, and all that they need, before others",
    },
    { flag: "notemp", aliases: ["nt"], text: "Keep outputs that are marked temp()" },
    {
      flag: "watch",
      text: "Run again when an input, the config or the workflow changes, until you press Ctrl-C",
    },
  ]),
  ...optionGroup("Threads and resources", [
    {
      flag: "resources",
      aliases: ["res"],
      value: "NAME=N ...",
      text: "How much of each resource all running jobs may use together: --resources gpu=1 mem=16GB. mem and disk are sizes with a unit, all others are numbers",
    },
    {
      flag: "set-threads",
      value: "RULE=N ...",
      text: "Set the threads of each job of a rule: --set-threads train=4",
    },
    {
      flag: "set-resources",
      value: "RULE:NAME=N ...",
      text: "Set the resources of each job of a rule: --set-resources train:mem=4GB train:runtime=4h (a number is minutes)",
    },
    {
      flag: "default-resources",
      aliases: ["default-res"],
      value: "NAME=N ...",
      text: "Resources of jobs whose rule does not name them: --default-resources mem=2GB",
    },
  ]),
  ...optionGroup("Where jobs run", [
    {
      flag: "executor",
      value: "NAME",
      text: "Where jobs run: local, in threads of this process [default]; slurm, on a cluster; command, with the commands that the profile names",
    },
    {
      flag: "local-cores",
      value: "N",
      text: `Threads for localRule jobs on this machine when all other jobs run elsewhere; they do not count towards --jobs [default: ${availableParallelism()}, this machine's cores]`,
    },
    {
      flag: "max-jobs-per-timespan",
      value: "N/TIME",
      text: "Submit at most N tasks to the queue per time (s, m, h, d): 100/1m. A task may hold many jobs [default: submitRate of the profile]",
    },
    {
      flag: "latency-wait",
      letter: "w",
      aliases: ["output-wait"],
      value: "SECONDS",
      text: "How long to wait for files that a network file system shows late: outputs of a job, and those of --wait-for-files [default: 0]",
    },
    {
      flag: "wait-for-files",
      value: "FILE ...",
      text: "Start only when these files exist, in a dry run too; paths are relative to the working folder",
    },
    {
      flag: "nolock",
      text: "Do not lock the working folder, and ignore a lock: for file systems without hard links. Outputs that two simultaneous runs both want are made twice; files that a killed run left are not removed",
    },
  ]),
  ...optionGroup("Where things are", [
    {
      flag: "directory",
      letter: "d",
      value: "FOLDER",
      text: "The working folder, which contains the outputs [default: the current folder]",
      of: commands,
    },
    {
      flag: "configfile",
      aliases: ["configfiles"],
      value: "FILE ...",
      text: "Config files to use instead of the workflow's own; later files override earlier ones key by key",
      of: planning,
    },
    {
      flag: "config",
      letter: "C",
      value: "KEY=VALUE ...",
      text: "Override keys of the config files: training.epochs=20 sites=[a,b]. Each key is also an option, which overrides this: --training.epochs 20",
      of: planning,
    },
    {
      flag: "profile",
      value: "FILE",
      text: "Options for a machine or cluster: a YAML file, or a folder with a config.yaml. The command line overrides them",
      of: planning,
    },
    {
      flag: "workflow-profile",
      value: "FILE",
      text: "A profile for this workflow; it overrides --profile",
      of: planning,
    },
  ]),
  ...optionGroup("Inspect without running", [
    {
      flag: "summary",
      letter: "S",
      text: "All outputs, tab-separated: date, rule, log, state and cost of each job",
    },
    {
      flag: "detailed-summary",
      letter: "D",
      text: "The same, with the inputs and the shell command of each output",
    },
    {
      flag: "list-changes",
      aliases: ["lc"],
      value: "KIND ...",
      text: "Outputs whose input, params or code changed",
    },
    { flag: "list-untracked", aliases: ["lu"], text: "Files in the working folder that are not in the plan" },
    { flag: "list-rules", letter: "l", aliases: ["list"], text: "All rules with their outputs" },
    {
      flag: "list-target-rules",
      aliases: ["lt"],
      text: "The rules that can be targets: those without wildcards",
    },
    {
      flag: "rulegraph",
      value: "[FORMAT]",
      text: "Draw the rules and what they need: dot [default], mermaid or svg",
    },
    { flag: "dag", value: "[FORMAT]", text: "Draw the jobs; up-to-date ones are dashed" },
    {
      flag: "report",
      value: "[FILE]",
      text: "Write a page about the last run, its times, costs and failures: report.html, or FILE",
    },
  ]),
  ...optionGroup("Maintain without running", [
    {
      flag: "touch",
      letter: "t",
      text: "Mark existing outputs, including edited ones, as up to date without running jobs. Changes no file. With -n only count them",
    },
    {
      flag: "delete-all-output",
      text: "Delete the outputs of all jobs that the targets need. Lists outputs that are kept, and why; with -n only list them",
    },
    { flag: "delete-temp-output", text: "Delete the outputs that are marked temp(); with -n only list them" },
    { flag: "unlock", text: "Remove the lock that a dead run left; with -n only say whether there is one" },
  ]),
  ...optionGroup("Output", [
    { flag: "ui", text: "Also show the run in a browser; prints the address of the page" },
    {
      flag: "quiet",
      letter: "q",
      words: ["all", "host", "progress", "reason", "rules"],
      text: "Print no progress; with -n, print only the table of jobs. Snakemake's values (all, progress, rules) are accepted and ignored",
    },
    // One entry per command, because the text differs.
    {
      flag: "verbose",
      text: "Print a line when each job starts, with its reason, and when it ends; with -n list all jobs. Show stacks of errors",
    },
    { flag: "verbose", text: "List all failures. Show stacks of errors", of: ["status"] },
    {
      flag: "verbose",
      text: "Show stacks of errors",
      of: commands.filter((command) => command !== "run" && command !== "status"),
    },
    {
      flag: "reason",
      letter: "r",
      text: "Always on: -n prints why each job would run; --verbose prints it when the job starts",
    },
    {
      flag: "printshellcmds",
      letter: "p",
      text: "Print shell commands when jobs start; with -n, those of the listed jobs",
    },
    {
      flag: "json",
      text: "Print JSON for programs: one event per line; with -n the jobs",
      of: ["run", "why", "status"],
    },
    { flag: "version", letter: "v", text: "Print the version of Braid", of: commands },
    { flag: "help", letter: "h", text: "Print this help", of: commands },
  ]),
];

/** The options of one command. */
export function optionsOf(command: Command): EngineOption[] {
  return engineOptions.filter((option) => option.of.includes(command));
}

/** Every name of an option, the letter included. */
export function namesOf({ flag, letter, aliases = [] }: EngineOption): string[] {
  return [flag, ...(letter === undefined ? [] : [letter]), ...aliases];
}
