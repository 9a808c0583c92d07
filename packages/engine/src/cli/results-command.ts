/** The command `results`: what the workflow itself has to say about what it made. */
import { cannot } from "../errors.ts";
import type { Project } from "./project.ts";

export async function resultsCommand({ workflow, options, open }: Project): Promise<number> {
  if (workflow.results === undefined)
    throw cannot("print", "results", "this workflow does not say what its results are", {
      hint: "Give it one: workflow({ ..., results: (config) => `text` }). --summary lists all outputs.",
    });
  const { resolved } = await open();
  const text = await workflow.results(resolved, options.words);
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  return 0;
}
