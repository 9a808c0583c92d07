/**
 * What is left to do of a remembered plan, without planning: one look at each of its files.
 *
 * A job whose files look as they did is up to date; any other is put before the rebuilder, as after planning.
 * Only jobs that are to run, and the files that they touch, become objects.
 */

import type { FileSystem } from "../disk/files.ts";
import type { Fingerprint } from "../disk/fingerprint.ts";
import type { PlannedFile, PlannedJob } from "../plan/plan.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import { type Assessment, countByRule } from "./assess.ts";
import type { Reason, Rebuilder } from "./rebuilder.ts";
import { recallObjects } from "./recall-objects.ts";
import { ancientBit, type Lists, listAt, looks, printAt, type Remembered, startOf } from "./remembered.ts";

/** What is left: the plan has only jobs that are to run; those that are not have the order -1. */
export interface Recalled extends Assessment {
  /** Nothing is to run, and every file looked as remembered. */
  readonly unchanged: boolean;
  /** What the files look like after a run, and which jobs are up to date then, by positions. */
  printsAfter(
    seen: (file: PlannedFile) => Fingerprint | undefined,
  ): (file: number) => Fingerprint | undefined;
  settledAfter(isSettled: (job: PlannedJob) => boolean): (job: number) => boolean;
}

const clean = 0;
const dirty = 1;
/** Removed after a job had made it: judged by what it was, as long as nobody needs it. */
const absent = 2;

/** Null where the remembered plan does not hold: a file that has shaped it has come or gone. */
export function recall(
  remembered: Remembered,
  rules: readonly NamedRule[],
  files: FileSystem,
  rebuilder: Rebuilder,
): Recalled | null {
  const { structure, looks: looked } = remembered;
  const { watched, wasThere, inputs, outputs, gathers, gatherFiles, paths } = structure;
  if (watched.some((path, i) => (files.stat(path) !== null) !== (wasThere[i] === 1))) return null;
  const jobCount = structure.rule.length;
  const makers = makersOf(remembered);
  const states = statesOf(remembered, makers, files);
  const objects = recallObjects(remembered, rules, makers);
  const asks = structure.rules.map((name) => {
    const { spec } = rules.find((rule) => rule.name === name)!;
    return typeof spec.params === "function";
  });
  const reasons = new Map<number, Reason>();
  const runs = new Uint8Array(jobCount);

  const isDirty = (lists: Lists, at: number) => {
    for (let k = startOf(lists, at); k < lists.ends[at]!; k++)
      if (lists.items[k]! < ancientBit && states[lists.items[k]!] === dirty) return true;
    return false;
  };
  /** The first job that makes one of these files and passes; -1 where there is none. */
  const makerIn = (lists: Lists, at: number, passes: Uint8Array) => {
    for (let k = startOf(lists, at); k < lists.ends[at]!; k++) {
      const file = lists.items[k]!;
      if (file < ancientBit && makers[file]! >= 0 && passes[makers[file]!] === 1) return makers[file]!;
    }
    return -1;
  };
  // Jobs share gathers: each is gone through once, when the first job behind all its makers asks.
  const gathered: { dirty: boolean; maker: number }[] = [];
  const gatherState = (gather: number) => {
    gathered[gather] ??= { dirty: isDirty(gatherFiles, gather), maker: makerIn(gatherFiles, gather, runs) };
    return gathered[gather];
  };

  function reasonOf(job: number): Reason | null {
    // Only the rebuilder asks the functions that say what params are.
    const stands = looked.settled[job] === 1 && !isDirty(outputs, job) && !asks[structure.rule[job]!];
    let changed = isDirty(inputs, job);
    let maker = makerIn(inputs, job, runs);
    for (let k = startOf(gathers, job); k < gathers.ends[job]!; k++) {
      const gather = gatherState(gathers.items[k]!);
      changed ||= gather.dirty;
      if (maker < 0) maker = gather.maker;
    }
    if (stands && maker >= 0) return upstream(maker);
    if (stands && !changed) return null;
    for (const file of inputsAt(job)) if (states[file] === absent) rebuilder.look(objects.job(makers[file]!));
    return rebuilder.reason(objects.job(job), (other) => runs[other.order] === 1);
  }

  const upstream = (maker: number): Reason => ({ kind: "upstream", job: objects.job(maker) });

  function toRun(job: number, reason: Reason): void {
    runs[job] = 1;
    reasons.set(job, reason);
  }

  const isAbsent = (file: number) =>
    states[file] === absent || (rebuilder.absent.size > 0 && rebuilder.absent.has(objects.file(file)));

  /** All input files of a job by position. */
  function* inputsAt(job: number): Generator<number> {
    for (const input of listAt(inputs, job)) yield input & ~ancientBit;
    for (const gather of listAt(gathers, job)) yield* listAt(gatherFiles, gather);
  }

  /** Makes again what was removed of these files; the jobs that are to run only now are added to `revived`. */
  function need(wanted: Iterable<number>, revived: number[]): void {
    for (const file of wanted) needFile(file, revived);
  }

  function needFile(wanted: number, revived: number[]): void {
    const pending = [wanted];
    for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
      const maker = makers[file]!;
      if (maker < 0 || !isAbsent(file)) continue;
      rebuilder.need(objects.job(maker));
      for (const output of listAt(outputs, maker)) if (states[output] === absent) states[output] = dirty;
      if (runs[maker] === 0) {
        toRun(maker, { kind: "missing output", path: paths[file]! });
        revived.push(maker);
      }
      for (const input of inputsAt(maker)) pending.push(input);
    }
  }

  const isTemporary = temporaryIn(remembered, rules);

  /** Makes again what was removed and is asked for or needed, and then what is made from it: until nothing changes. */
  function needAbsent(): void {
    let revived: number[] = [];
    for (const target of structure.targets)
      if (target % 2 === 0) needFile(target / 2, revived);
      else for (const file of inputsAt((target - 1) / 2)) if (!isTemporary(file)) needFile(file, revived);
    for (let job = 0; job < jobCount; job++) if (runs[job] === 1) need(inputsAt(job), revived);
    while (revived.length > 0) {
      const made = new Uint8Array(jobCount);
      for (const job of revived) made[job] = 1;
      revived = [];
      for (let job = 0; job < jobCount; job++) {
        if (runs[job] === 1) continue;
        let maker = makerIn(inputs, job, made);
        for (const gather of listAt(gathers, job)) if (maker < 0) maker = makerIn(gatherFiles, gather, made);
        if (maker < 0) continue;
        toRun(job, upstream(maker));
        made[job] = 1;
        need(inputsAt(job), revived);
      }
    }
  }

  for (let job = 0; job < jobCount; job++) {
    const reason = reasonOf(job);
    if (reason !== null) toRun(job, reason);
  }
  if (states.includes(absent) || rebuilder.absent.size > 0) needAbsent();

  const orders = new Int32Array(jobCount).fill(-1);
  const positions = [...reasons.keys()].sort((a, b) => a - b);
  positions.forEach((job, order) => {
    orders[job] = order;
  });
  objects.renumber(orders);
  const isLeft = (file: number) => makers[file]! < 0 || runs[makers[file]!] === 0;
  const plan = {
    jobs: positions.map(objects.job),
    files: objects.files,
    targets: Array.from(structure.targets, (target) =>
      target % 2 === 0 ? objects.file(target / 2) : objects.job((target - 1) / 2),
    ),
    asked: new Set<PlannedFile>(),
    grow: () => [],
  };
  const ordered = positions.map((job) => reasons.get(job)!);
  return {
    plan,
    reasons: ordered,
    counts: countByRule(plan, ordered),
    removed: paths.filter((_, file) => isAbsent(file) && isLeft(file) && !isTemporary(file)),
    unchanged: positions.length === 0 && !states.includes(dirty),
    printsAfter(seen) {
      const touched = new Map([...objects.files.values()].map((file) => [file.index, file]));
      return (index) => {
        const file = touched.get(index);
        const found = file === undefined ? undefined : seen(file);
        return found ?? (states[index] !== dirty && isLeft(index) ? printAt(looked, index) : undefined);
      };
    },
    settledAfter: (isSettled) => (job) =>
      runs[job] === 0 && looked.settled[job] === 1 && !isDirty(outputs, job)
        ? true
        : isSettled(objects.job(job)),
  };
}

