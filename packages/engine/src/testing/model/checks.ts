/** What must hold after a run that ended well; each check throws with the fault in words. */
import type { MemoryFiles } from "../../disk/memory-files.ts";
import type { Clean } from "./clean.ts";
import { contentAt } from "./contents.ts";
import { contentOf, timeOf } from "./disk.ts";
import type { Folder } from "./edits.ts";
import type { Forecast } from "./engine.ts";
import { type ModelJob, madePaths, type Place, type Workflow } from "./jobs.ts";
import { differences, type Known, knownOf, type Memory } from "./memory.ts";
import { firstPlace, placesOf, possiblePlaces } from "./places.ts";
import { type Asked, inputsOf, isTemporary, type Scope } from "./question.ts";
import type { Execution } from "./workflow.ts";

export class Fault extends Error {}

export function fault(text: string): never {
  throw new Fault(text);
}

/** A folder and what was known of it before a run. */
export interface Before {
  readonly memory: ReadonlyMap<string, Known>;
  /** Outputs that stood, by their content. */
  readonly outputs: ReadonlyMap<string, string>;
}

export interface After {
  readonly asked: Asked;
  readonly workflow: Workflow;
  readonly scope: Scope;
  readonly clean: Clean;
  readonly folder: Folder;
  readonly executions: readonly Execution[];
  readonly made: ReadonlySet<string>;
}

export const countsFor =
  (asked: Asked, { rule }: ModelJob) =>
  (name: string) =>
    (asked.triggers === null || asked.triggers.includes(name)) &&
    (rule.shape.triggers === null || rule.shape.triggers.includes(name));

/** Targets stand, and everything that stands is what a clean rebuild gives. */
export function checkContents({ scope, clean, folder, made }: After): void {
  const { disk, incomplete } = folder;
  for (const path of scope.files) {
    const stands = contentOf(disk, path);
    if (stands === null) fault(`${path} is asked for and does not stand`);
    if (stands !== clean.value(path))
      fault(`${path} is ${stands}, a clean rebuild gives ${clean.value(path)}`);
  }
  for (const job of scope.kept) {
    if (!clean.canRun(job)) continue;
    for (const { path } of job.outputs) {
      const stands = contentOf(disk, path);
      if (stands === null || (incomplete.has(path) && !made.has(job.id))) continue;
      if (stands !== clean.value(path))
        fault(`${path} is ${stands}, a clean rebuild gives ${clean.value(path)}`);
    }
  }
}

/** Of each job, what it was made from is what stands now. */
export function checkNothingStale({ asked, scope, clean, folder, made }: After): void {
  const { disk, memory } = folder;
  for (const job of scope.kept) {
    if (made.has(job.id) || !job.rule.hasBody) continue;
    if (job.outputs.length === 0) fault(`${job.name} is asked for, has no outputs and did not run`);
    const known = knownOf(memory, job.id);
    const read =
      job.rule.reads && clean.places(job)?.find(({ label, ancient }) => label !== "first" && !ancient);
    const cannotAsk = read && disk.stat(read.path) === null;
    const mayCount = countsFor(asked, job);
    const counts = (name: string) => mayCount(name) && !(name === "params" && cannotAsk);
    if (known.unknown && counts("mtime"))
      fault(`${job.name} read a source while it was edited, and did not run again`);
    const key = clean.key(job);
    if (key === null) fault(`${job.name} cannot be made`);
    const differ = known.made.map((one) => differences(one.key, key).filter(counts));
    if (differ.some((names) => names.length === 0)) continue;
    if (!known.unrecorded) fault(`${job.name} did not run, though it has other ${differ.at(-1)}`);
    const missing = job.outputs.find(({ path }) => disk.stat(path) === null);
    if (missing !== undefined)
      fault(`${job.name} did not run, though ${missing.path} is missing and has no record`);
    if (known.killed || known.mayBeUnknown || !counts("mtime")) continue;
    const newer = newerInput(job, clean, disk);
    if (newer !== undefined)
      fault(`${job.name} has no record and did not run, though its input ${newer} is newer`);
  }
}

/** The first input that is newer than the oldest output. */
function newerInput(job: ModelJob, clean: Clean, disk: MemoryFiles): string | undefined {
  const oldest = Math.min(...job.outputs.map(({ path }) => timeOf(disk, path)));
  return clean.places(job)?.find(({ path, ancient }) => !ancient && timeOf(disk, path) > oldest)?.path;
}

