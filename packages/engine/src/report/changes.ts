/** `--list-changes`: the outputs that were made from another input, other params or other code. */
import type { Prepared } from "../prepare.ts";
import type { Reason } from "../rebuilder.ts";

type Kind = "input" | "params" | "code";

const kindOf: Partial<Record<Reason["kind"], Kind>> = {
  "changed input": "input",
  "changed input set": "input",
  "newer input": "input",
  "changed params": "params",
  "changed code": "code",
};

/** A path a line. */
export function changesText({ plan, reasons }: Prepared, kinds: readonly Kind[]): string {
  const changed = plan.jobs.filter((job) => {
    const reason = reasons[job.order];
    const kind = reason == null ? undefined : kindOf[reason.kind];
    return kind !== undefined && kinds.includes(kind);
  });
  const paths = changed.flatMap((job) => job.outputs.map((output) => output.path));
  return paths.length === 0 ? `No output was made from other ${kinds.join(" or ")}.` : paths.join("\n");
}
