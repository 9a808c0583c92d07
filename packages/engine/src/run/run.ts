/** A run from the resolved workflow to its end, in four phases: open, prepare, execute, close. */
import { randomBytes } from "node:crypto";
import { realFiles } from "../disk/real-files.ts";
import type { Summary } from "../events.ts";
import { describeJob } from "../plan/plan-errors.ts";
import {
  estimateSeconds,
  type Forecast,
  forecast,
  sourcesOf,
  unmakeableWarning,
} from "../staleness/forecast.ts";
import { type Prepared, prepareFromSaved } from "../staleness/prepare.ts";
import {
  addedFilesText,
  protectRecorded,
  recordFileStates,
  removeLeftovers,
  removeTemporary,
  revokeTasks,
} from "./cleanup.ts";
import type { PreparedRun, RunOptions } from "./options.ts";
import { Session } from "./session.ts";

/** Runs the jobs that need to run. Throws if the run cannot begin; failed jobs are in the summary. */
export async function run(options: RunOptions): Promise<Summary> {
  const session = new Session(options, options.files ?? realFiles(options.folder));
  try {
    const ahead = prepare(session, options);
    if (ahead === null) return finish(session, nothingToDo());
    // Most of the engine is only needed to run jobs.
    const { execute } = await import("./execute.ts");
    return finish(session, await execute(session, options, ahead));
  } catch (error) {
    session.fail();
    throw error;
  } finally {
    await session.close();
  }
}

/** Nothing is left to wait for. */
function finish(session: Session, summary: Summary): Summary {
  session.settle();
  return summary;
}

/** Plans and answers; null if there is nothing to do. */
function prepare(session: Session, options: RunOptions): PreparedRun | null {
  const { files, journal } = session;
  const { withoutLock = false } = options;
  const id = runId();
  const prepared = prepareFromSaved(options, files, journal.history);
  options.onPlan?.({ sources: () => sourcesOf(prepared) });
  const ahead = forecast(prepared);
  const estimate = emitPlan(session, options, prepared, ahead);
  if (!withoutLock) {
    protectRecorded(prepared, journal);
    const kept = removeTemporary(options, prepared, id);
    if (kept.length > 0) session.warn(addedFilesText(kept));
  }
  if (ahead.all.size > 0 || prepared.impossible.length > 0)
    return { id, prepared, forecast: ahead, estimate };
  session.save = prepared.save;
  recordFileStates(journal, prepared);
  if (!withoutLock) {
    // Left behind by a killed run: nobody waits for it any more.
    revokeTasks(files);
    removeLeftovers(files, [], (text) => session.warn(text));
  }
  session.emit({ kind: "ended", summary: nothingToDo() });
  return null;
}

function emitPlan(session: Session, options: RunOptions, prepared: Prepared, ahead: Forecast): number | null {
  const { slots, executor } = options;
  const { all, onlyIf, removed } = ahead;
  const estimate = estimateSeconds(all, session.journal.history, slots);
  session.emit({
    kind: "planned",
    total: [...all.values()].reduce((sum, jobs) => sum + jobs, 0),
    rules: all,
    onlyIf,
    slots,
    estimate,
    ...(executor === undefined ? {} : { queued: true }),
    ...(removed.length === 0 ? {} : { removed: { files: removed.length, one: removed[0]! } }),
  });
  for (const { rule, values, lacks } of prepared.impossible)
    if (lacks.length > 0) {
      const absent = lacks.length === 1 ? "does not exist" : "do not exist";
      session.warn(`Cannot make ${describeJob(rule, values)}: ${lacks.join(", ")} ${absent}.`);
    }
  const asIs = unmakeableWarning(prepared);
  if (asIs !== null) session.warn(asIs);
  return estimate;
}

/** Ids sort by time, and runs that start in the same second have different ids. */
function runId(): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, "").slice(0, 15);
  return `${stamp}-${randomBytes(2).toString("hex")}`;
}

function nothingToDo(): Summary {
  return { outcome: "done", total: 0, done: 0, cutOff: 0, failed: [], blocked: 0, left: 0, seconds: 0 };
}
