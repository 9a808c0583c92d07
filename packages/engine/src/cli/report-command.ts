/** `--report`: writes the page about a workflow and its runs. Loaded only when it is asked for. */
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { lockHolder } from "../disk/lock.ts";
import { prepareWithHistory } from "../dry-run.ts";
import { cannot } from "../errors.ts";
import { fileSize } from "../quantities.ts";
import { inspect } from "../report/inspect.ts";
import type { PlanOptions } from "../staleness/prepare.ts";
import { importPages } from "./pages.ts";
import type { Project } from "./project.ts";

/** Resolves with what to tell the user; `file` is absolute. */
export async function reportCommand(
  { folder, shown, url, options }: Project,
  file: string,
  planning: PlanOptions,
  config: unknown,
): Promise<string> {
  const workflow = fileURLToPath(url);
  const { placeOfPage, writeRunReport } = await importPages("run-report", dirname(workflow), "--report");
  const prepared = prepareWithHistory(planning);
  const { history, plan } = prepared;
  const name = shown(file);
  if (history.runs.length === 0 && history.traces.size === 0)
    throw cannot("write the report", name, "nothing has run here yet", {
      facts: [["folder", folder]],
      hint: "Run the workflow first; -d names another working folder.",
    });
  if (plan.find(relative(folder, file)) >= 0)
    throw cannot("write the report", name, "the workflow makes or reads a file of this path", {
      hint: "Name another file: --report FILE.",
    });
  placeOfPage(file, name);
  if (options.dryRun) return `${name} would be written.`;
  const about = { workflow, folder, config, holder: lockHolder(folder) };
  const size = await writeRunReport(file, name, inspect(prepared, about));
  return `${name} is written, ${fileSize(size)}.`;
}
