/** A command with subcommands, as `pnpm data check FOLDER`: each is a script that reads what follows its name. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import yargs from "yargs";

/** The name of a subcommand -> the script, from the top of the repository, and what it does. */
export type Group = Readonly<Record<string, readonly [file: string, about: string]>>;

const top = join(import.meta.dirname, "..");

/** Starts the subcommand that `args` begin with; the list of them for `--help`, and with exit code 2 for a wrong one. */
export async function startGroup(name: string, group: Group, args: readonly string[]): Promise<void> {
  const parser = yargs(args)
    .scriptName(name)
    .usage("Usage: $0 COMMAND [OPTION ...]\n\nFor the options of a command, run $0 COMMAND --help.")
    .demandCommand(1, "Which of these?")
    .strictCommands()
    .recommendCommands()
    .version(false)
    .wrap(null)
    .fail((message, error) => {
      if (error) throw error;
      // It is told twice where one is nearly right.
      if (process.exitCode === 2) return;
      console.error(`${message}\n`);
      parser.showHelp();
      process.exitCode = 2;
    });
  for (const [command, [file, about]] of Object.entries(group))
    parser.command(
      command,
      about,
      // Its own options are read by the script.
      (own) =>
        own
          .help(false)
          .strict(false)
          .strictCommands(false)
          .parserConfiguration({ "unknown-options-as-args": true }),
      async () => {
        const [, ...own] = args;
        process.argv = [process.execPath, join(top, file), ...(own[0] === "--" ? own.slice(1) : own)];
        await import(pathToFileURL(join(top, file)).href);
      },
    );
  await parser.parseAsync();
}
