/**
 * Runs one call's body and reports each job as it ends: the same code in this process, in a worker thread
 * and on a cluster node.
 */
import { appendFileSync } from "node:fs";
import { messageOf } from "./errors.ts";
import type { CallEvents, CallSpec } from "./executor.ts";
import { bodyParams } from "./recipe.ts";
import type { AnyRule, Batch, BatchJob, Job } from "./rule.ts";

/** Runs the jobs of a call; resolves when the body has returned, whatever became of the jobs. */
export async function runCall(
  rule: AnyRule,
  call: CallSpec,
  events: CallEvents,
  stopping: () => boolean,
): Promise<void> {
  const params = bodyParams(rule.params);
  const open = new Set(call.jobs.map((job) => job.order));
  const end = (order: number, error?: string) => {
    if (!open.delete(order)) return;
    if (error === undefined) events.done(order);
    else events.failed(order, error);
  };
  const jobs = call.jobs.map((spec): BatchJob => {
    const log = (text: string) =>
      appendFileSync(call.log, call.jobs.length > 1 ? `${spec.name}: ${text}\n` : `${text}\n`);
    return {
      input: spec.input as Job["input"],
      output: spec.output as Job["output"],
      wildcards: spec.wildcards,
      params,
      resources: call.resources,
      log,
      done: () => end(spec.order),
      fail: (error) => end(spec.order, messageOf(error)),
    };
  });

  if (rule.runBatch === undefined) {
    for (const job of jobs) {
      if (stopping()) return;
      try {
        await rule.run?.(job);
        job.done();
      } catch (error) {
        job.fail(error);
      }
    }
    return;
  }
  let failure = "The batch body returned without job.done() or job.fail() for this job.";
  try {
    const batch = Object.defineProperty(jobs, "stopping", { get: stopping }) as unknown as Batch<BatchJob>;
    await rule.runBatch(batch);
    if (stopping()) return;
  } catch (error) {
    failure = messageOf(error);
  }
  for (const order of [...open]) end(order, failure);
}
