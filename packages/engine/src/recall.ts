/**
 * What is left to do of a remembered plan, without planning: one look at each of its files.
 *
 * A job whose files look as they did is up to date; any other is put before the rebuilder, as after planning.
 * Only jobs that are to run, and the files that they touch, become objects.
 */
import { type Assessment, countByRule } from "./assess.ts";
import type { FileSystem } from "./files.ts";
import type { Fingerprint } from "./fingerprint.ts";
import type { Gather, PlannedFile, PlannedJob } from "./plan.ts";
import type { Reason, Rebuilder } from "./rebuilder.ts";
import { ancientBit, type Lists, looks, printAt, type Remembered } from "./remembered.ts";
import type { NamedRule } from "./ruleset.ts";

/** What is left: the plan has only jobs that are to run; those that are not have the order -1. */
export interface Recalled extends Assessment {
  /** Nothing is to run, and every file looked as remembered. */
  readonly unchanged: boolean;
  /** What the files look like after a run, and which jobs are up to date then, by positions. */
  printsAfter(
    seen: (file: PlannedFile) => Fingerprint | undefined,
  ): (file: number) => Fingerprint | undefined;
  settledAfter(isDone: (job: PlannedJob) => boolean): (job: number) => boolean;
}

const clean = 0;
const dirty = 1;

/** Null where the remembered plan does not hold: a file that has shaped it has come or gone. */
export function recall(
  remembered: Remembered,
  rules: readonly NamedRule[],
  files: FileSystem,
  rebuilder: Rebuilder,
): Recalled | null {
  const { structure, looks: looked } = remembered;
  const { watched, wasThere, inputs, outputs, gathers, gatherFiles } = structure;
  if (watched.some((path, i) => (files.stat(path) !== null) !== (wasThere[i] === 1))) return null;
  const states = statesOf(remembered, files);
  const count = structure.rule.length;
  const makers = new Int32Array(structure.paths.length).fill(-1);
  for (let job = 0; job < count; job++)
    for (let k = startOf(outputs, job); k < outputs.ends[job]!; k++) makers[outputs.items[k]!] = job;

  const orders = new Int32Array(count).fill(-1);
  const objects = planObjects(remembered, rules, makers, orders);
  const willRun = (job: PlannedJob) => job.order >= 0;
  const isDirty = (lists: Lists, at: number) => {
    for (let k = startOf(lists, at); k < lists.ends[at]!; k++)
      if (lists.items[k]! < ancientBit && states[lists.items[k]!] !== clean) return true;
    return false;
  };
  /** The first job that makes one of these files and is to run; -1 where there is none. */
  const runningMaker = (lists: Lists, at: number): number => {
    for (let k = startOf(lists, at); k < lists.ends[at]!; k++) {
      const file = lists.items[k]!;
      if (file < ancientBit && makers[file]! >= 0 && orders[makers[file]!]! >= 0) return makers[file]!;
    }
    return -1;
  };
  // Jobs share gathers: each is gone through once, when the first job behind all its makers asks.
  const gathered = gatherFiles.ends.length === 0 ? [] : ([] as { dirty: boolean; maker: number }[]);
  const gatherState = (gather: number) => {
    gathered[gather] ??= { dirty: isDirty(gatherFiles, gather), maker: runningMaker(gatherFiles, gather) };
    return gathered[gather];
  };

  function reasonOf(job: number): Reason | null {
    const stands = looked.settled[job] === 1 && !isDirty(outputs, job);
    let changed = isDirty(inputs, job);
    let maker = runningMaker(inputs, job);
    for (let k = startOf(gathers, job); k < gathers.ends[job]!; k++) {
      const gather = gatherState(gathers.items[k]!);
      changed ||= gather.dirty;
      if (maker < 0) maker = gather.maker;
    }
    if (stands && maker >= 0) return { kind: "upstream", job: objects.job(maker) };
    return stands && !changed ? null : rebuilder.reason(objects.job(job), willRun);
  }

  const found = new Map<number, Reason>();
  const run = (job: number, reason: Reason) => {
    found.set(job, reason);
    // Any position says that it is to run; the right one is known when all are.
    orders[job] = job;
    objects.number(job);
  };
  for (let job = 0; job < count; job++) {
    const reason = reasonOf(job);
    if (reason !== null) run(job, reason);
  }
  if (rebuilder.absent.size > 0) needAbsent();

  /** Makes again what was removed and is asked for, or needed by a job that is to run: until nothing changes. */
  function needAbsent(): void {
    let changed = true;
    const need = (index: number) => {
      if (states[index] === clean || !rebuilder.absent.has(objects.file(index))) return;
      const maker = makers[index]!;
      rebuilder.need(objects.job(maker));
      if (orders[maker]! >= 0) return;
      run(maker, { kind: "missing output", path: structure.paths[index]! });
      changed = true;
    };
    structure.targets.forEach(need);
    while (changed) {
      changed = false;
      const asked = new Set<number>();
      // Backwards: what a needed job needs is looked at after it.
      for (let job = count - 1; job >= 0; job--) {
        if (orders[job]! < 0) continue;
        for (const input of listAt(inputs, job)) need((input & ~ancientBit) >>> 0);
        for (const gather of listAt(gathers, job)) {
          if (!asked.has(gather)) listAt(gatherFiles, gather).forEach(need);
          asked.add(gather);
        }
      }
      const running = new Map<number, number>();
      for (let job = 0; job < count; job++) {
        if (orders[job]! >= 0) continue;
        let maker = runningMaker(inputs, job);
        for (const gather of listAt(gathers, job)) {
          if (!running.has(gather)) running.set(gather, runningMaker(gatherFiles, gather));
          if (maker < 0) maker = running.get(gather)!;
        }
        if (maker < 0) continue;
        run(job, { kind: "upstream", job: objects.job(maker) });
        changed = true;
      }
    }
  }

  const positions = [...found.keys()].sort((a, b) => a - b);
  positions.forEach((job, order) => {
    orders[job] = order;
    objects.number(job);
  });
  const reasons = positions.map((job) => found.get(job)!);
  const plan = {
    jobs: positions.map(objects.job),
    files: objects.files,
    targets: [],
    grow: () => [],
  };
  return {
    plan,
    reasons,
    counts: countByRule(plan, reasons),
    removed: [...rebuilder.absent].map((file) => file.path),
    unchanged: positions.length === 0 && states.every((state) => state === clean),
    printsAfter(seen) {
      const touched = new Map([...objects.files.values()].map((file) => [file.index, file]));
      return (index) => {
        const file = touched.get(index);
        const found = file === undefined ? undefined : seen(file);
        if (found !== undefined || states[index] !== clean) return found;
        return makers[index]! >= 0 && orders[makers[index]!]! >= 0 ? undefined : printAt(looked, index);
      };
    },
    settledAfter: (isDone) => (job) => orders[job]! < 0 || isDone(objects.job(job)),
  };
}

