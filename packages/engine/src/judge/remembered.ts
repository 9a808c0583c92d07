/**
 * The plan of the last run in columns, with what its files looked like: `.braid/plan`.
 *
 * It is a cache and may be removed. It holds for one question (rules, targets, what counts) and for the journal
 * of the size and time that it names; then a job whose files still look the same is as up to date as it was.
 */

import type { FileStat, FileSystem } from "../disk/files.ts";
import type { Fingerprint } from "../disk/fingerprint.ts";
import {
  type Columns,
  dictionary,
  mapNumbers,
  packColumns,
  readCache,
  unpackColumns,
} from "../journal/columns.ts";
import type { RuleShape } from "../journal/history.ts";
import type { Plan, PlannedFile, PlannedJob } from "../plan/plan.ts";

export const rememberedPath = ".braid/plan";
const version = 1;

/** Lists of numbers, one behind the other; the one at `i` ends before `ends[i]`. */
export interface Lists {
  readonly ends: Uint32Array;
  readonly items: Uint32Array;
}

/** In `inputs`, marks a file whose changes do not count. */
export const ancientBit = 0x8000_0000;

/** Jobs in order, each after all that it needs; files and gathers are known by their positions. */
export interface Structure {
  /** What was asked: a plan for anything else is not this one. */
  readonly key: string;
  /** The names of the rules, and which of them each job is of. */
  readonly rules: readonly string[];
  readonly rule: Uint32Array;
  /** The values of all jobs' wildcards, one behind the other. */
  readonly valueWords: readonly string[];
  readonly values: Lists;
  readonly outputs: Lists;
  readonly inputs: Lists;
  readonly gathers: Lists;
  readonly gatherFiles: Lists;
  /** What was asked for: a file as twice its position, a job without outputs as twice its position and one. */
  readonly targets: Uint32Array;
  readonly paths: readonly string[];
  /** Files whose being there or not has shaped the plan. */
  readonly watched: readonly string[];
  readonly wasThere: Uint32Array;
  readonly shapes: Readonly<Record<string, RuleShape>>;
}

/** What a file looked like: unknown, a plain file, or a folder whose files are the parts up to `partEnds`. */
export const looks = { unknown: 0, file: 1, folder: 2 } as const;

/** What the files looked like, and which jobs were up to date then. */
export interface Looks {
  readonly kind: Uint32Array;
  readonly size: Float64Array;
  readonly mtime: Float64Array;
  readonly partEnds: Uint32Array;
  readonly partName: { readonly words: readonly string[]; readonly codes: Uint32Array };
  readonly partSize: Float64Array;
  readonly partMtime: Float64Array;
  readonly settled: Uint32Array;
}

export interface Remembered {
  readonly structure: Structure;
  readonly looks: Looks;
}

/** The structure of a plan, and its files by position: those that its jobs and targets have. */
export function structureOf(
  { jobs, targets, files: all }: Pick<Plan, "jobs" | "targets" | "files">,
  about: Pick<Structure, "key" | "shapes">,
  watched: ReadonlyMap<string, boolean>,
): { structure: Structure; files: readonly PlannedFile[] } {
  const files: PlannedFile[] = [];
  const positions = new Int32Array(all.size).fill(-1);
  const positionOf = (file: PlannedFile) => {
    let at = positions[file.index]!;
    if (at < 0) {
      at = files.length;
      positions[file.index] = at;
      files.push(file);
    }
    return at;
  };
  const gatherPositions = new Map([...new Set(jobs.flatMap((job) => job.gathers))].map((g, i) => [g, i]));
  const rule = dictionary(jobs.map((job) => job.rule.name));
  const value = dictionary(jobs.flatMap((job) => job.values));
  const inputOf = (file: PlannedFile, { ancient }: PlannedJob) =>
    (positionOf(file) | (ancient.has(file) ? ancientBit : 0)) >>> 0;
  const structure: Structure = {
    ...about,
    rules: rule.words,
    rule: rule.codes,
    valueWords: value.words,
    values: { ends: endsOf(jobs, (job) => job.values.length), items: value.codes },
    outputs: listsOf(jobs, (job) => job.outputs, positionOf),
    inputs: listsOf(jobs, (job) => job.inputs, inputOf),
    gathers: listsOf(
      jobs,
      (job) => job.gathers,
      (gather) => gatherPositions.get(gather)!,
    ),
    gatherFiles: listsOf([...gatherPositions.keys()], (gather) => gather.files, positionOf),
    targets: mapNumbers(Uint32Array, targets, (target) =>
      "path" in target ? 2 * positionOf(target) : 2 * target.order + 1,
    ),
    paths: files.map((file) => file.path),
    watched: [...watched.keys()],
    wasThere: Uint32Array.from(watched.values(), Number),
  };
  return { structure, files };
}

/** `printOf` and `isSettled` take positions; a file without a fingerprint is looked at more closely next time. */
export function looksOf(
  { paths, rule }: Structure,
  printOf: (file: number) => Fingerprint | undefined,
  isSettled: (job: number) => boolean,
): Looks {
  const prints = paths.map((_, i) => printOf(i));
  const parts = prints.flatMap((print) => print?.parts ?? []);
  return {
    kind: mapNumbers(Uint32Array, prints, (print) =>
      print === undefined ? looks.unknown : print.parts === undefined ? looks.file : looks.folder,
    ),
    size: mapNumbers(Float64Array, prints, (print) => print?.size ?? 0),
    mtime: mapNumbers(Float64Array, prints, (print) => print?.mtime ?? 0),
    partEnds: endsOf(prints, (print) => print?.parts?.length ?? 0),
    partName: dictionary(parts.map((part) => part.name)),
    partSize: mapNumbers(Float64Array, parts, (part) => part.size),
    partMtime: mapNumbers(Float64Array, parts, (part) => part.mtime),
    settled: mapNumbers(Uint32Array, rule, (_, i) => Number(isSettled(i))),
  };
}

