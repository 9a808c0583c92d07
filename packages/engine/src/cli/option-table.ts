/**
 * The engine's own options as data: what the parser accepts, what help shows, what a profile may hold.
 * The names are those that Snakemake users know.
 */
import { availableParallelism } from "node:os";
import type { Command } from "../rules/reserved.ts";

export interface OwnOption {
  /** The name without dashes. */
  readonly flag: string;
  /** One letter, and other names that mean the same. */
  readonly letter?: string;
  readonly aliases?: readonly string[];
  /** What follows: nothing, one text, an optional one, or several. */
  readonly takes: "nothing" | "one" | "maybe one" | "many";
  /** What follows, as help shows it: `N`. */
  readonly value?: string;
  readonly group: string;
  readonly text: string;
  /** The commands that have it; all of them where this is left out. */
  readonly of?: readonly Command[];
}

const planning: readonly Command[] = ["run", "why", "results"];

export const ownOptions: readonly OwnOption[] = [
  {
    flag: "dry-run",
    letter: "n",
    aliases: ["dryrun"],
    takes: "nothing",
    group: "What to make",
    text: "Say what would be done, and why; do nothing",
    of: ["run"],
  },
  {
    flag: "force",
    letter: "f",
    takes: "nothing",
    group: "What to make",
    text: "Make the targets again, up to date or not",
    of: ["run"],
  },
  {
    flag: "forceall",
    letter: "F",
    takes: "nothing",
    group: "What to make",
    text: "Make everything again that the targets need",
    of: ["run"],
  },
  {
    flag: "forcerun",
    letter: "R",
    takes: "many",
    value: "WHAT ...",
    group: "What to make",
    text: "Make these rules or files again, and what needs them",
    of: ["run"],
  },
  {
    flag: "until",
    letter: "U",
    takes: "many",
    value: "WHAT ...",
    group: "What to make",
    text: "Stop after these rules or files",
    of: ["run"],
  },
  {
    flag: "omit-from",
    letter: "O",
    takes: "many",
    value: "WHAT ...",
    group: "What to make",
    text: "Leave out these rules or files, and what needs them",
    of: ["run"],
  },
  {
    flag: "rerun-triggers",
    takes: "many",
    value: "KIND ...",
    group: "What to make",
    text: "What makes an output out of date: mtime (an input's content), input (which inputs), params, code [default: all]",
    of: ["run"],
  },
  {
    flag: "max-checksum-file-size",
    takes: "one",
    value: "BYTES",
    group: "What to make",
    text: "Compare larger files by size and time alone, not by content [default: 100000000]",
    of: ["run"],
  },
  {
    flag: "jobs",
    letter: "j",
    aliases: ["cores", "c"],
    takes: "one",
    value: "N",
    group: "How to make it",
    text: `Threads to use at once [default: ${availableParallelism()}, this machine's cores]`,
    of: ["run"],
  },
  {
    flag: "keep-going",
    letter: "k",
    takes: "nothing",
    group: "How to make it",
    text: "When a job fails, go on with those that do not need it",
    of: ["run"],
  },
  {
    flag: "retries",
    letter: "T",
    takes: "one",
    value: "N",
    group: "How to make it",
    text: "Try a failed job so many times again [default: 0]",
    of: ["run"],
  },
  {
    flag: "resources",
    takes: "many",
    value: "NAME=N ...",
    group: "How to make it",
    text: "How much there is of what rules book besides threads: --resources gpu=1",
    of: ["run"],
  },
  {
    flag: "set-threads",
    takes: "many",
    value: "RULE=N ...",
    group: "How to make it",
    text: "Threads of jobs of a rule, whatever it says: --set-threads train=4",
    of: ["run"],
  },
  {
    flag: "set-resources",
    takes: "many",
    value: "RULE:NAME=N ...",
    group: "How to make it",
    text: "What jobs of a rule book, whatever it says: --set-resources train:gpu=1",
    of: ["run"],
  },
  {
    flag: "default-resources",
    takes: "many",
    value: "NAME=N ...",
    group: "How to make it",
    text: "What jobs book where their rule says nothing of it: --default-resources mem_mb=2000",
    of: ["run"],
  },
  {
    flag: "executor",
    takes: "one",
    value: "NAME",
    group: "How to make it",
    text: "Where jobs run: local, in threads of this process [default]; slurm, on a cluster; command, by commands of the profile",
    of: ["run"],
  },
  {
    flag: "latency-wait",
    letter: "w",
    takes: "one",
    value: "SECONDS",
    group: "How to make it",
    text: "Wait so long for the outputs of an ended job to be seen, on network file systems [default: 0]",
    of: ["run"],
  },
  {
    flag: "notemp",
    takes: "nothing",
    group: "How to make it",
    text: "Keep outputs that are marked temp()",
    of: ["run"],
  },
  {
    flag: "directory",
    letter: "d",
    takes: "one",
    value: "FOLDER",
    group: "Where things are",
    text: "The working folder: outputs lie in it [default: the current one]",
  },
  {
    flag: "configfile",
    takes: "one",
    value: "FILE",
    group: "Where things are",
    text: "Another config file than the workflow's own",
    of: planning,
  },
  {
    flag: "profile",
    takes: "one",
    value: "FILE",
    group: "Where things are",
    text: "A YAML file of options, for those that the command line does not give",
    of: planning,
  },
  {
    flag: "summary",
    letter: "S",
    takes: "nothing",
    group: "Look, run nothing",
    text: "All outputs, with date, rule, log, state and what each job has cost, separated by tabs",
    of: ["run"],
  },
  {
    flag: "list-changes",
    aliases: ["lc"],
    takes: "many",
    value: "KIND ...",
    group: "Look, run nothing",
    text: "Outputs whose input, params or code changed",
    of: ["run"],
  },
  {
    flag: "list-untracked",
    aliases: ["lu"],
    takes: "nothing",
    group: "Look, run nothing",
    text: "Files in the working folder that the plan does not know",
    of: ["run"],
  },
  {
    flag: "list-rules",
    letter: "l",
    aliases: ["list"],
    takes: "nothing",
    group: "Look, run nothing",
    text: "The rules, with the outputs that each makes",
    of: ["run"],
  },
  {
    flag: "rulegraph",
    takes: "maybe one",
    value: "[FORMAT]",
    group: "Look, run nothing",
    text: "Draw the rules and what they need: dot [default], mermaid or svg",
    of: ["run"],
  },
  {
    flag: "dag",
    takes: "maybe one",
    value: "[FORMAT]",
    group: "Look, run nothing",
    text: "Draw the jobs; those that are up to date are dashed",
    of: ["run"],
  },
  {
    flag: "report",
    takes: "maybe one",
    value: "[FILE]",
    group: "Look, run nothing",
    text: "Write what was run, when, at what cost and with what outcome as a page: report.html, or FILE",
    of: ["run"],
  },
  {
    flag: "touch",
    letter: "t",
    takes: "nothing",
    group: "Put in order, run nothing",
    text: "Take the outputs that stand as up to date",
    of: ["run"],
  },
  {
    flag: "delete-all-output",
    takes: "nothing",
    group: "Put in order, run nothing",
    text: "Delete the outputs of all jobs that the targets need; with -n only list them",
    of: ["run"],
  },
  {
    flag: "delete-temp-output",
    takes: "nothing",
    group: "Put in order, run nothing",
    text: "Delete the outputs that are marked temp(); with -n only list them",
    of: ["run"],
  },
  {
    flag: "unlock",
    takes: "nothing",
    group: "Put in order, run nothing",
    text: "Remove the lock of a run that is gone",
    of: ["run"],
  },
  {
    flag: "ui",
    takes: "nothing",
    group: "What is shown",
    text: "Show the run in a browser too: prints the address of a page on this machine",
    of: ["run"],
  },
  {
    flag: "quiet",
    letter: "q",
    takes: "nothing",
    group: "What is shown",
    text: "With -n only the table of jobs; else no progress",
    of: ["run"],
  },
  {
    flag: "printshellcmds",
    letter: "p",
    takes: "nothing",
    group: "What is shown",
    text: "The shell commands: with -n of the jobs that are listed, else as they start",
    of: ["run"],
  },
  {
    flag: "json",
    takes: "nothing",
    group: "What is shown",
    text: "JSON on standard output, for programs: events, a line each; with -n the jobs",
    of: ["run", "why", "status"],
  },
  { flag: "version", takes: "nothing", group: "What is shown", text: "The version of Braid" },
  { flag: "help", letter: "h", takes: "nothing", group: "What is shown", text: "This help" },
];

/** The options of one command. */
export function optionsOf(command: Command): OwnOption[] {
  return ownOptions.filter((option) => option.of?.includes(command) ?? true);
}

/** Every name of an option, the letter included. */
export function namesOf({ flag, letter, aliases = [] }: OwnOption): string[] {
  return [flag, ...(letter === undefined ? [] : [letter]), ...aliases];
}
