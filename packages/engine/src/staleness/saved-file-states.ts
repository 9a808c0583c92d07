/** The state of a plan's files when it was saved, in columns by file, and whether it is still the same. */
import type { FileStat, FileSystem } from "../disk/files.ts";
import type { FileFingerprint, Fingerprint } from "../disk/fingerprint.ts";
import { type Columns, dictionary, type TextColumn } from "../journal/columns.ts";
import type { Plan } from "../plan/table.ts";

/** Not checked; a file; a folder made by a job; a source folder; removed, with a valid record. */
export const saved = { unknown: 0, file: 1, folder: 2, source: 3, absent: 4 } as const;

/** The saved state of a file: its kind, its fingerprint if it existed, and its content as a text to compare. */
export interface SavedFileState {
  readonly kind: number;
  readonly fingerprint?: Fingerprint;
  readonly content?: string;
}

const reals = ["size", "mtime", "ctime", "inode"] as const;

/** Fingerprints have rows of their own: for each file its own, and if it is a folder, one for each file in it. */
interface FileStateColumns extends Readonly<Record<(typeof reals)[number], Float64Array>> {
  readonly kind: Uint8Array;
  /** By file, the row after its last one. */
  readonly end: Uint32Array;
  readonly contents: TextColumn;
  /** By row, the number of the name of a file in a folder. */
  readonly partName: Uint32Array;
  readonly partNames: TextColumn;
}

export class SavedFileStates {
  readonly #plan: Plan;
  readonly #columns: FileStateColumns;
  /** 1 if a file looks the same now, 2 if it does not, 0 if not checked. */
  readonly #now: Uint8Array;
  /** The number of files that were checked and look different. */
  changed = 0;

  constructor(plan: Plan, columns: Columns) {
    this.#plan = plan;
    this.#columns = columns as unknown as FileStateColumns;
    this.#now = new Uint8Array(this.#columns.kind.length);
  }

  isAbsent(file: number): boolean {
    return this.#columns.kind[file] === saved.absent;
  }

  isSame(file: number, files: FileSystem): boolean {
    if (this.#now[file] === 0) {
      const same = this.#state(file, files);
      this.#now[file] = same ? 1 : 2;
      if (!same) this.changed++;
    }
    return this.#now[file] === 1;
  }

  /** True for a file that was checked and looks different. */
  isChanged(file: number): boolean {
    return this.#now[file] === 2;
  }

  /** The saved content of a file; "" if unknown. */
  content(file: number): string {
    return this.#columns.contents.at(file)!;
  }

  /** The saved state of a file. */
  state(file: number): SavedFileState {
    const kind = this.#columns.kind[file]!;
    const content = this.content(file);
    if (kind === saved.unknown || kind === saved.absent) return { kind, content };
    const own = this.#firstRow(file);
    const fingerprint = this.#fingerprint(own);
    if (kind === saved.file) return { kind, content, fingerprint };
    const parts = Array.from({ length: this.#columns.end[file]! - own - 1 }, (_, i) => ({
      ...this.#fingerprint(own + 1 + i),
      name: this.#name(own + 1 + i),
    }));
    return { kind, content, fingerprint: { ...fingerprint, parts } };
  }

  #state(file: number, files: FileSystem): boolean {
    const { kind: kinds, end } = this.#columns;
    const kind = kinds[file];
    if (kind === saved.unknown || kind === saved.source) return false;
    const path = this.#plan.path(file);
    const stat = files.stat(path);
    if (stat === null || kind === saved.absent) return stat === null && kind === saved.absent;
    const own = this.#firstRow(file);
    if (kind === saved.file) return this.#hasSameStat(stat, own);
    if (!stat.directory) return false;
    for (let row = own + 1; row < end[file]!; row++) {
      const found = files.stat(`${path}/${this.#name(row)}`);
      if (found === null || !this.#hasSameStat(found, row)) return false;
    }
    return true;
  }

  #firstRow(file: number): number {
    return file === 0 ? 0 : this.#columns.end[file - 1]!;
  }

  #name(row: number): string {
    return this.#columns.partNames.at(this.#columns.partName[row]!)!;
  }

  #fingerprint(row: number): FileFingerprint {
    const { size, mtime, ctime, inode } = this.#columns;
    return {
      size: size[row]!,
      mtime: mtime[row]!,
      ...(ctime[row] === 0 ? {} : { ctime: ctime[row]! }),
      ...(inode[row] === 0 ? {} : { inode: inode[row]! }),
      hash: "",
    };
  }

  /** As `hasSameStat` compares with a fingerprint: no object is made for each file. */
  #hasSameStat(stat: FileStat, row: number): boolean {
    const { size, mtime, ctime, inode } = this.#columns;
    return (
      stat.size === size[row] &&
      stat.mtime === mtime[row] &&
      !stat.directory &&
      !stat.special &&
      (ctime[row] === 0 || stat.ctime === undefined || stat.ctime === ctime[row]) &&
      (inode[row] === 0 || stat.inode === undefined || stat.inode === inode[row])
    );
  }
}

/** The columns of so many files, to be saved; calls `look` once per file. */
export function fileStateColumns(count: number, stateOf: (file: number) => SavedFileState): Columns {
  const kind = new Uint8Array(count);
  const end = new Uint32Array(count);
  const contents = new Array<string>(count);
  const texts: string[] = [];
  const rows: Record<(typeof reals)[number], number[]> = { size: [], mtime: [], ctime: [], inode: [] };
  const add = (fingerprint: Partial<FileFingerprint>, name = "") => {
    texts.push(name);
    for (const real of reals) rows[real].push(fingerprint[real] ?? 0);
  };
  for (let file = 0; file < count; file++) {
    const { kind: own, fingerprint, content = "" } = stateOf(file);
    kind[file] = own;
    contents[file] = content;
    add(fingerprint ?? {});
    for (const part of fingerprint?.parts ?? []) add(part, part.name);
    end[file] = texts.length;
  }
  const { words: partNames, codes: partName } = dictionary(texts);
  const numbers = Object.fromEntries(reals.map((real) => [real, Float64Array.from(rows[real])]));
  return { kind, end, contents, partName, partNames, ...numbers };
}
