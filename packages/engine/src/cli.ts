/**
 * The command line of a workflow, from its arguments to the exit code: 0 done, 1 jobs failed, 2 wrong
 * workflow or arguments, 130 interrupted. Each command is loaded when it is asked for: a start should not cost
 * more than the plan.
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandLine, readCommandLine } from "./cli/options.ts";
import { keepOutputForJson, print, surviveLostOutput } from "./cli/print.ts";
import type { ProjectSource } from "./cli/project.ts";
import type { Tell } from "./cli/watch.ts";
import { explainFileError } from "./disk/file-errors.ts";
import { BraidError, messageOf, stackOf, withoutOwnFrames } from "./errors.ts";
import type { Command } from "./rules/settings.ts";

/** How a command was typed. */
interface Invocation {
  readonly argv: readonly string[];
  /** What the user types to get here: `pnpm exp:a`. */
  readonly name: string;
  /** A paragraph for the help of `run`, about what is special here. */
  readonly note?: string;
}

export interface MainOptions extends Invocation, ProjectSource {}

/**
 * Runs a workflow from its command line; resolves with the exit code. A `--` in front is what a script runner has
 * passed on (`pnpm exp:a -- -n`), and means nothing.
 */
export function main(options: MainOptions): Promise<number> {
  return command(options.argv[0] === "--" ? { ...options, argv: options.argv.slice(1) } : options);
}

/** The same, with every word as it was typed. */
export async function command(options: MainOptions): Promise<number> {
  return withErrorMessages(options.argv, async (errorStyle) => {
    const commandLine = readCommandLine(options.argv);
    const { command, version, json, watch, help } = commandLine.early;
    if (version) return sayVersion();
    let tell: Tell | undefined;
    if (watch && !help) {
      const { tellWatcher, watchRuns } = await import("./cli/watch.ts");
      tell = tellWatcher();
      if (tell === undefined) return watchRuns(json);
      tell(sourceFiles(options, commandLine));
    }
    if (json) keepOutputForJson();
    if (needsNoWorkflow(command))
      return runWithoutWorkflow(commandLine, options, dirname(fileURLToPath(options.workflow)));
    const { readProject } = await import("./cli/project.ts");
    const project = await readProject(options, commandLine);
    errorStyle.stack ||= project.options.verbose;
    if (project.options.help) {
      const { helpText } = await import("./cli/help.ts");
      const { targets } = project.workflow;
      return say(helpText(options.name, command, project.leaves, { note: options.note, targets }));
    }
    if (command === "why") return (await import("./cli/commands/why.ts")).whyCommand(project, options.name);
    if (command === "results")
      return (await import("./cli/commands/results.ts")).resultsCommand(project, options.name, options.argv);
    const { runCommand } = await import("./cli/commands/run.ts");
    const code = await runCommand(project, options.name, options.argv, tell);
    if (code === 0 && project.workflow.results !== undefined)
      await (await import("./cli/commands/results.ts")).printResultsAfterRun(
        project,
        options.name,
        options.argv,
      );
    return code;
  });
}

/** What is read of a workflow before its rules are known. */
function sourceFiles({ workflow, defaultConfig }: MainOptions, { early }: CommandLine): string[] {
  const standard = defaultConfig === undefined ? [] : [fileURLToPath(defaultConfig)];
  const configs = early.configFiles.length > 0 ? early.configFiles : standard;
  return [fileURLToPath(workflow), ...[...configs, ...early.profileFiles].map((path) => resolve(path))];
}

/** Runs what needs no workflow: some commands, help and the version. Fails with `missing` if the words ask for anything else. */
export function commandWithoutWorkflow(options: Invocation, missing: Error): Promise<number> {
  return withErrorMessages(options.argv, async () => {
    const commandLine = readCommandLine(options.argv);
    const { command, help, version } = commandLine.early;
    if (version) return sayVersion();
    if (!needsNoWorkflow(command) && !help) throw missing;
    return runWithoutWorkflow(commandLine, options, process.cwd());
  });
}

/** The packages of pages are searched from `packagesFrom`. */
async function runWithoutWorkflow(
  { early, options: optionsFor }: CommandLine,
  { name, note }: Invocation,
  packagesFrom: string,
): Promise<number> {
  if (early.help) return say((await import("./cli/help.ts")).helpText(name, early.command, [], { note }));
  const options = optionsFor([]);
  const folder = resolve(options.directory ?? ".");
  switch (options.command) {
    case "status":
      return (await import("./cli/commands/status.ts")).statusCommand(folder, options, name);
    case "ui": {
      const { foldersToShow, uiCommand } = await import("./cli/commands/pages.ts");
      return uiCommand(foldersToShow(options.words, options.directory, folder), packagesFrom);
    }
    case "doctor":
      return (await import("./cli/commands/doctor.ts")).doctorCommand(folder, options);
    default:
      return (await import("./cli/commands/init.ts")).initCommand(folder, options);
  }
}

function needsNoWorkflow(command: Command): boolean {
  return command === "status" || command === "ui" || command === "init" || command === "doctor";
}

/** How errors are shown. */
interface ErrorStyle {
  stack: boolean;
}

/** A mistake of the user is a message and exit code 2. */
async function withErrorMessages(
  argv: readonly string[],
  command: (errorStyle: ErrorStyle) => Promise<number>,
): Promise<number> {
  surviveLostOutput();
  // What is wrong may be the command line itself.
  const errorStyle = { stack: argv.includes("--verbose") };
  try {
    return await command(errorStyle);
  } catch (error) {
    const reason = explainFileError(error);
    const isMistake = reason instanceof BraidError;
    const text = isMistake ? withoutOwnFrames(reason.message) : messageOf(reason);
    process.stderr.write(`${errorStyle.stack ? stackOf(reason) : text}\n`);
    return isMistake ? 2 : 1;
  }
}

async function sayVersion(): Promise<number> {
  return say((await import("./packages.ts")).version());
}

function say(text: string): number {
  print(text);
  return 0;
}
