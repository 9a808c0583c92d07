/**
 * The command line of a workflow, from its arguments to the exit code: 0 done, 1 jobs failed, 2 wrong
 * workflow or arguments, 130 interrupted. Each command is loaded when it is asked for: a start should not cost
 * more than the plan.
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { earlyOptions, readOptions } from "./cli/options.ts";
import { keepOutputForJson, print, surviveLostOutput } from "./cli/print.ts";
import type { ProjectSource } from "./cli/project.ts";
import { explainFileError } from "./disk/file-errors.ts";
import { BraidError, messageOf, stackOf } from "./errors.ts";

export interface MainOptions extends ProjectSource {
  /** What the user types to get here: `pnpm exp:a`. */
  readonly name: string;
  /** A paragraph for the help of `run`, about what is special here. */
  readonly note?: string;
}

/**
 * Runs a workflow from its command line; resolves with the exit code. A `--` in front is what a script runner has
 * passed on (`pnpm exp:a -- -n`), and means nothing.
 */
export function main(options: MainOptions): Promise<number> {
  return command(options.argv[0] === "--" ? { ...options, argv: options.argv.slice(1) } : options);
}

/** The same, with every word as it was typed. */
export async function command(options: MainOptions): Promise<number> {
  return withErrorMessages(options.argv, async (telling) => {
    const early = earlyOptions(options.argv);
    if (early.version) return sayVersion();
    if (early.json) keepOutputForJson();
    const { command } = early;
    if (command === "status" || command === "ui" || command === "init" || command === "doctor")
      return withoutWorkflow(options);
    const { readProject } = await import("./cli/project.ts");
    const project = await readProject(options);
    telling.stack ||= project.options.verbose;
    if (project.options.help) {
      const { helpText } = await import("./cli/help.ts");
      return say(helpText(options.name, command, project.leaves, options.note));
    }
    if (command === "why") return (await import("./cli/commands/why.ts")).whyCommand(project, options.name);
    if (command === "results") return (await import("./cli/commands/results.ts")).resultsCommand(project);
    const { runCommand } = await import("./cli/commands/run.ts");
    const code = await runCommand(project, options.name, options.argv);
    if (code === 0 && project.workflow.results !== undefined)
      await (await import("./cli/commands/results.ts")).printResultsAfterRun(project);
    return code;
  });
}

/** What needs no workflow: the commands `status`, `ui`, `init` and `doctor`, help and the version. */
export function withoutWorkflow({
  name,
  argv,
  note,
  workflow,
}: Pick<MainOptions, "name" | "argv" | "note"> & Partial<Pick<MainOptions, "workflow">>): Promise<number> {
  return withErrorMessages(argv, async () => {
    const early = earlyOptions(argv);
    if (early.version) return sayVersion();
    if (early.help) return say((await import("./cli/help.ts")).helpText(name, early.command, [], note));
    const options = readOptions(argv, []);
    const folder = resolve(options.directory ?? ".");
    switch (options.command) {
      case "status":
        return (await import("./cli/commands/status.ts")).statusCommand(folder, options, name);
      case "ui":
        return (await import("./cli/commands/pages.ts")).uiCommand(
          folder,
          workflow === undefined ? process.cwd() : dirname(fileURLToPath(workflow)),
        );
      case "doctor":
        return (await import("./cli/commands/doctor.ts")).doctorCommand(folder, options);
      default:
        return (await import("./cli/commands/init.ts")).initCommand(folder, options);
    }
  });
}

/** How errors are told. */
interface ErrorStyle {
  stack: boolean;
}

/** A mistake of the user is a message and exit code 2. */
async function withErrorMessages(
  argv: readonly string[],
  command: (telling: ErrorStyle) => Promise<number>,
): Promise<number> {
  surviveLostOutput();
  // What is wrong may be the command line itself.
  const telling = { stack: argv.includes("--verbose") };
  try {
    return await command(telling);
  } catch (error) {
    const reason = explainFileError(error);
    process.stderr.write(`${telling.stack ? stackOf(reason) : messageOf(reason)}\n`);
    return reason instanceof BraidError ? 2 : 1;
  }
}

async function sayVersion(): Promise<number> {
  return say((await import("./packages.ts")).version());
}

function say(text: string): number {
  print(text);
  return 0;
}