/** What a look says of a file; the hash is not kept, and empty. */
export function printAt(looked: Looks, file: number): Fingerprint | undefined {
  const { kind, size, mtime, partEnds, partName, partSize, partMtime } = looked;
  if (kind[file] === looks.unknown) return undefined;
  const print = { size: size[file]!, mtime: mtime[file]!, hash: "" };
  if (kind[file] === looks.file) return print;
  const from = file === 0 ? 0 : partEnds[file - 1]!;
  const parts = Array.from({ length: partEnds[file]! - from }, (_, i) => ({
    name: partName.words[partName.codes[from + i]!]!,
    size: partSize[from + i]!,
    mtime: partMtime[from + i]!,
    hash: "",
  }));
  return { ...print, parts };
}

interface About extends Pick<Structure, "key" | "rules" | "valueWords" | "shapes"> {
  readonly plan: number;
  readonly journal: Pick<FileStat, "size" | "mtime"> | null;
  readonly partWords: readonly string[];
}

/** Reads what holds for this question and this journal; null where there is nothing that does. */
export function readRemembered(files: FileSystem, key: string, journalPath: string): Remembered | null {
  const block = unpackColumns(readCache(files, rememberedPath));
  const about = block?.about as About | undefined;
  if (block === null || about?.plan !== version || about.key !== key) return null;
  const journal = files.stat(journalPath);
  if (journal?.size !== about.journal?.size || journal?.mtime !== about.journal?.mtime) return null;
  const { columns } = block;
  const numbers = (name: string) => columns[name] as Uint32Array;
  const reals = (name: string) => columns[name] as Float64Array;
  const lists = (name: string) => ({ ends: numbers(`${name} ends`), items: numbers(name) });
  return {
    structure: {
      key,
      rules: about.rules,
      valueWords: about.valueWords,
      shapes: about.shapes,
      rule: numbers("rule"),
      values: lists("values"),
      outputs: lists("outputs"),
      inputs: lists("inputs"),
      gathers: lists("gathers"),
      gatherFiles: lists("gather files"),
      targets: numbers("targets"),
      paths: columns.path as readonly string[],
      watched: columns.watched as readonly string[],
      wasThere: numbers("was there"),
    },
    looks: {
      kind: numbers("kind"),
      size: reals("size"),
      mtime: reals("mtime"),
      partEnds: numbers("part ends"),
      partName: { words: about.partWords, codes: numbers("part name") },
      partSize: reals("part size"),
      partMtime: reals("part mtime"),
      settled: numbers("settled"),
    },
  };
}

/** Writes it beside the journal, which is closed. */
export function writeRemembered(files: FileSystem, { structure, looks }: Remembered, journalPath: string) {
  const draft = `${rememberedPath}.new`;
  const stat = files.stat(journalPath);
  const { key, rules, valueWords, shapes } = structure;
  const about: About = {
    plan: version,
    journal: stat === null ? null : { size: stat.size, mtime: stat.mtime },
    key,
    rules,
    valueWords,
    shapes,
    partWords: looks.partName.words,
  };
  const lists = (name: string, { ends, items }: Lists): Columns => ({
    [`${name} ends`]: ends,
    [name]: items,
  });
  try {
    const packed = packColumns(about, {
      rule: structure.rule,
      ...lists("values", structure.values),
      ...lists("outputs", structure.outputs),
      ...lists("inputs", structure.inputs),
      ...lists("gathers", structure.gathers),
      ...lists("gather files", structure.gatherFiles),
      targets: structure.targets,
      path: structure.paths,
      watched: structure.watched,
      "was there": structure.wasThere,
      kind: looks.kind,
      size: looks.size,
      mtime: looks.mtime,
      "part ends": looks.partEnds,
      "part name": looks.partName.codes,
      "part size": looks.partSize,
      "part mtime": looks.partMtime,
      settled: looks.settled,
    });
    files.write(draft, packed);
    files.rename(draft, rememberedPath);
  } catch {
    // A full disk, say: the run stands without it, and the next start takes a second longer.
    files.remove(draft);
  }
}

/** Where the list at a position begins. */
export function startOf({ ends }: Lists, at: number): number {
  return at === 0 ? 0 : ends[at - 1]!;
}

export function listAt(lists: Lists, at: number): number[] {
  return [...lists.items.subarray(startOf(lists, at), lists.ends[at]!)];
}

/** The lists of all of these, each item as a number; one array for all of them. */
function listsOf<T, I>(
  all: readonly T[],
  listOf: (one: T) => readonly I[],
  numberOf: (item: I, one: T) => number,
): Lists {
  const ends = endsOf(all, (one) => listOf(one).length);
  const items = new Uint32Array(ends.at(-1) ?? 0);
  let at = 0;
  for (const one of all) for (const item of listOf(one)) items[at++] = numberOf(item, one);
  return { ends, items };
}

function endsOf<T>(all: readonly T[], lengthOf: (one: T) => number): Uint32Array {
  let end = 0;
  return mapNumbers(Uint32Array, all, (one) => {
    end += lengthOf(one);
    return end;
  });
}
