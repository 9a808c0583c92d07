/** Help as a new user reads it: what the command does, its options by purpose, examples at the end. */
import type { ConfigLeaf } from "../config/config.ts";
import { type Command, commands } from "../rules/settings.ts";
import { optionsOf } from "./option-table.ts";

interface About {
  readonly usage: string;
  readonly line: string;
  readonly text: string;
  readonly examples: readonly (readonly [words: string, what: string])[];
}

const about: Readonly<Record<Command, About>> = {
  run: {
    usage: "[run] [TARGET ...] [OPTION ...]",
    line: "Make what is missing or out of date (the default)",
    text: [
      "Makes what the targets need and what is missing or out of date. Targets are rules or files; without",
      "any, the workflow's first rule. They stand before the options, or after --. A run may be interrupted",
      "anywhere: the same command goes on.",
    ].join("\n"),
    examples: [
      ["-n --quiet", "how many jobs would run"],
      ["-n", "which, and why"],
      ["-j 4 -k", "run on four threads; when a job fails, go on with the others"],
      ["out/table.csv -f", "make this file again"],
      ["--until RULE", "stop after the jobs of a rule"],
      ["why out/table.csv", "why a file is out of date, or how it was made"],
      ["status", "how a run goes, from another terminal"],
      ["--report", "write a page about what was run"],
    ],
  },
  why: {
    usage: "why PATH ... [OPTION ...]",
    line: "Why a file is out of date, or how it was made",
    text: [
      "Says of each output whether it is up to date and how it was made: rule, time, CPU time and memory,",
      "log. Where it is not, says what differs: which file is missing, which inputs changed, are new or are",
      "gone, the old and the new value of a param, the lines of code.",
    ].join("\n"),
    examples: [
      ["why out/table.csv", ""],
      ["why out/table.csv --json", "the same for a program"],
    ],
  },
  status: {
    usage: "status [OPTION ...]",
    line: "How the run in a working folder goes, or how the last one ended",
    text: [
      "Reads the journal of the working folder, from any terminal, while a run goes on or after it:",
      "jobs done, running, failed and left by rule, the rate, the time left, and the failures.",
    ].join("\n"),
    examples: [
      ["status", ""],
      ["status -d results", "of another working folder"],
    ],
  },
  ui: {
    usage: "ui [OPTION ...]",
    line: "Show the working folder's run in a browser",
    text: [
      "Serves a page on this machine alone that follows the journal of the working folder: progress by rule and",
      "by wildcards, rate, time left, failures with their logs, what the run uses, tables as they arrive. Works",
      "beside a run and after it; a page that is open goes on with the next run. run --ui does the same beside",
      "itself, and ends when nobody has looked for ten minutes.",
    ].join("\n"),
    examples: [
      ["ui", ""],
      ["ui -d results", "of another working folder"],
    ],
  },
  results: {
    usage: "results [WORD ...] [OPTION ...]",
    line: "What the workflow says about its results",
    text: [
      "Prints what the workflow itself has to say about what it made, as a finished run does; what the",
      "words mean is up to it.",
    ].join("\n"),
    examples: [["results", ""]],
  },
  init: {
    usage: "init [FOLDER]",
    line: "Begin: write a small workflow to start from",
    text: [
      "Writes a small workflow with comments, and a package.json where there is none, into the folder",
      "(default: the current one). Never overwrites a file.",
    ].join("\n"),
    examples: [
      ["init", ""],
      ["init my-project", ""],
    ],
  },
  doctor: {
    usage: "doctor [OPTION ...]",
    line: "Check this machine and the working folder",
    text: [
      "Looks at what a run depends on: the version of Node, cores and memory, how the working folder's file",
      "system behaves and how much space is free, and which tools are there and work (bash, Python, git, Slurm).",
      "Exit code 1 if something would prevent a run.",
    ].join("\n"),
    examples: [["doctor -d /scratch/results", ""]],
  },
};

/** The help of one command; `run` also lists the other commands and the workflow's config. */
export function helpText(
  name: string,
  command: Command,
  leaves: readonly ConfigLeaf[],
  note?: string,
  width = Math.min(100, process.stdout.columns ?? 100),
): string {
  const { usage, text, examples } = about[command];
  const blocks = [`Usage: ${name} ${usage}`, text];
  if (command === "run" && note !== undefined) blocks.push(note);
  if (command === "run")
    blocks.push(
      section(
        "Commands",
        commands.map((each) => [each, about[each].line] as const),
        width,
      ),
    );
  const groups = Map.groupBy(optionsOf(command), (option) => option.group);
  for (const [group, options] of groups) {
    const rows = options.map(({ flag, letter, value, text: what }) => {
      const short = letter === undefined ? "    " : `-${letter}, `;
      return [`${short}--${flag}${value === undefined ? "" : ` ${value}`}`, what] as const;
    });
    blocks.push(section(group, rows, width));
  }
  const shown = leaves.filter((leaf) => !leaf.hidden);
  if (shown.length > 0)
    blocks.push(
      command === "run"
        ? section("The workflow's config", shown.map(leafRow), width)
        : `Options of the workflow's config are the same as those of run: ${name} --help`,
    );
  blocks.push(
    section(
      "Examples",
      examples.map(([words, what]) => [`${name} ${words}`, what] as const),
      width,
    ),
  );
  return blocks.join("\n\n");
}

function leafRow(leaf: ConfigLeaf): readonly [string, string] {
  const value = leaf.kind === "boolean" ? "" : leaf.kind === "list" ? " VALUE ..." : " VALUE";
  const now = leaf.default === undefined ? "" : `[now: ${brief(leaf.default)}]`;
  return [`    --${leaf.flag}${value}`, [leaf.description, now].filter((part) => part !== "").join(" ")];
}

function brief(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** Two columns under a heading; a left side that is too wide has a line for itself. */
function section(heading: string, rows: readonly (readonly [string, string])[], width: number): string {
  const longest = Math.max(...rows.map(([left]) => left.length).filter((length) => length <= 32), 0);
  const indent = longest + 4;
  const lines = rows.flatMap(([left, right]) => {
    const [first = "", ...rest] = wrap(right, width - indent);
    const lead = `  ${left}`;
    if (lead.length + 2 > indent && first !== "")
      return [lead, ...[first, ...rest].map((line) => " ".repeat(indent) + line)];
    return [(lead.padEnd(indent) + first).trimEnd(), ...rest.map((line) => " ".repeat(indent) + line)];
  });
  return [`${heading}:`, ...lines].join("\n");
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > Math.max(30, width)) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}
