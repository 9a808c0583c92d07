/** `--touch`: takes the outputs that stand as up to date, by recording them as made from what stands now. */
import { inputsOf, type PlannedJob } from "./dag.ts";
import { realFiles } from "./files.ts";
import { openJournal } from "./journal.ts";
import { takeLock } from "./lock.ts";
import { type PlanOptions, prepare } from "./prepare.ts";

/** How many jobs were taken, and how many could not be because a file of theirs does not stand. */
export interface Touched {
  readonly taken: number;
  readonly missing: number;
}

/** Runs nothing and changes no file but the journal. */
export function touch(options: PlanOptions & { readonly command: string }): Touched {
  const files = options.files ?? realFiles(options.folder);
  const unlock = options.files === undefined ? takeLock(options.folder, options.command) : () => {};
  const journal = openJournal(files);
  try {
    const { plan, reasons, rebuilder, recipeOf } = prepare(options, files, journal.history);
    const stands = (job: PlannedJob) =>
      [...job.outputs, ...inputsOf(job)].every((file) => rebuilder.print(file) !== null);
    let taken = 0;
    let missing = 0;
    const now = Date.now();
    for (const job of plan.jobs) {
      if (reasons[job.order] === null || job.outputs.length === 0) continue;
      if (!stands(job)) {
        missing++;
        continue;
      }
      const { params, code } = recipeOf(job);
      for (const text of [params, code])
        if (!journal.history.texts.has(text.id)) journal.append({ t: "text", ...text });
      const before = journal.history.traces.get(job.outputs[0]!.path);
      const { start, end, attempt, call } = before ?? { start: now, end: now, attempt: 0, call: 0 };
      journal.append({
        t: "done",
        trace: { ...rebuilder.trace(job, { start, end, attempt, call }), touched: now },
      });
      taken++;
    }
    rebuilder.recordSources(journal);
    return { taken, missing };
  } finally {
    journal.close();
    unlock();
  }
}
