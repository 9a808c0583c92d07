/** Options that look at a working folder or put it in order instead of making anything. */
import { type EngineOption, optionGroup } from "./own-option.ts";

export const inspectionOptions: readonly EngineOption[] = [
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
