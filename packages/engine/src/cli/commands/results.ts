/** The command `results`: prints the workflow's summary of its results. A finished run prints the same. */
import { BraidError, cannot } from "../../errors.ts";
import type { Project } from "../project.ts";

export async function resultsCommand({ workflow, options, open }: Project): Promise<number> {
  if (workflow.results === undefined)
    throw cannot("print", "results", "the workflow has no results()", {
      hint: "Add one: workflow({ ..., results: (config) => `text` }). --summary lists all outputs.",
    });
  const { resolved } = await open();
  const text = await workflow.results(resolved, options.words);
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  return 0;
}

/**
 * Prints the results after a run that made the whole default target, or rules that the user named. If `results()` fails
 * (files of another target may be missing), prints nothing: the run itself succeeded.
 */
export async function printResultsAfterRun({ workflow, options, open }: Project): Promise<void> {
  const { action, dryRun, quiet, json, until, omitFrom, words } = options;
  if (workflow.results === undefined || action.kind !== "make") return;
  if (dryRun || quiet || json || until.length > 0 || omitFrom.length > 0) return;
  const { resolved, rules } = await open();
  if (words.some((word) => !Object.hasOwn(rules, word))) return;
  try {
    process.stdout.write(`\n${(await workflow.results(resolved, [])).trimEnd()}\n`);
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
  }
}
