/** `--list-changes`: the outputs that were made from another input, other params or other code. */

import type { Prepared } from "../judge/prepare.ts";
import type { PlannedJob } from "../plan/dag.ts";

export type ChangeKind = "input" | "params" | "code";

/** A path a line: every output that differs in one of these, whatever else it differs in. */
export function changesText(prepared: Prepared, kinds: readonly ChangeKind[]): string {
  const changed = prepared.plan.jobs.filter((job) =>
    kinds.some((kind) => changesOf(job, prepared).includes(kind)),
  );
  const paths = changed.flatMap((job) => job.outputs.map((output) => output.path));
  return paths.length === 0 ? `No output was made from other ${kinds.join(" or ")}.` : paths.join("\n");
}

function changesOf(job: PlannedJob, { rebuilder, reasons }: Prepared): ChangeKind[] {
  const found = rebuilder.differences(job);
  if (found === null) return reasons[job.order]?.kind === "newer input" ? ["input"] : [];
  return [
    ...(found.content ? (["input"] as const) : []),
    ...(found.params === null ? [] : (["params"] as const)),
    ...(found.code === null ? [] : (["code"] as const)),
  ];
}
