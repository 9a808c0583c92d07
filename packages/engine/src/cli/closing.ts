/** What a finished run ends with: the results, as the command `results` prints them. */
import { BraidError } from "../errors.ts";
import type { Project } from "./project.ts";

/**
 * Prints the results after a run that made all of the default target, or of rules that were named.
 * A workflow that cannot tell them yet (files of another target are missing) is silent: the run itself went well.
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
