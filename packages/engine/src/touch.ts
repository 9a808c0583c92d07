/** `--touch`: takes the outputs that stand as up to date, by recording them as made from what stands now. */

import { realFiles } from "./disk/files.ts";
import { type LockOptions, lockFor } from "./disk/lock.ts";
import { inputRecords } from "./journal/input-record.ts";
import { appendTexts, openJournal, readHistory } from "./journal/journal.ts";
import { assessJobs } from "./judge/assess.ts";
import { type PlanOptions, prepare } from "./judge/prepare.ts";
import { growPlan, inputsOf, type PlannedJob } from "./plan/dag.ts";

/** How many jobs were taken, and how many could not be because a file of theirs does not stand. */
export interface Touched {
  readonly taken: number;
  readonly missing: number;
}

/** Runs nothing and changes no file but the journal; with `dry` only counts. */
export function touch(options: PlanOptions & LockOptions, dry = false): Touched {
  const files = options.files ?? realFiles(options.folder);
  const unlock = dry ? () => {} : lockFor(options);
  const journal = dry ? null : openJournal(files, { shared: options.withoutLock === true });
  try {
    const history = journal?.history ?? readHistory(files);
    const { plan, reasons, rebuilder, recipeOf } = prepare(options, files, history);
    const inputsOfJob = inputRecords(history.texts);
    const stands = (job: PlannedJob) =>
      [...job.outputs, ...inputsOf(job)].every((file) => rebuilder.print(file) !== null);
    let taken = 0;
    let missing = 0;
    const now = Date.now();
    const willRun = ({ order }: PlannedJob) => reasons[order] !== null;
    // What a job asks for now that its first inputs are taken comes at the end.
    for (const job of plan.jobs) {
      if (reasons[job.order] === null) continue;
      if (job.after !== undefined && stands(job))
        assessJobs(plan, growPlan(plan, job), rebuilder, reasons, willRun);
      if (job.outputs.length === 0 || plan.leftOut?.has(job)) continue;
      // Only what was removed and nothing needs may be absent: it is taken as it was.
      if (reasons[job.order]!.kind === "missing output" || !stands(job)) {
        missing++;
        continue;
      }
      reasons[job.order] = null;
      taken++;
      if (journal === null) continue;
      const { params, code } = recipeOf(job);
      appendTexts(journal, [params, code, inputsOfJob(job)]);
      const before = history.traces.get(job.outputs[0]!.path);
      const { start, end, attempt, call } = before ?? { start: now, end: now, attempt: 0, call: 0 };
      journal.append({
        t: "done",
        trace: { ...rebuilder.trace(job, { start, end, attempt, call }), touched: now },
      });
    }
    if (journal !== null) rebuilder.recordSources(journal);
    return { taken, missing };
  } finally {
    journal?.close();
    unlock();
  }
}
