/** `--touch`: takes the outputs that stand as up to date, by recording them as made from what stands now. */

import { type Fingerprint, shortHash } from "./disk/fingerprint.ts";
import { type LockOptions, lockFor } from "./disk/lock.ts";
import { realFiles } from "./disk/real-files.ts";
import { inputRecords } from "./journal/input-record.ts";
import { appendTexts, type Journal, openJournal, readHistory, type Trace } from "./journal/journal.ts";
import { traceOf } from "./run/commits.ts";
import type { PlanOptions } from "./staleness/plan-options.ts";
import { type Prepared, prepare } from "./staleness/prepare.ts";

/** How many jobs were taken, and how many could not be because a file of theirs does not stand. */
export interface TouchResult {
  readonly taken: number;
  readonly missing: number;
}

/** Runs nothing and changes no file but the journal; with `dry` only counts. */
export function touch(options: PlanOptions & LockOptions, dry = false): TouchResult {
  const files = options.files ?? realFiles(options.folder);
  const unlock = dry ? () => {} : lockFor(options);
  const journal = dry ? null : openJournal(files, { shared: options.withoutLock === true });
  try {
    const history = journal?.history ?? readHistory(files);
    const prepared = prepare({ ...options, touching: true }, files, history);
    const inputsOf = inputRecords(history.texts);
    let taken = 0;
    let missing = 0;
    // What a job asks for, now that its first inputs are taken, comes at the end.
    for (let job = 0; job < prepared.plan.jobCount; job++) {
      const found = touchJob(prepared, job);
      if (found === "taken") taken++;
      else if (found === "missing") missing++;
      if (found === "taken" && journal !== null) record(prepared, job, journal, inputsOf);
    }
    if (journal !== null) prepared.fileStates.record(journal);
    return { taken, missing };
  } finally {
    try {
      journal?.close();
    } finally {
      unlock();
    }
  }
}

function touchJob(prepared: Prepared, job: number): "taken" | "missing" | null {
  const { plan, selected, states, answers, optional, fileStates } = prepared;
  if (!selected.isWanted(job) || !states.isActive(job)) return null;
  const stands = hasAllFiles(prepared, job);
  if (plan.afterInputs.has(job) && stands) answers.grow(job);
  if (plan.ruleOf(job).outputs.length === 0) {
    states.setPhase(job, "waiting");
    states.setPhase(job, "done");
    return null;
  }
  if (selected.leftOut.has(job)) return null;
  // Only what was removed and nothing needs may be absent: it is taken as it was.
  if (!hasAllFiles(prepared, job)) {
    // Lists and gathers do without what may fail.
    for (const file of plan.outputs(job))
      if (optional.mayLack(file) && fileStates.fingerprint(file) === null) plan.missingOptional.add(file);
    return "missing";
  }
  states.setPhase(job, "waiting");
  states.setPhase(job, "done");
  return "taken";
}

function hasAllFiles({ plan, fileStates, states, optional }: Prepared, job: number): boolean {
  if (states.reason(job)?.kind === "missing output") return false;
  for (const file of plan.outputs(job)) if (fileStates.fingerprint(file) === null) return false;
  for (const file of plan.inputFiles(job)) {
    const lacks = plan.missingOptional.has(file) && !optional.isRequired(job, file);
    if (!lacks && fileStates.fingerprint(file) === null) return false;
  }
  return !optional.hasNothing(job);
}

function record(
  prepared: Prepared,
  job: number,
  journal: Journal,
  inputsOf: ReturnType<typeof inputRecords>,
): void {
  const { plan, recipes, fileStates } = prepared;
  const view = plan.job(job);
  const { params, code } = recipes.of(view);
  appendTexts(journal, [params, code, inputsOf(view)]);
  const now = Date.now();
  const before = fileStates.trace(job);
  const outputs = plan.outputs(job);
  const made = Array.from(outputs, (file, i): Fingerprint | null => {
    const fingerprint = fileStates.fingerprint(file);
    const isMarker = view.rule.outputs[i]!.marks.touch === true;
    const known = fileStates.recorded(file);
    if (fingerprint === null || !isMarker) return fingerprint;
    return known ?? { ...fingerprint, hash: shortHash(`${now} ${plan.path(file)}`) };
  });
  // A record of it that is damaged later leaves the job open, not without a record.
  journal.append({ t: "start", jobs: [plan.key(job)], at: now, call: 0, rule: view.rule.name });
  journal.append({
    t: "done",
    trace: { ...traceOf(prepared, view, made, timesOf(before, now)), touched: now },
  });
  fileStates.setMade(job, made);
}

/** When and at what cost a job was made, as far as anybody knows. */
function timesOf(before: Trace | undefined, now: number) {
  if (before === undefined) return { start: now, end: now, attempt: 0, call: 0 };
  const { start, end, attempt, call, share, cpu, memory } = before;
  return {
    start,
    end,
    attempt,
    call,
    ...(share === undefined ? {} : { share }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
  };
}