/** One look at each file that was known. */
function statesOf({ structure, looks: looked }: Remembered, files: FileSystem): Uint8Array {
  const { kind, size, mtime, partEnds, partName, partSize, partMtime } = looked;
  const { paths } = structure;
  const states = new Uint8Array(paths.length);
  for (let file = 0; file < paths.length; file++) {
    const path = paths[file]!;
    if (kind[file] === looks.unknown) {
      states[file] = dirty;
      continue;
    }
    const stat = files.stat(path);
    if (stat === null) states[file] = dirty;
    else if (stat.directory !== (kind[file] === looks.folder)) states[file] = dirty;
    else if (!stat.directory)
      states[file] = stat.size === size[file] && stat.mtime === mtime[file] ? clean : dirty;
    else
      for (let part = file === 0 ? 0 : partEnds[file - 1]!; part < partEnds[file]!; part++) {
        const found = files.stat(`${path}/${partName.words[partName.codes[part]!]}`);
        if (found === null || found.size !== partSize[part] || found.mtime !== partMtime[part]) {
          states[file] = dirty;
          break;
        }
      }
  }
  return states;
}

const noFiles: ReadonlySet<PlannedFile> = new Set();

/** Makes objects of what is asked for; `PlannedFile.index` is the position in the remembered plan. */
function planObjects(
  { structure }: Remembered,
  rules: readonly NamedRule[],
  makers: Int32Array,
  orders: Int32Array,
) {
  const { paths, valueWords, values, outputs, inputs, gathers, gatherFiles } = structure;
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const ruleOf = structure.rules.map((name) => byName.get(name)!);
  const made = { files: new Map<number, PlannedFile>(), jobs: new Map<number, PlannedJob>() };
  const madeGathers: Gather[] = [];
  const files = new Map<string, PlannedFile>();

  function file(index: number): PlannedFile {
    let found = made.files.get(index);
    if (found === undefined) {
      const path = paths[index]!;
      const maker = makers[index]!;
      found = {
        path,
        index,
        get maker() {
          return maker < 0 ? null : job(maker);
        },
      };
      made.files.set(index, found);
      files.set(path, found);
    }
    return found;
  }

  function gather(index: number): Gather {
    madeGathers[index] ??= lazy("files", () => listAt(gatherFiles, index).map(file));
    return madeGathers[index];
  }

  function job(at: number): PlannedJob {
    let found = made.jobs.get(at);
    if (found === undefined) {
      const rule = ruleOf[structure.rule[at]!]!;
      const needs = listAt(inputs, at);
      found = {
        rule,
        values: listAt(values, at).map((word) => valueWords[word]!),
        outputs: listAt(outputs, at).map(file),
        inputs: needs.map((input) => file(input & ~ancientBit)),
        gathers: listAt(gathers, at).map(gather),
        ancient: needs.some((input) => input >= ancientBit)
          ? new Set(needs.filter((input) => input >= ancientBit).map((input) => file(input & ~ancientBit)))
          : noFiles,
        given: undefined,
        after: undefined,
        order: orders[at]!,
      };
      made.jobs.set(at, found);
    }
    return found;
  }

  return {
    job,
    file,
    files,
    /** Gives a job the order that it has come to have. */
    number(at: number): void {
      job(at).order = orders[at]!;
    },
  };
}

function lazy<K extends string, T>(name: K, make: () => T): { readonly [k in K]: T } {
  let made: T | undefined;
  return Object.defineProperty({}, name, { enumerable: true, get: () => (made ??= make()) }) as never;
}

function startOf({ ends }: Lists, at: number): number {
  return at === 0 ? 0 : ends[at - 1]!;
}

function listAt(lists: Lists, at: number): number[] {
  return [...lists.items.subarray(startOf(lists, at), lists.ends[at]!)];
}