/** The position of the job that makes each file; -1 for sources. */
function makersOf({ structure: { rule, outputs, paths } }: Remembered): Int32Array {
  const makers = new Int32Array(paths.length).fill(-1);
  for (let job = 0; job < rule.length; job++)
    for (let k = startOf(outputs, job); k < outputs.ends[job]!; k++) makers[outputs.items[k]!] = job;
  return makers;
}

/** Tells of a file by its position whether it is removed when no job needs it any more. */
function temporaryIn({ structure }: Remembered, rules: readonly NamedRule[]): (file: number) => boolean {
  if (!rules.some((rule) => rule.fleeting)) return () => false;
  const templates = structure.rules.map((name) => rules.find((rule) => rule.name === name)!.outputs);
  const temporary = new Set<number>();
  structure.rule.forEach((rule, job) => {
    listAt(structure.outputs, job).forEach((file, i) => {
      if (templates[rule]![i]!.marks.temp) temporary.add(file);
    });
  });
  return (file) => temporary.has(file);
}

/** One look at each file that was known. */
function statesOf(
  { structure, looks: looked }: Remembered,
  makers: Int32Array,
  files: FileSystem,
): Uint8Array {
  const { kind, size, mtime, partEnds, partName, partSize, partMtime, settled } = looked;
  const { paths } = structure;

  function stateOf(file: number): number {
    if (kind[file] === looks.unknown) return dirty;
    const path = paths[file]!;
    const stat = files.stat(path);
    // Without a record that holds, only the rebuilder knows what a missing file means.
    if (stat === null) return makers[file]! >= 0 && settled[makers[file]!] === 1 ? absent : dirty;
    if (stat.directory !== (kind[file] === looks.folder)) return dirty;
    if (!stat.directory) return stat.size === size[file] && stat.mtime === mtime[file] ? clean : dirty;
    for (let part = file === 0 ? 0 : partEnds[file - 1]!; part < partEnds[file]!; part++) {
      const found = files.stat(`${path}/${partName.words[partName.codes[part]!]}`);
      if (found === null || found.size !== partSize[part] || found.mtime !== partMtime[part]) return dirty;
    }
    return clean;
  }

  const states = new Uint8Array(paths.length);
  for (let file = 0; file < paths.length; file++) states[file] = stateOf(file);
  return states;
}
