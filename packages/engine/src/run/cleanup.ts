/** Removes what runs leave behind and temporary outputs, but not what somebody has added to an output folder. */
import { type CallSpec, tasksFolder } from "../calls/executor.ts";
import type { ReplacedOutput } from "../calls/place-outputs.ts";
import { leavesDisk, removeStaging, runOfStaging, stagingRoot } from "../calls/staging-folders.ts";
import type { FileSystem } from "../disk/files.ts";
import { hasSameStat } from "../disk/fingerprint.ts";
import { isUnlockedRunAlive } from "../disk/holder.ts";
import { folderOf } from "../disk/locate.ts";
import type { UpdatedIds } from "../journal/history.ts";
import { appendTexts, type Journal } from "../journal/journal.ts";
import { sameCode, sameParams } from "../plan/recipe.ts";
import { count } from "../quantities.ts";
import { logPath } from "../rules/ruleset.ts";
import type { PlanOptions } from "../staleness/plan-options.ts";
import type { Prepared } from "../staleness/prepare.ts";
import { fingerprintIn } from "../staleness/records.ts";
import { addedFiles, isIn, outputsOfOthers, type PathsInside, removeBeside } from "./outputs-of-others.ts";
import type { OutputSetAside } from "./schedule.ts";
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

/**
 * Protects the outputs that a killed run had recorded but not yet protected, also those that this plan lacks; only once, so
 * that `chmod` can allow writing.
 */
export function protectRecorded({ rules, files, history }: Prepared, journal: Journal): void {
  const protecting = new Map(
    rules
      .filter(({ outputs }) => outputs.some(({ marks }) => marks.protect))
      .map((rule) => [rule.name, rule]),
  );
  const last = history.runs.at(-1);
  if (protecting.size === 0 || last === undefined) return;
  if (last.end !== undefined || last.protected === true) return;
  let found = false;
  for (const trace of history.traces.values()) {
    const rule = trace.end < last.at ? undefined : protecting.get(trace.rule);
    if (rule === undefined) continue;
    found = true;
    for (const [i, path] of [trace.path, ...(trace.others ?? [])].entries()) {
      const made = fingerprintIn(trace, path, i);
      const output = rule.outputs.find(({ match }) => match(path) !== null);
      if (made === undefined || output?.marks.protect !== true || files.isProtected(path)) continue;
      const stat = files.stat(path);
      if (stat !== null && (stat.directory || hasSameStat(stat, made))) files.protect(path);
    }
  }
  if (found) journal.append({ t: "protected", id: last.id });
}

interface RemoveTemporaryOptions extends Pick<PlanOptions, "targets"> {
  readonly withoutLock?: boolean;
  readonly keepTemporary?: boolean;
}

/**
 * Removes temporary outputs that earlier runs left, if all their readers are in this plan. Returns the files in them that
 * no job made, which are kept.
 */
export function removeTemporary(
  options: RemoveTemporaryOptions,
  prepared: Prepared,
  run: string,
): readonly ReplacedOutput[] {
  const { withoutLock = false, keepTemporary = false, targets = [] } = options;
  if (withoutLock || keepTemporary || prepared.impossible.length > 0) return [];
  // Other plans may have readers of it.
  if (targets.length > 0 || prepared.selected.isPart) return [];
  return new Temporary(prepared).leftovers().flatMap((file) => removeTemporaryOutput(prepared, file, run));
}

/**
 * Removes a temporary output with those of its job that lie in it, and records that they are gone. Outputs of other jobs in
 * it stay. Returns the files that were added to it, which are kept.
 */
export function removeTemporaryOutput(prepared: Prepared, file: number, run: string): ReplacedOutput[] {
  const { plan, files, fileStates } = prepared;
  const others = outputsOfOthers(prepared, file);
  const kept = moveAddedFiles(prepared, file, run, others);
  removeBeside(files, plan.path(file), others);
  for (const output of plan.outputs(plan.maker(file)))
    if (plan.outermost(output) === file) fileStates.setRemoved(output);
  return kept;
}

/**
 * Moves the files that were added to an output folder to `.braid/replaced/<run>`. The log of its job is none of them, nor
 * is what stays in it.
 */
export function moveAddedFiles(
  prepared: Prepared,
  file: number,
  run: string,
  staying: PathsInside,
): ReplacedOutput[] {
  const { plan, files, fileStates } = prepared;
  const job = plan.maker(file);
  const rule = plan.ruleOf(job);
  if (!rule.outputs[plan.place(file)]!.marks.directory) return [];
  const folder = plan.path(file);
  const log = logPath(rule, plan.values(job));
  return addedFiles(files, folder, fileStates.recorded(file))
    .filter((name) => !isIn(name, staying))
    .map((name) => `${folder}/${name}`)
    .filter((path) => path !== log)
    .map((path) => ({ path, to: move(files, path, `.braid/replaced/${run}/${path}`) }));
}

/** Returns where the file is now: files that were moved there before stay. */
function move(files: FileSystem, from: string, wanted: string): string {
  let to = wanted;
  for (let i = 2; files.linkStat(to) !== null; i++) to = `${wanted}.${i}`;
  files.makeFolder(folderOf(to));
  try {
    files.rename(from, to);
  } catch (error) {
    if (!leavesDisk(error)) throw error;
    files.duplicate(from, to);
    files.remove(from);
  }
  return to;
}

/** What the user is told about outputs that were set aside. */
export function setAsideTexts(moved: readonly OutputSetAside[]): string[] {
  const edited = moved.filter(({ hasRecord }) => hasRecord);
  const unrecorded = moved.filter(({ hasRecord }) => !hasRecord);
  return [
    setAsideText(edited, "did not match its record, so it was", "did not match their records, so they were"),
    setAsideText(unrecorded, "existed without a record and was", "existed without records and were"),
  ].filter((text) => text !== "");
}

function setAsideText(moved: readonly ReplacedOutput[], one: string, several: string): string {
  const [first] = moved;
  if (first === undefined) return "";
  if (moved.length === 1) return `${first.path} ${one} made again; the old file is kept as ${first.to}.`;
  const others = count(moved.length - 1, "more output");
  return `${first.path} and ${others} ${several} made again; the old files are kept, the first as ${first.to}.`;
}

/** What the user is told about files that were added to output folders. */
export function addedFilesText(moved: readonly ReplacedOutput[]): string {
  const { path, to } = moved[0]!;
  const [was, first] = moved.length === 1 ? ["was", "is kept as"] : ["were", "are kept, the first as"];
  const others = moved.length === 1 ? "" : ` and ${count(moved.length - 1, "more file")}`;
  return `${path}${others} in output folders ${was} not made by the jobs of these folders, which were removed or made again; ${moved.length === 1 ? "it" : "they"} ${first} ${to}.`;
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
