/**
 * The command line of a workflow, from its arguments to the exit code: 0 done, 1 jobs failed, 2 wrong
 * workflow or arguments, 130 interrupted.
 */
import { resolve } from "node:path";
import { closeWithResults } from "./cli/closing.ts";
import { doctorCommand } from "./cli/doctor-command.ts";
import { helpText } from "./cli/help.ts";
import { initCommand } from "./cli/init-command.ts";
import { earlyOptions, readOptions } from "./cli/options.ts";
import { type ProjectSource, readProject } from "./cli/project.ts";
import { resultsCommand } from "./cli/results-command.ts";
import { runCommand } from "./cli/run-command.ts";
import { statusCommand } from "./cli/status-command.ts";
import { version } from "./cli/version.ts";
import { whyCommand } from "./cli/why-command.ts";
import { BraidError, messageOf } from "./errors.ts";

export interface MainOptions extends ProjectSource {
  /** What the user types to get here: `pnpm exp:a`. */
  readonly name: string;
  /** A paragraph for the help of `run`, about what is special here. */
  readonly note?: string;
}

/** Runs a workflow from its command line; resolves with the exit code. */
export async function main(options: MainOptions): Promise<number> {
  return guarded(async () => {
    const early = earlyOptions(options.argv);
    if (early.version) return say(version());
    const { command } = early;
    if (command === "status" || command === "init" || command === "doctor") return withoutWorkflow(options);
    const project = await readProject(options);
    if (project.options.help) return say(helpText(options.name, command, project.leaves, options.note));
    if (command === "why") return whyCommand(project, options.name);
    if (command === "results") return resultsCommand(project);
    const code = await runCommand(project, options.name, options.argv);
    if (code === 0) await closeWithResults(project);
    return code;
  });
}

/** What needs no workflow: the commands `status`, `init` and `doctor`, help and the version. */
export function withoutWorkflow({
  name,
  argv,
  note,
}: Pick<MainOptions, "name" | "argv" | "note">): Promise<number> {
  return guarded(async () => {
    const early = earlyOptions(argv);
    if (early.version) return say(version());
    if (early.help) return say(helpText(name, early.command, [], note));
    const options = readOptions(argv, []);
    const folder = resolve(options.directory ?? ".");
    switch (options.command) {
      case "status":
        return statusCommand(folder, options, name);
      case "doctor":
        return doctorCommand(folder, options);
      default:
        return initCommand(folder, options);
    }
  });
}

/** A mistake of the user is a message and exit code 2. */
async function guarded(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof BraidError ? 2 : 1;
  }
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
