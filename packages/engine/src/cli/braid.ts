/** The command `braid`: finds the workflow file and hands over to its command line. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { command, commandWithoutWorkflow } from "../cli.ts";
import { cannot } from "../errors.ts";
import { isCommand } from "../rules/settings.ts";

const defaultFile = "workflow.ts";
const note =
  "The workflow is ./workflow.ts, or a file that is named first: braid other.ts -n. Its config is the config.yml\nbeside it, if there is one.";

/** Resolves with the exit code. */
export async function braid(argv: readonly string[]): Promise<number> {
  if (!checkFolder()) return 2;
  const { file, rest } = workflowFile(argv);
  const path = resolve(file ?? defaultFile);
  const name = file === null ? "braid" : `braid ${file}`;
  if (!existsSync(path)) return commandWithoutWorkflow({ name, argv: rest, note }, noWorkflow(file));
  const config = join(dirname(path), "config.yml");
  return command({
    workflow: pathToFileURL(path),
    ...(existsSync(config) ? { defaultConfig: pathToFileURL(config) } : {}),
    name,
    argv: rest,
    note,
  });
}

/** False, with a message, where somebody has removed the current folder. */
function checkFolder(): boolean {
  try {
    process.cwd();
    return true;
  } catch (cause) {
    const hint = "Change to a folder that exists, then repeat the command.";
    process.stderr.write(
      `${cannot("start", "", "the current folder was removed", { hint, cause }).message}\n`,
    );
    return false;
  }
}

/** A workflow file stands first, or right after the command. */
function workflowFile(args: readonly string[]): { file: string | null; rest: readonly string[] } {
  const at = isCommand(args[0]) ? 1 : 0;
  const word = args[at];
  if (word === undefined || !/^[^-].*\.[cm]?[jt]s$/.test(word)) return { file: null, rest: args };
  return { file: word, rest: args.toSpliced(at, 1) };
}

function noWorkflow(file: string | null): Error {
  return cannot("find the workflow", file ?? defaultFile, "the file does not exist", {
    facts: [["folder", process.cwd()]],
    hint:
      file === null
        ? "Name another file first (braid other.ts), or begin with: braid init"
        : "The path is relative to the current folder.",
  });
}
