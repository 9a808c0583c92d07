/** Options that say what the user is shown. */
import { commands } from "../../rules/reserved.ts";
import { type EngineOption, optionGroup } from "./own-option.ts";

export const outputOptions: readonly EngineOption[] = [
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
