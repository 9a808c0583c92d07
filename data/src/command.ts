/** The frame of commands: options, folders, help; exit code 2 for wrong arguments and for mistakes. */
import { statSync } from "node:fs";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { BraidError, cannot } from "braid-engine";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>["values"];

type Given = 0 | 1 | "files" | "any";

/** What a command takes, and what it does: `run` resolves with the exit code. */
export interface Command<O extends Options, F extends Given> {
  readonly help: string;
  readonly options: O;
  /** How many folders it must be given; or files, at least one; or any number of words. */
  readonly folders: F;
  run(values: Values<O>, given: F extends "files" | "any" ? readonly string[] : string): Promise<number>;
}

/** Runs a command on the arguments of this process and sets its exit code. */
export async function runCommand<const O extends Options, F extends Given>({
  help,
  options,
  folders,
  run,
}: Command<O, F>): Promise<void> {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: folders !== 0,
      options: { ...options, help: { type: "boolean", short: "h" } },
    });
    const [least, most] =
      typeof folders === "number"
        ? [folders, folders]
        : [folders === "files" ? 1 : 0, Number.POSITIVE_INFINITY];
    if ((values as { help?: boolean }).help) console.log(help);
    else if (positionals.length < least || positionals.length > most) throw new Misuse(help);
    else {
      const given = typeof folders === "number" ? (positionals[0] ?? "") : positionals;
      process.exitCode = await run(values as Values<O>, given as Parameters<typeof run>[1]);
    }
  } catch (error) {
    console.error(messageOf(error, help));
    process.exitCode = 2;
  }
}

/** The folder to write to, for `example`, a command that lacks it. @throws if none was given, or if it is a file. */
export function outFolder(out: string | undefined, example: string): string {
  if (out !== undefined && statSync(out, { throwIfNoEntry: false })?.isFile())
    throw cannot("write to folder", out, "there is a file of this name", {
      hint: "Give another folder with --out.",
    });
  if (out !== undefined) return out;
  throw cannot("write", "", "no folder to write to is given", {
    hint: `For example: ${example} --out data/mine`,
  });
}

/** The arguments are not what the command takes. */
class Misuse extends Error {}

/** The message of a mistake, without a stack; of anything else, with it. */
function messageOf(error: unknown, help: string): string {
  if (error instanceof BraidError || error instanceof Misuse) return error.message;
  if (error instanceof TypeError && "code" in error)
    return `Cannot read the arguments: ${error.message}\n\n${help}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
