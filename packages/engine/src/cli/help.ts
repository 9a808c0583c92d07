/** The text of --help: what the command does, targets and commands, its options by purpose, examples at the end. */
import type { ConfigLeaf } from "../config/leaves.ts";
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
      "Makes the outputs that the targets need and that are missing or out of date. Targets are rules or",
      "files; the default is the workflow's first rule. Put targets before the options, or after --. To",
      "continue an interrupted run, repeat the command.",
    ].join("\n"),
    examples: [
      ["-n --quiet", "how many jobs would run"],
      ["-n", "which jobs would run, and why"],
      ["-j 4 -k", "run on four threads; when a job fails, continue with the others"],
      ["out/table.csv -f", "make this file again"],
      ["--until RULE", "stop after the jobs of a rule"],
      ["why out/table.csv", "explain why a file is out of date, or how it was made"],
      ["status", "show the progress of a run, from another terminal"],
      ["--report", "write a page about the last run"],
    ],
  },
  why: {
    usage: "why PATH ... [OPTION ...]",
    line: "Explain why a file is out of date, or how it was made",
    text: [
      "Shows for each output whether it is up to date and how it was made: rule, time, CPU time, memory, log.",
      "If it is out of date, shows what differs: missing files; changed, added and removed inputs; old",
      "and new values of params; changed lines of code.",
    ].join("\n"),
    examples: [
      ["why out/table.csv", ""],
      ["why out/table.csv --json", "the same for a program"],
    ],
  },
  status: {
    usage: "status [OPTION ...]",
    line: "Show the progress of a run, or how the last one ended",
    text: [
      "Reads the journal of the working folder, during a run or after it, from any terminal. Shows the jobs",
      "of each rule that are done, running, failed and left, the rate, the time left, and the failures.",
    ].join("\n"),
    examples: [
      ["status", ""],
      ["status -d results", "of another working folder"],
    ],
  },
  ui: {
    usage: "ui [FOLDER ...] [OPTION ...]",
    line: "Show the runs of working folders in a browser",
    text: [
      "Serves a page to this machine only. The page follows the journal of the working folder: failures with their",
      "logs first, progress by rule and by wildcards, rate, time left, CPU and memory, new tables. Name several",
      "folders to follow all of them on one page. Works during a run and after it; an open page also shows the next",
      "run. run --ui starts the same server for its folder in the background; it stops when nobody has looked for",
      "ten minutes.",
    ].join("\n"),
    examples: [
      ["ui", ""],
      ["ui -d results", "of another working folder"],
      ["ui expA expB", "of two working folders on one page"],
    ],
  },
  results: {
    usage: "results [WORD ...] [OPTION ...]",
    line: "Print the workflow's summary of its results",
    text: [
      "Prints the summary that the workflow's results() returns, as a finished run does. The workflow decides",
      "what the words mean.",
    ].join("\n"),
    examples: [["results", ""]],
  },
  init: {
    usage: "init [FOLDER]",
    line: "Write a small workflow to start from",
    text: [
      "Writes a small workflow with comments into the folder (default: the current one), and a package.json",
      "if there is none. Never overwrites a file.",
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
      "Checks what a run depends on: the version of Node, cores and memory, the file system and free space of",
      "the working folder, and whether bash, Python, git and Slurm work. Exit code 1 if something would prevent",
      "a run.",
    ].join("\n"),
    examples: [["doctor -d /scratch/results", ""]],
  },
};

/** What is special about this workflow, for the help of `run`. */
export interface HelpOfRun {
  readonly note?: string | undefined;
  /** Targets with a sentence each. */
  readonly targets?: Readonly<Record<string, string>> | undefined;
}

/** The help of one command; `run` also lists the targets, the other commands and the workflow's config. */
export function helpText(
  name: string,
  command: Command,
  leaves: readonly ConfigLeaf[],
  { note, targets = {} }: HelpOfRun = {},
  width = Math.min(100, process.stdout.columns ?? 100),
): string {
  const { usage, text, examples } = about[command];
  const paragraph = (lines: string) => wrap(lines.replaceAll("\n", " "), width).join("\n");
  const blocks = [`Usage: ${name} ${usage}`, paragraph(text)];
  if (command === "run" && note !== undefined) blocks.push(paragraph(note));
  if (command === "run" && Object.keys(targets).length > 0)
    blocks.push(section("Targets", Object.entries(targets), width));
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
  const config = configRows(leaves);
  if (config.length > 0)
    blocks.push(
      command === "run"
        ? section("The workflow's config (now: its value without the option)", config, width)
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

/** A row for each option of the config; one row for all options that entries beside the scope have in common with it. */
function configRows(leaves: readonly ConfigLeaf[]): (readonly [string, string])[] {
  const shown = leaves.filter((leaf) => !leaf.hidden);
  const short = shown.find(({ flag, path }) => flag !== path.join("."));
  const scope = short?.path.join(".").slice(0, -short.flag.length - 1) ?? "";
  const parent = scope.slice(0, scope.lastIndexOf(".") + 1);
  if (parent === "") return shown.map(leafRow);
  const flags = new Set(shown.map(({ flag }) => flag));
  const others = new Set<string>();
  const own = shown.filter(({ flag }) => {
    if (!flag.startsWith(parent)) return true;
    const [entry = "", ...key] = flag.slice(parent.length).split(".");
    if (!flags.has(key.join("."))) return true;
    others.add(entry);
    return false;
  });
  const rows = own.map(leafRow);
  if (others.size > 0)
    rows.push([
      `    --${parent}NAME.KEY VALUE`,
      `The same options of another entry: ${[...others].join(", ")}`,
    ]);
  return rows;
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