/**
 * No job ran whose rebuild would have had the same inputs, roles, params and code; but what was removed by hand may be
 * made for a job of which the dry run said that it may run.
 */
export function checkNothingNeedless(after: After, before: Before, mayRun: readonly string[] = []): void {
  const { asked, scope, workflow, executions, clean } = after;
  const perhapsRead = new Set(
    workflow.jobs
      .filter(({ name }) => mayRun.includes(name))
      .flatMap((job) =>
        // A params function that reads its inputs must be asked again, temporary ones included.
        (clean.places(job) ?? []).filter(({ path }) => job.rule.reads || !isTemporary(path, workflow)),
      )
      .map(({ path }) => path),
  );
  const readsEdit = (places: readonly Place[]) =>
    places.some(({ path, ancient }) => {
      const maker = workflow.makers.get(path);
      if (ancient || maker === undefined || countsFor(asked, maker)("output")) return false;
      const made = before.memory.get(maker.id)?.made ?? [];
      return made.some(({ outputs }) => isEdited(maker, outputs, before.outputs));
    });
  /** In a folder without a record every file counts, those that somebody has added too. */
  const readsUnrecorded = (places: readonly Place[]) =>
    places.some(({ path, ancient }) => {
      const maker = workflow.makers.get(path);
      if (ancient || maker === undefined || before.memory.get(maker.id)?.unrecorded !== true) return false;
      return maker.outputs.some((output) => output.folder && output.path === path);
    });
  const read = new Set(executions.flatMap(({ places }) => places.map(({ path }) => path)));
  for (const { job, key, newerInput, places } of executions) {
    const known = before.memory.get(job.id);
    if (job.outputs.length === 0 || scope.forced(job) || known === undefined) continue;
    if (known.killed || known.unknown || known.mayBeUnknown || known.accepted) continue;
    if (known.unrecorded && (newerInput || known.failed)) continue;
    const missing = job.outputs.filter(({ path }) => !before.outputs.has(path));
    // Without its output, its input folder does not look as it did.
    if (missing.length > 0 && (known.unrecorded || job.rule.shape.inside)) continue;
    const isNeeded = (path: string) =>
      [scope.files, scope.perhaps, scope.firsts, read, perhapsRead].some((paths) => paths.has(path));
    const gone = job.outputs
      .flatMap(madePaths)
      .filter((path) => contentAt(before.outputs, path) === undefined);
    if (gone.some(isNeeded)) continue;
    if (known.made.some((one) => differences(one.key, key).length > 0)) continue;
    if (known.made.some(({ outputs }) => isEdited(job, outputs, before.outputs))) continue;
    // An edit that did not count made it run, and was lost as something else had its job run too.
    if (readsEdit(places) || readsUnrecorded(places)) continue;
    const absent =
      missing.length === 0 ? "" : `; ${missing.map(({ path }) => path)} is missing, but nothing needs it`;
    fault(`${job.name} ran, though it would be made from the same${absent}`);
  }
}

function isEdited(
  job: ModelJob,
  made: ReadonlyMap<string, string>,
  standing: ReadonlyMap<string, string>,
): boolean {
  return job.outputs.some(({ path }) => standing.has(path) && standing.get(path) !== made.get(path));
}

/** What the dry run said: stale <= jobs that ran <= stale + maybe, but for what the plan grew by. */
export function checkForecast(
  after: After,
  forecast: Forecast,
  ran: readonly string[],
  isWhole: boolean,
): void {
  const { asked, scope, workflow, clean } = after;
  const known = new Set([...forecast.stale, ...forecast.maybe]);
  const late = [...scope.all].filter(({ rule }) => rule.asks !== null);
  const open = late.filter((job) => {
    const maker = clean.maker(firstPlace(job)!.path);
    return maker !== null && known.has(maker.name);
  });
  const beyond = grownBy(open, workflow, clean);
  for (const name of ran)
    if (!known.has(name) && !beyond.has(name)) fault(`${name} ran, and the dry run did not name it`);
  const selected = asked.until.length + asked.omitFrom.length > 0 && late.length > 0;
  if (!isWhole || selected) return;
  const done = new Set(ran);
  for (const name of forecast.stale)
    if (!done.has(name))
      fault(`the dry run said that ${name} will run (${forecast.reasons.get(name)}), and it did not`);
}

