/**
 * Columns of numbers and texts as one block of bytes, for tables too large to parse as JSON at every start.
 *
 * One line of JSON, after its own checksum, names the columns; their bytes follow, each at a multiple of 8 and with a
 * checksum, so that damage is never read as an answer. Numbers are in the machine's byte order, which the first line
 * names: the block is a cache, read on the machine that wrote it.
 */
import { endianness } from "node:os";
import { crc32 } from "node:zlib";
import { type FileSystem, removeIfPossible } from "../disk/files.ts";
import { internal } from "../errors.ts";
import { TextTable } from "../plan/columns.ts";

/**
 * A column of texts as it is in a file. A text is decoded when it is asked for, because a start needs few of very many.
 */
export class PackedTexts {
  readonly length: number;
  /** The texts, as bytes. */
  readonly bytes: Uint8Array;
  /** Where each text begins, and behind the last one where another would begin. */
  #starts: Uint32Array | undefined;
  #all: readonly string[] | undefined;
  #asked = 0;

  constructor(bytes: Uint8Array, length: number) {
    this.bytes = bytes;
    this.length = length;
  }

  at(row: number): string {
    if (this.#all !== undefined) return this.#all[row]!;
    // Decoding all at once costs about as much as this many one by one.
    if (4 * ++this.#asked > this.length) return this.all()[row]!;
    const starts = this.#starts ?? this.#findStarts();
    return utf8(this.bytes, starts[row]!, starts[row + 1]! - 1);
  }

  all(): readonly string[] {
    this.#all ??= this.length === 0 ? [] : utf8(this.bytes).split(separator);
    return this.#all;
  }

  #findStarts(): Uint32Array {
    const { bytes, length } = this;
    const starts = new Uint32Array(length + 1);
    // Digests all have one length: then only the places between them are looked at.
    const step = Math.max(1, (bytes.length + 1) / length);
    let row = 0;
    while (row < length && bytes[(row + 1) * step - 1] === 0) starts[++row] = row * step;
    if (row < length - 1) {
      row = 0;
      for (let at = 0; at < bytes.length; at++) if (bytes[at] === 0) starts[++row] = at + 1;
    }
    starts[length] = bytes.length + 1;
    this.#starts = starts;
    return starts;
  }

  /** A hash of each text: that of `hashOf`. Finds where they begin at the same time. */
  hashes(): Uint32Array {
    const { bytes, length } = this;
    const hashes = new Uint32Array(length);
    const starts = new Uint32Array(length + 1);
    let hash = seed;
    let row = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte !== 0) hash = Math.imul(hash ^ byte, prime);
      else {
        hashes[row++] = hash;
        starts[row] = at + 1;
        hash = seed;
      }
    }
    if (row < length) hashes[row] = hash;
    starts[length] = bytes.length + 1;
    this.#starts = starts;
    return hashes;
  }
}

/** FNV-1a. */
const [seed, prime] = [0x811c9dc5, 0x01000193];

export function hashOf(bytes: Uint8Array): number {
  let hash = seed;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, prime);
  return hash;
}

/** A column of texts: packed if it was read. */
export type TextColumn = readonly string[] | PackedTexts;

/** All texts of a column. */
export function textsOf(column: TextColumn): readonly string[] {
  return column instanceof PackedTexts ? column.all() : column;
}

export function packedTexts(column: TextColumn): PackedTexts {
  if (column instanceof PackedTexts) return column;
  return new PackedTexts(Buffer.from(column.join(separator)), column.length);
}

export type NumberColumn = Float64Array | Uint32Array | Int32Array | Uint8Array;
export type Column = NumberColumn | TextColumn;
export type Columns = Readonly<Record<string, Column>>;

/** A block, as it was read. */
export interface Block {
  /** Plain data that says what the columns are. */
  readonly about: unknown;
  readonly columns: Columns;
}

const kinds = { f64: Float64Array, u32: Uint32Array, i32: Int32Array, u8: Uint8Array } as const;
type NumberKind = keyof typeof kinds;

interface Section {
  readonly name: string;
  readonly kind: NumberKind | "text";
  /** The kind of its values. */
  readonly count: number;
  readonly bytes: number;
  /** CRC-32 of the bytes and their padding: after a machine crash, a file may have the right size but no content. */
  readonly check: number;
}

interface Header {
  readonly order: string;
  readonly about: unknown;
  readonly sections: readonly Section[];
}

/** Texts are kept with NUL between them: none may have one inside. */
const separator = "\0";
const isLost = (text: string) => text.includes(separator) || !text.isWellFormed();
const paddedLength = (bytes: number) => Math.ceil(bytes / 8) * 8;
const padding = (bytes: number) => new Uint8Array(paddedLength(bytes) - bytes);
/** The checksum of the rest of the first line: eight hexadecimal digits and a blank. */
const checkOf = (line: string | Uint8Array) => `${crc32(line).toString(16).padStart(8, "0")} `;
const checkLength = 9;

/**
 * Packs columns, and `about`: plain data that says what they are. Gives the pieces of one block, to be gone through
 * once: texts are joined by the thousand and encoded where they are written, since all of them would be many megabytes.
 */
