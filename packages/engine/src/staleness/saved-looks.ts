/** The looks of a plan's files when it was saved, in columns by file, and whether they look the same now. */
import type { FileSystem } from "../disk/files.ts";
import { type Fingerprint, looksLike } from "../disk/fingerprint.ts";
import { type Columns, dictionary } from "../journal/columns.ts";

/** Not looked at; a file; a folder made by a job; a source folder; removed, with a valid record. */
export const saved = { unknown: 0, file: 1, folder: 2, source: 3, absent: 4 } as const;

/** How a file looked: its kind, its print if it existed, and its content as a text to compare. */
export interface SavedLook {
  readonly kind: number;
  readonly print?: Fingerprint;
  readonly content?: string;
}

const reals = ["size", "mtime", "ctime", "inode"] as const;

interface LookColumns {
  readonly kind: Uint8Array;
  readonly partEnd: Uint32Array;
  readonly partName: Uint32Array;
  readonly size: Float64Array;
  readonly mtime: Float64Array;
  readonly ctime: Float64Array;
  readonly inode: Float64Array;
  readonly partSize: Float64Array;
  readonly partMtime: Float64Array;
  readonly partCtime: Float64Array;
  readonly partInode: Float64Array;
}

export class SavedLooks {
  readonly #columns: LookColumns;
  readonly #names: readonly string[];
  readonly #contents: readonly string[];
  /** 1 if a file looks the same now, 2 if it does not, 0 if not checked. */
  readonly #now: Uint8Array;
  /** The number of files that were checked and look different. */
  changed = 0;

  constructor(columns: Columns) {
    this.#columns = columns as unknown as LookColumns;
    this.#names = columns.partNames as readonly string[];
    this.#contents = columns.contents as readonly string[];
    this.#now = new Uint8Array(this.#columns.kind.length);
  }

  isAbsent(file: number): boolean {
    return this.#columns.kind[file] === saved.absent;
  }

  isSame(file: number, path: string, files: FileSystem): boolean {
    if (this.#now[file] === 0) {
      const same = this.#look(file, path, files);
      this.#now[file] = same ? 1 : 2;
      if (!same) this.changed++;
    }
    return this.#now[file] === 1;
  }

  /** The saved content of a file; "" if unknown. */
  content(file: number): string {
    return this.#contents[file]!;
  }

  /** The saved look of a file. */
  look(file: number): SavedLook {
    const kind = this.#columns.kind[file]!;
    const content = this.content(file);
    if (kind === saved.unknown || kind === saved.absent) return { kind, content };
    const { size, mtime, ctime, inode } = this.#columns;
    const print = { ...printAt(size, mtime, ctime, inode, file), hash: "" };
    return { kind, content, print: kind === saved.file ? print : { ...print, parts: this.#parts(file) } };
  }

  #parts(file: number): NonNullable<Fingerprint["parts"]> {
    const { partEnd, partName, partSize, partMtime, partCtime, partInode } = this.#columns;
    const first = file === 0 ? 0 : partEnd[file - 1]!;
    return Array.from({ length: partEnd[file]! - first }, (_, i) => ({
      ...printAt(partSize, partMtime, partCtime, partInode, first + i),
      name: this.#names[partName[first + i]!]!,
      hash: "",
    }));
  }

  #look(file: number, path: string, files: FileSystem): boolean {
    const kind = this.#columns.kind[file];
    if (kind === saved.unknown || kind === saved.source) return false;
    const stat = files.stat(path);
    if (stat === null || kind === saved.absent) return stat === null && kind === saved.absent;
    const { size, mtime, ctime, inode, partEnd, partName } = this.#columns;
    if (kind === saved.file) return looksSame(stat, size, mtime, ctime, inode, file);
    if (!stat.directory) return false;
    const { partSize, partMtime, partCtime, partInode } = this.#columns;
    for (let part = file === 0 ? 0 : partEnd[file - 1]!; part < partEnd[file]!; part++) {
      const found = files.stat(`${path}/${this.#names[partName[part]!]!}`);
      if (found === null || !looksSame(found, partSize, partMtime, partCtime, partInode, part)) return false;
    }
    return true;
  }
}

function printAt(
  size: Float64Array,
  mtime: Float64Array,
  ctime: Float64Array,
  inode: Float64Array,
  at: number,
): Pick<Fingerprint, "size" | "mtime" | "ctime" | "inode"> {
  return {
    size: size[at]!,
    mtime: mtime[at]!,
    ...(ctime[at] === 0 ? {} : { ctime: ctime[at]! }),
    ...(inode[at] === 0 ? {} : { inode: inode[at]! }),
  };
}

/** Like `looksLike`, without an object for each file: there may be hundreds of thousands. */
function looksSame(
  stat: NonNullable<ReturnType<FileSystem["stat"]>>,
  size: Float64Array,
  mtime: Float64Array,
  ctime: Float64Array,
  inode: Float64Array,
  at: number,
): boolean {
  if (stat.size !== size[at] || stat.mtime !== mtime[at]) return false;
  return looksLike(stat, { ...printAt(size, mtime, ctime, inode, at), hash: "" });
}

/** The columns of this many looks, to be saved; calls `look` once per file. */
export function lookColumns(count: number, look: (file: number) => SavedLook): Columns {
  const kind = new Uint8Array(count);
  const partEnd = new Uint32Array(count);
  const contents = new Array<string>(count);
  const files = realColumns(count);
  const names: string[] = [];
  const parts: Record<(typeof reals)[number], number[]> = { size: [], mtime: [], ctime: [], inode: [] };
  for (let file = 0; file < count; file++) {
    const { kind: own, print, content = "" } = look(file);
    kind[file] = own;
    contents[file] = content;
    for (const name of reals) files[name][file] = print?.[name] ?? 0;
    for (const part of print?.parts ?? []) {
      names.push(part.name);
      for (const name of reals) parts[name].push(part[name] ?? 0);
    }
    partEnd[file] = names.length;
  }
  const { words, codes } = dictionary(names);
  return {
    kind,
    partEnd,
    contents,
    partName: codes,
    partNames: words,
    ...files,
    partSize: Float64Array.from(parts.size),
    partMtime: Float64Array.from(parts.mtime),
    partCtime: Float64Array.from(parts.ctime),
    partInode: Float64Array.from(parts.inode),
  };
}

function realColumns(count: number): Record<(typeof reals)[number], Float64Array> {
  const column = () => new Float64Array(count);
  return { size: column(), mtime: column(), ctime: column(), inode: column() };
}
