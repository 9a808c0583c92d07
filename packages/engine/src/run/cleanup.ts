/** What runs leave behind when they end before their jobs do. */
import { type CallSpec, tasksFolder } from "../calls/executor.ts";
import { removeStaging, runOfStaging, stagingRoot } from "../calls/staging-folders.ts";
import type { FileSystem } from "../disk/files.ts";
import { hasSameStat } from "../disk/fingerprint.ts";
import { isUnlockedRunAlive } from "../disk/holder.ts";
import type { UpdatedIds } from "../journal/history.ts";
import { appendTexts, type Journal } from "../journal/journal.ts";
import { sameCode, sameParams } from "../plan/recipe.ts";
import type { PlanOptions, Prepared } from "../staleness/prepare.ts";
import { Temporary } from "./temporary.ts";

/** Removes what earlier runs left unfinished, unless their orphans, or runs without the lock, still write there. */
export function removeLeftovers(
  files: FileSystem,
  orphans: readonly CallSpec[],
  warn: (text: string) => void,
): void {
  const inUse = new Set(orphans.flatMap((call) => call.jobs.map((job) => runOfStaging(job.staging))));
  removeStaging(files, (run) => inUse.has(run) || isUnlockedRunAlive(files, run), warn);
}

/**
 * Cancels the tasks that dead runs left in a queue, for a run without a queue. Runners find their files by path. Once these
 * have moved, a waiting task finds nothing to do, and a running one ends. `removeLeftovers` does the rest.
 */
export function revokeTasks(files: FileSystem): void {
  for (const run of files.list(tasksFolder) ?? []) {
    if (isUnlockedRunAlive(files, run)) continue;
    files.makeFolder(`${stagingRoot}/${run}`);
    files.rename(`${tasksFolder}/${run}`, `${stagingRoot}/${run}/tasks`);
  }
  files.removeEmpty(tasksFolder);
}

/** Removes unfinished files of this run. */
export function removeOwnStaging(files: FileSystem, id: string, warn: (text: string) => void): void {
  removeStaging(files, (run) => run !== id, warn);
}

/** Protects the outputs that a killed run had recorded but not yet protected. */
export function protectRecorded({ plan, fileStates, files, history }: Prepared): void {
  const rules = plan.rules.filter((rule) => rule.outputs.some(({ marks }) => marks.protect));
  const last = history.runs.at(-1);
  if (rules.length === 0 || last === undefined || last.end !== undefined) return;
  for (let job = 0; job < plan.jobCount; job++) {
    const rule = plan.ruleOf(job);
    const trace = rules.includes(rule) ? fileStates.trace(job) : undefined;
    if (trace === undefined || trace.end < last.at) continue;
    plan.outputs(job).forEach((file, i) => {
      const path = plan.path(file);
      const stat = files.stat(path);
      const fingerprint = fileStates.recorded(file);
      const isAsMade =
        stat !== null && fingerprint !== undefined && (stat.directory || hasSameStat(stat, fingerprint));
      if (rule.outputs[i]!.marks.protect && isAsMade && !files.isProtected(path)) files.protect(path);
    });
  }
}

interface RemoveTemporaryOptions extends Pick<PlanOptions, "targets"> {
  readonly withoutLock?: boolean;
  readonly keepTemporary?: boolean;
}

/** Removes temporary outputs that earlier runs left, if all their readers are in this plan. */
export function removeTemporary(options: RemoveTemporaryOptions, prepared: Prepared): void {
  const { withoutLock = false, keepTemporary = false, targets = [] } = options;
  if (withoutLock || keepTemporary || prepared.impossible.length > 0) return;
  // Other plans may have readers of it.
  if (targets.length > 0 || prepared.selected.isPart) return;
  const { plan, fileStates, files } = prepared;
  for (const file of new Temporary(prepared).leftovers()) {
    files.remove(plan.path(file));
    fileStates.setRemoved(file);
  }
}

/** Records the new state of files that differ from the history, and what records of earlier versions lack. */
export function recordFileStates(journal: Journal, prepared: Prepared): void {
  const { fileStates, staleness, states } = prepared;
  fileStates.record(journal);
  const fresh = staleness.withoutRoles.filter((job) => states.answer(job) === "fresh");
  for (let i = 0; i < fresh.length; i += 1_000)
    journal.append({
      t: "roles",
      of: fresh.slice(i, i + 1_000).map((job) => updatedIds(journal, prepared, job)),
    });
}

/** What the record of a job would contain if this version had written it. */
function updatedIds(journal: Journal, prepared: Prepared, job: number): UpdatedIds {
  const { plan, fileStates, digests, staleness, recipes } = prepared;
  const trace = fileStates.trace(job)!;
  const params = staleness.recipe(job)?.params;
  const code = recipes.code(plan.ruleOf(job));
  recipes.forget(job);
  const same = sameCode(trace, code);
  const now = {
    params: params !== undefined && sameParams(trace, params) ? params : null,
    code: same.code && same.prefix ? code : null,
  };
  appendTexts(journal, [now.params, now.code]);
  return [plan.key(job), digests.roles(job), now.params?.id ?? trace.params, now.code?.id ?? trace.code];
}
