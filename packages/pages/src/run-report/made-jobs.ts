/** What the journal knows of the jobs of a plan that were made: when, and what each has cost. */
import type { Timed } from "../../journal/seconds.ts";
import type { JobView } from "../../plan/table.ts";
import type { Prepared } from "../../staleness/prepare.ts";

export interface MadeJob extends Timed {
  readonly job: JobView;
  /** ms of CPU and bytes of memory, as far as they could be told. */
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
}

/** In the plan's order; what was only taken as it stood is left out. */
export function madeJobs({
  plan,
  selected,
  looks,
}: Pick<Prepared, "plan" | "selected" | "looks">): MadeJob[] {
  const made: MadeJob[] = [];
  for (const row of selected.rows()) {
    const trace = looks.trace(row);
    if (trace === undefined || trace.attempt === 0) continue;
    const { start, end, share, cpu, memory } = trace;
    made.push({ job: plan.job(row), start, end, share, cpu, memory });
  }
  return made;
}

/** The `most` items of the highest value, the highest first; of equal ones those that come first. */
export function highest<T>(items: Iterable<T>, most: number, value: (item: T) => number): T[] {
  const found: { readonly item: T; readonly value: number }[] = [];
  for (const item of items) {
    const own = value(item);
    if (found.length === most && own <= found[most - 1]!.value) continue;
    let at = found.length;
    while (at > 0 && found[at - 1]!.value < own) at--;
    found.splice(at, 0, { item, value: own });
    if (found.length > most) found.pop();
  }
  return found.map(({ item }) => item);
}
