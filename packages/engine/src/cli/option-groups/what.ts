/** Options that say what is made, and what counts as out of date. */
import { type EngineOption, optionGroup } from "./own-option.ts";

export const selectionOptions: readonly EngineOption[] = [
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
