/** `--list-changes`: the outputs that were made from another input, other params or other code. */

import { differences } from "../staleness/differences.ts";
import type { Prepared } from "../staleness/prepare.ts";
import { oneLine } from "./one-line.ts";

export type ChangeKind = "input" | "params" | "code";

/** A path a line: every output that differs in one of these, whatever else it differs in. */
export function changesText(prepared: Prepared, kinds: readonly ChangeKind[]): string {
  const { plan, selected } = prepared;
  const changed = [...selected.rows()].filter((job) =>
    kinds.some((kind) => changesOf(job, prepared).includes(kind)),
  );
  const paths = changed.flatMap((job) => Array.from(plan.outputs(job), (file) => oneLine(plan.path(file))));
  return paths.length === 0 ? `No output was made from other ${kinds.join(" or ")}.` : paths.join("\n");
}

function changesOf(job: number, prepared: Prepared): ChangeKind[] {
  const found = differences(prepared, job);
  if (found === null) return prepared.states.reason(job)?.kind === "newer input" ? ["input"] : [];
  return [
    ...(found.content ? (["input"] as const) : []),
    ...(found.params === null ? [] : (["params"] as const)),
    ...(found.code === null ? [] : (["code"] as const)),
  ];
}
