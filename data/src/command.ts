/** The frame of this package's commands: options, folders, help; exit code 2 for wrong arguments and for mistakes. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { BraidError, cannot } from "braid-engine";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>["values"];

/** What a command takes, and what it does: `run` resolves with the exit code. */
export interface Command<O extends Options> {
  readonly help: string;
  readonly options: O;
  /** How many folders it must be given. */
  readonly folders: 0 | 1;
  run(values: Values<O>, folder: string): Promise<number>;
}

/** Runs a command on the arguments of this process and sets its exit code. */
export async function runCommand<const O extends Options>({
  help,
  options,
  folders,
  run,
}: Command<O>): Promise<void> {
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(2).filter((arg) => arg !== "--"),
      allowPositionals: folders > 0,
      options: { ...options, help: { type: "boolean" } },
    });
    if ((values as { help?: boolean }).help) console.log(help);
    else if (positionals.length !== folders) throw new Misuse(help);
    else process.exitCode = await run(values as Values<O>, positionals[0] ?? "");
  } catch (error) {
    console.error(messageOf(error, help));
    process.exitCode = 2;
  }
}

/** The folder to write to, for `example`, a command that lacks it. @throws where none was given. */
export function outFolder(out: string | undefined, example: string): string {
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
