/** The command `results`: prints the workflow's summary of its results. A finished run prints the same. */
import { BraidError, cannot } from "../../errors.ts";
import { shellWord } from "../../rules/shell-template.ts";
import type { Typed } from "../../rules/workflow.ts";
import type { Project } from "../project.ts";

/** `name` and `argv` are the command as it was typed. */
export async function resultsCommand(
  project: Project,
  name: string,
  argv: readonly string[],
): Promise<number> {
  const { workflow, options, open } = project;
  if (workflow.results === undefined)
    throw cannot("print", "results", "the workflow has no results()", {
      hint: "Add one: workflow({ ..., results: (config) => `text` }). --summary lists all outputs.",
    });
  const { resolved } = await open();
  const text = await workflow.results(resolved, options.words, await typedAs(project, name, argv.slice(1)));
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  return 0;
}

/**
 * Prints the results after a run that made the whole default target, or rules that the user named. If `results()` fails
 * (files of another target may be missing), prints nothing: the run itself succeeded.
 */
export async function printResultsAfterRun(
  project: Project,
  name: string,
  argv: readonly string[],
): Promise<void> {
  const { workflow, options, open } = project;
  const { action, dryRun, quiet, json, until, omitFrom, words } = options;
  if (workflow.results === undefined || action.kind !== "make") return;
  if (dryRun || quiet || json || until.length > 0 || omitFrom.length > 0) return;
  const { resolved, rules } = await open();
  if (words.some((word) => !Object.hasOwn(rules, word))) return;
  try {
    const text = await workflow.results(resolved, [], await typedAs(project, name, argv));
    process.stdout.write(`\n${text.trimEnd()}\n`);
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
  }
}

async function typedAs({ shown, options }: Project, name: string, argv: readonly string[]): Promise<Typed> {
  const command = (words: readonly string[]) => [name, ...words.map(shellWord)].join(" ");
  return {
    shown,
    run: command(argv),
    make: (target) => command([target, ...options.repeat]),
    fold: await lineBreaker(process.stdout),
  };
}

async function lineBreaker({ isTTY, columns }: NodeJS.WriteStream): Promise<Typed["fold"]> {
  if (!isTTY) return (text) => text;
  const { fold } = await import("../../report/live.ts");
  return (text) => fold(text, columns);
}
