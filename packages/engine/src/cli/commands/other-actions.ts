/** What `run` does besides making files: lists, graphs, summaries, `--touch` and `--delete-...`. */
import { deleteOutputs } from "../../delete.ts";
import { prepareAnew, prepareWithHistory } from "../../dry-run.ts";
import { count } from "../../quantities.ts";
import { dagOf, graphText, ruleGraphOf } from "../../report/graph.ts";
import { oneLine } from "../../report/lines.ts";
import { changesText, rulesText, untrackedText } from "../../report/lists.ts";
import { summaryRows } from "../../report/summary.ts";
import { ruleset } from "../../rules/ruleset.ts";
import type { PlanOptions } from "../../staleness/plan-options.ts";
import { touch } from "../../touch.ts";
import type { Options } from "../options.ts";
import { print, printRows } from "../print.ts";
import type { Action, GraphFormat } from "../values.ts";
import { importPages } from "./pages.ts";

/** Carries out the action and prints its result; resolves with the exit code. Imports braid-pages from `workflowFolder`. */
export async function doAction(
  action: Action,
  planning: PlanOptions,
  options: Options,
  command: string,
  workflowFolder: string,
): Promise<number> {
  if (action.kind === "delete") return deleteCommand(action.of, planning, options, command);
  if (action.kind === "summary" || action.kind === "detailed summary")
    await printRows(
      summaryRows(prepareWithHistory(planning), { detailed: action.kind === "detailed summary" }),
    );
  else if (action.kind === "rulegraph" || action.kind === "dag")
    print(await graph(action, planning, workflowFolder));
  else print(textOf(action, planning, options, command));
  return 0;
}

/** Exit code 1: something could not be deleted. */
function deleteCommand(
  of: "all" | "temporary",
  planning: PlanOptions,
  { withoutLock, dryRun }: Options,
  command: string,
): number {
  const { deleted, left } = deleteOutputs({ ...planning, command, withoutLock }, dryRun, of);
  const total = count(deleted.length, "output");
  const lines = [
    ...deleted.map(oneLine),
    ...left.map(({ path, why }) => `${oneLine(path)} ${dryRun ? "would be" : "is"} kept: ${why}.`),
    dryRun ? `${total} would be deleted.` : `${total} deleted.`,
  ];
  print(lines.join("\n"));
  return left.some(({ failed }) => failed) ? 1 : 0;
}

function textOf(action: Action, planning: PlanOptions, options: Options, command: string): string {
  const { withoutLock } = options;
  switch (action.kind) {
    case "list changes":
      return changesText(prepareAnew(planning), action.of);
    case "list untracked":
      return untrackedText(prepareWithHistory(planning));
    case "list rules":
      return rulesText(
        ruleset(planning.rules, planning.settings?.constraints).filter(
          ({ wildcards }) => action.of === "all" || wildcards.length === 0,
        ),
      );
    case "touch": {
      const { taken, missing } = touch({ ...planning, command, withoutLock }, options.dryRun);
      const would = options.dryRun ? "would be " : "";
      const left =
        missing === 0 ? "" : `\n${count(missing, "job")} ${would}skipped: an input or output is missing.`;
      return `${count(taken, "job")} ${would}marked as up to date.${left}`;
    }
    default:
      return "";
  }
}

async function graph(
  { kind, format }: Extract<Action, { readonly format: GraphFormat }>,
  planning: PlanOptions,
  workflowFolder: string,
): Promise<string> {
  const draw = format === "svg" ? await importPages("graph", workflowFolder, `--${kind} svg`) : null;
  const prepared = prepareWithHistory(planning);
  const text = graphText(kind === "dag" ? dagOf(prepared) : ruleGraphOf(prepared), format);
  return draw === null ? text : draw.svg(text);
}
