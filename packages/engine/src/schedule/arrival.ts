/** What becomes of a job that its runner says is done: its outputs are awaited, put in place and recorded. */
import type { JobReport } from "../calls/executor.ts";
import type { Workshop } from "../calls/job.ts";
import { messageOf } from "../errors.ts";
import { inputRecords } from "../journal/input-record.ts";
import { appendTexts, type Journal } from "../journal/journal.ts";
import type { Rebuilder } from "../judge/rebuilder.ts";
import type { PlannedJob } from "../plan/plan.ts";
import type { Recipe } from "../plan/recipe.ts";
import { costOf } from "../programs/cost.ts";
import type { RunningCall } from "./running-call.ts";

export interface ArrivalOptions {
  readonly workshop: Workshop;
  readonly rebuilder: Rebuilder;
  readonly journal: Journal;
  readonly recipeOf: (job: PlannedJob) => Recipe;
  /** Seconds to wait for outputs that network disks show late. */
  readonly latencyWait: number;
  now(): number;
  isCancelled(): boolean;
  attemptOf(job: PlannedJob): number;
  fail(call: RunningCall, job: PlannedJob, error: string): void;
  /** Its outputs stand and are recorded; it took so many seconds. */
  settled(job: PlannedJob, seconds: number): void;
  /** Does a step later; what it throws ends the run. */
  guarded(step: () => void): void;
}

/** Gives what is called when a runner reports a job as done. */
export function arrivals(options: ArrivalOptions) {
  const { workshop, rebuilder, journal, recipeOf, latencyWait, now, isCancelled, fail, guarded } = options;
  const inputsOfJob = inputRecords(journal.history.texts);

  /** Network disks may show late what another machine has written. */
  function awaitOutputs(call: RunningCall, job: PlannedJob, report: JobReport, then: () => void): void {
    const until = Date.now() + latencyWait * 1_000;
    call.late++;
    const look = () =>
      guarded(() => {
        if (!isCancelled() && !workshop.isComplete(job, report.prints) && Date.now() < until)
          return void setTimeout(look, 100);
        call.late--;
        then();
      });
    look();
  }

  function keep(call: RunningCall, job: PlannedJob, start: number, end: number, report: JobReport): void {
    try {
      workshop.commit(job, report.prints);
    } catch (error) {
      fail(call, job, messageOf(error));
      return;
    }
    call.open.delete(job.order);
    rebuilder.forget(job, report.prints);
    if (job.outputs.length > 0) {
      const { params, code } = recipeOf(job);
      appendTexts(journal, [params, code, inputsOfJob(job)]);
      const made = { start, end, attempt: options.attemptOf(job), call: call.spec.id, ...costOf(report) };
      journal.append({ t: "done", trace: rebuilder.trace(job, made) });
    }
    options.settled(job, (end - start) / 1_000);
  }

  return (call: RunningCall, job: PlannedJob, report: JobReport = {}): void => {
    if (!call.open.has(job.order) || isCancelled()) return;
    const { start = call.since, end = now() } = report;
    call.since = end;
    const kept = () => keep(call, job, start, end, report);
    if (latencyWait > 0 && !workshop.isComplete(job, report.prints)) awaitOutputs(call, job, report, kept);
    else kept();
  };
}
