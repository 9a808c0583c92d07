/** Puts the jobs that targets need in order, each after those that it needs itself. */
import { cannot, internal } from "../errors.ts";
import { inputsOf, type PlannedFile, type PlannedJob } from "./plan.ts";
import { describeJob } from "./plan-errors.ts";

/** `PlannedJob.order` of a job that no order has yet, and of one on the way. */
const unseen = -1;
const visiting = -2;
const placed = -3;

/** The jobs without a position that the targets need, in order. Throws where jobs need each other. */
export function orderJobs(targets: readonly (PlannedFile | PlannedJob)[]): PlannedJob[] {
  const order: PlannedJob[] = [];
  // Explicit, since a chain of jobs may be longer than the stack of calls is deep.
  const stack: { job: PlannedJob; inputs: Iterator<PlannedFile> }[] = [];

  function enter(job: PlannedJob | null): void {
    if (job === null || job.order === placed || job.order >= 0) return;
    if (job.order !== unseen) throw cycle([...stack.map((s) => s.job), job]);
    job.order = visiting;
    stack.push({ job, inputs: job.gathers.length === 0 ? job.inputs.values() : inputsOf(job) });
  }

  for (const target of targets) {
    enter("path" in target ? target.maker : target);
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const next = top.inputs.next();
      if (!next.done) {
        enter(next.value.maker);
        continue;
      }
      stack.pop();
      top.job.order = placed;
      order.push(top.job);
    }
  }
  return order;
}

function cycle(chain: readonly PlannedJob[]): Error {
  const last = chain[chain.length - 1];
  if (last === undefined) throw internal("a cycle without jobs");
  const round = chain.slice(chain.indexOf(last));
  const shown = round.length > 8 ? [...round.slice(0, 7), last] : round;
  return cannot("order the jobs", last.outputs[0]?.path ?? last.rule.name, "it needs itself", {
    facts: shown.map((job, i) => [i === 0 ? "job" : "needs", describeJob(job.rule, job.values)] as const),
  });
}
