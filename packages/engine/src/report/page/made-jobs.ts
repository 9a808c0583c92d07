/** What the journal knows of the jobs of a plan that were made: when, and what each has cost. */
import type { Prepared } from "../../judge/prepare.ts";
import type { PlannedJob } from "../../plan/dag.ts";

export interface MadeJob {
  readonly job: PlannedJob;
  /** ms since 1970. */
  readonly start: number;
  readonly end: number;
  /** ms of CPU and bytes of memory, as far as they could be told. */
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
}

/** In the plan's order; what was only taken as it stood is left out. */
export function madeJobs({ plan, history }: Pick<Prepared, "plan" | "history">): MadeJob[] {
  const made: MadeJob[] = [];
  for (const job of plan.jobs) {
    const trace = job.outputs[0] === undefined ? undefined : history.traces.get(job.outputs[0].path);
    if (trace === undefined || trace.attempt === 0) continue;
    const { start, end, cpu, memory } = trace;
    made.push({ job, start, end, cpu, memory });
  }
  return made;
}

export function secondsOf({ start, end }: MadeJob): number {
  return Math.max(0, end - start) / 1_000;
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