export function packColumns(about: unknown, columns: Columns): Iterable<string | Uint8Array> {
  const sections = Object.entries(columns).map(([name, column]): Section => {
    if (Array.isArray(column) && column.some(isLost))
      throw internal("a text with a NUL or half a character cannot be packed");
    let bytes = 0;
    let check = 0;
    for (const piece of piecesOf(column)) {
      bytes += Buffer.byteLength(piece);
      check = crc32(piece, check);
    }
    return { name, kind: kindOf(column), count: column.length, bytes, check: crc32(padding(bytes), check) };
  });
  const header = JSON.stringify({ order: endianness(), about, sections } satisfies Header);
  // Blanks bring the first column to a multiple of 8.
  const length = checkLength + Buffer.byteLength(header) + 1;
  const line = `${header}${" ".repeat(paddedLength(length) - length)}`;
  return (function* () {
    yield `${checkOf(line)}${line}\n`;
    for (const { name, bytes } of sections) {
      yield* piecesOf(columns[name]!);
      yield padding(bytes);
    }
  })();
}

/** The bytes of a cache, or so many of them; none where it cannot be read: then it is as if it were not there. */
export function readCache(files: FileSystem, path: string, most?: number): Uint8Array {
  try {
    return files.read(path, 0, most);
  } catch {
    return new Uint8Array();
  }
}

/** Writes a cache, whole or not at all. If the write fails, the next start is just slower. */
export function writeCache(
  files: FileSystem,
  path: string,
  content: () => Iterable<string | Uint8Array>,
): void {
  const draft = `${path}.new`;
  try {
    files.write(draft, content());
    files.rename(draft, path);
  } catch {
    removeIfPossible(files, draft);
  }
}

/** What the first line of a block says of it. The columns are read, and checked, when they are asked for. */
export interface Outline {
  readonly about: unknown;
  /** How many values each column has, by name. */
  readonly counts: ReadonlyMap<string, number>;
  /** Null if they are damaged, or if the block was replaced by another one. */
  columns(): Columns | null;
}

/** Longer than most first lines. */
const firstRead = 1 << 17;

/** Reads the first line of a cache, if it is intact and this kind of machine wrote it; else null. */
export function readOutline(files: FileSystem, path: string): Outline | null {
  let start = readCache(files, path, firstRead);
  if (start.length === firstRead && !start.includes(0x0a)) start = readCache(files, path);
  const end = start.indexOf(0x0a);
  const line = start.subarray(0, end);
  const header = end < 0 ? null : readHeader(line);
  if (header === null) return null;
  return {
    about: header.about,
    counts: new Map(header.sections.map(({ name, count }) => [name, count])),
    columns() {
      const bytes = readCache(files, path);
      const same = Buffer.compare(bytes.subarray(0, end), line) === 0;
      return same ? (unpackColumns(bytes)?.columns ?? null) : null;
    },
  };
}

/** Reads a block that this kind of machine wrote, if it is intact; else null. */
export function unpackColumns(bytes: Uint8Array): Block | null {
  const end = bytes.indexOf(0x0a);
  const header = end < 0 ? null : readHeader(bytes.subarray(0, end));
  if (header === null) return null;
  const columns: Record<string, Column> = {};
  let at = end + 1;
  for (const { name, kind, count, bytes: length, check } of header.sections) {
    if (crc32(bytes.subarray(at, at + paddedLength(length))) !== check) return null;
    const content = bytes.subarray(at, at + length);
    columns[name] = kind === "text" ? new PackedTexts(content, count) : numbersOf(content, kind);
    at += paddedLength(length);
  }
  // Truncated, or followed by more bytes.
  return at === bytes.length ? { about: header.about, columns } : null;
}

/** A column of few different texts: each once, and which one stands in each row. */
export function dictionary(texts: readonly string[]): { words: string[]; codes: Uint32Array } {
  const words = new TextTable();
  const codes = new Uint32Array(texts.length);
  for (let row = 0; row < texts.length; row++) codes[row] = words.add(texts[row]!);
  return { words: words.texts, codes };
}

/** Null if it is damaged, or from another kind of machine. */
function readHeader(line: Uint8Array): Header | null {
  const rest = line.subarray(checkLength);
  if (Buffer.from(line.subarray(0, checkLength)).toString("latin1") !== checkOf(rest)) return null;
  // The checksum is right, so `packColumns` has written this.
  const header = JSON.parse(utf8(rest)) as Header;
  return header.order === endianness() ? header : null;
}

function kindOf(column: Column): Section["kind"] {
  for (const [kind, Kind] of Object.entries(kinds)) if (column instanceof Kind) return kind as NumberKind;
  return "text";
}

function* piecesOf(column: Column): Generator<string | Uint8Array> {
  if (ArrayBuffer.isView(column)) yield new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  else if (column instanceof PackedTexts) yield column.bytes;
  else
    for (let from = 0; from < column.length; from += 1_000)
      yield (from === 0 ? "" : separator) + column.slice(from, from + 1_000).join(separator);
}

function numbersOf(bytes: Uint8Array, kind: NumberKind): NumberColumn {
  const Kind = kinds[kind];
  // A view needs an aligned start; a block read into the middle of a pool is copied.
  const { buffer, byteOffset, length } = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  return new Kind(buffer as ArrayBuffer, byteOffset, length / Kind.BYTES_PER_ELEMENT);
}

/** Unlike a `TextDecoder`, it keeps a byte order mark. */
function utf8(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8", from, to);
}