/** Jobs that these may ask for, what those may need, and what reads any of them. */
export function grownBy(asking: readonly ModelJob[], workflow: Workflow, clean: Clean): Set<string> {
  const { makers, jobs, variant } = workflow;
  const found = new Set<ModelJob>();
  const edges = (job: ModelJob) => [
    ...(placesOf(job, variant, clean.value) ?? []).map(({ path }) => path),
    ...(firstPlace(job) === null ? [] : [firstPlace(job)!.path]),
    ...possiblePlaces(job),
  ];
  const pending = asking.flatMap(edges);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const job = makers.get(path);
    if (job === undefined || found.has(job)) continue;
    found.add(job);
    pending.push(...edges(job));
  }
  for (const job of asking) found.add(job);
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const job of jobs) if (edges(job).some((path) => found.has(makers.get(path)!))) found.add(job);
  }
  return new Set([...found].map(({ name }) => name));
}

/** Nothing is left behind but what is asked for. */
export function checkFolder(after: After): void {
  const { asked, scope, workflow, folder, made } = after;
  const { disk, memory, writable } = folder;
  for (const path of [".braid/staging", ".braid/trash"])
    if ((disk.list(path) ?? []).length > 0) fault(`${path} still has ${disk.list(path)}`);
  const draft = disk.paths().find((path) => /^\.braid\/.*(\.new|\.draft|lock.*)$/.test(path));
  if (draft !== undefined) fault(`${draft} is left`);
  const whole =
    asked.targets.length + asked.until.length + asked.omitFrom.length === 0 && !asked.keepTemporary;
  const read = new Set([...scope.kept].flatMap((job) => inputsOf(job, after.clean)));
  for (const job of scope.kept) {
    const known = knownOf(memory, job.id);
    for (const { path, mark, folder: isFolder } of job.outputs) {
      const stands = disk.stat(path) !== null;
      if (!stands) continue;
      const isFree = read.has(path) && !scope.firsts.has(path) && !scope.files.has(path);
      // What somebody has edited stays, where that does not have it made again.
      const isOwn = known.made.some(({ outputs }) => outputs.get(path) === contentOf(disk, path));
      if (
        whole &&
        isTemporary(path, workflow) &&
        isFree &&
        isOwn &&
        !known.unrecorded &&
        !known.keptTemporary &&
        !known.accepted
      )
        fault(`the temporary ${path} is left`);
      if (mark !== "protect" || (!made.has(job.id) && (writable.has(path) || known.unrecorded))) continue;
      const inside = disk.paths().filter((name) => name === path || name.startsWith(`${path}/`));
      const open = inside.find((name) => !name.includes("/extra") && !disk.isProtected(name));
      if (open !== undefined && !(isFolder && writable.has(path) && !made.has(job.id)))
        fault(`${open} is not read-only`);
    }
  }
}

/** Whether a protected output may keep the run from what is asked: its job is really to run. */
export function isRefusalRight(
  { asked, scope, clean, workflow, made }: After,
  before: Before,
  memory: Memory,
  disk: MemoryFiles,
): boolean {
  // With -k, what needs nothing that is missing is refused too.
  return [...(scope.impossible ? workflow.jobs : scope.all)].some((job) => {
    const locked = job.outputs.some(({ path, mark }) => mark === "protect" && isReadOnly(disk, path));
    if (!locked) return false;
    const known = knownOf(memory, job.id);
    if (scope.forced(job) || known.accepted || known.made.length === 0) return true;
    if (known.unknown || known.mayBeUnknown) return true;
    if (known.unrecorded && newerInput(job, clean, disk) !== undefined) return true;
    if (job.outputs.some(({ path }) => !before.outputs.has(path))) return true;
    const key = clean.key(job);
    if (key === null || key.mtime.includes("#")) return true;
    const mayCount = countsFor(asked, job);
    // What this run has made always counts.
    const readsMade = inputsOf(job, clean).some((path) => made.has(workflow.makers.get(path)?.id ?? ""));
    // Of the same files in other roles the contents may be compared.
    const counts = (name: string) =>
      mayCount(name) || (name === "mtime" && readsMade) || (name === "input" && mayCount("mtime"));
    return known.made.every(
      (one) => differences(one.key, key).some(counts) || isEdited(job, one.outputs, before.outputs),
    );
  });
}

function isReadOnly(disk: MemoryFiles, path: string): boolean {
  return disk
    .paths()
    .some((name) => (name === path || name.startsWith(`${path}/`)) && disk.isProtected(name));
}
