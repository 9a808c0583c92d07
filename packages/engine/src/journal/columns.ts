/**
 * Columns of numbers and texts as one block of bytes, for tables too large to parse as JSON at every start.
 *
 * One line of JSON names the columns; their bytes follow, each at a multiple of 8. Numbers are in the
 * machine's byte order: the block is a cache, read where it was written, and says so in its first line.
 */
import { endianness } from "node:os";
import { crc32 } from "node:zlib";
import type { FileSystem } from "../disk/files.ts";

export type Column = Float64Array | Uint32Array | readonly string[];
export type Columns = Readonly<Record<string, Column>>;

interface Section {
  readonly name: string;
  readonly kind: "f64" | "u32" | "text";
  readonly count: number;
  readonly bytes: number;
}

interface Header {
  readonly order: string;
  /** CRC-32 of all that follows the line: a crash of the machine can leave a file of the right size and no content. */
  readonly check: number;
  readonly about: unknown;
  readonly sections: readonly Section[];
}

/** Texts are kept with NUL between them: none may have one inside. */
const separator = "\0";
const padded = (bytes: number) => Math.ceil(bytes / 8) * 8;
const padding = (bytes: number) => new Uint8Array(padded(bytes) - bytes);

/**
 * Packs columns, and `about`: plain data that says what they are. Gives the pieces of one block, to be gone through
 * once: texts are joined by the thousand and encoded where they are written, since all of them would be many megabytes.
 */
export function packColumns(about: unknown, columns: Columns): Iterable<string | Uint8Array> {
  let check = 0;
  const sections = Object.entries(columns).map(([name, column]): Section => {
    let bytes = 0;
    for (const piece of piecesOf(column)) {
      bytes += Buffer.byteLength(piece);
      check = crc32(piece, check);
    }
    check = crc32(padding(bytes), check);
    const kind = column instanceof Float64Array ? "f64" : column instanceof Uint32Array ? "u32" : "text";
    return { name, kind, count: column.length, bytes };
  });
  const header = JSON.stringify({ order: endianness(), check, about, sections } satisfies Header);
  // Blanks bring the first column to a multiple of 8.
  const length = Buffer.byteLength(header) + 1;
  const first = `${header}${" ".repeat(padded(length) - length)}\n`;
  return (function* () {
    yield first;
    for (const { name, bytes } of sections) {
      yield* piecesOf(columns[name]!);
      yield padding(bytes);
    }
  })();
}

/** The bytes of a cache; none where it cannot be read: then it is as if it were not there. */
export function readCache(files: FileSystem, path: string): Uint8Array {
  try {
    return files.read(path);
  } catch {
    return new Uint8Array();
  }
}

/** The columns of a block and what it is about; null where it is not a whole one of this machine. */
export function unpackColumns(bytes: Uint8Array): { about: unknown; columns: Columns } | null {
  const end = bytes.indexOf(0x0a);
  const header = end < 0 ? null : readHeader(new TextDecoder().decode(bytes.subarray(0, end)));
  if (header === null || header.order !== endianness()) return null;
  if (crc32(bytes.subarray(end + 1)) !== header.check) return null;
  const columns: Record<string, Column> = {};
  let at = end + 1;
  for (const { name, kind, count, bytes: length } of header.sections) {
    const block = bytes.subarray(at, at + length);
    if (kind === "text") lazily(columns, name, () => textsOf(block, count));
    else columns[name] = numbersOf(block, kind);
    at += padded(length);
  }
  return { about: header.about, columns };
}

/** A column of few different texts: each once, and which one stands in each row. */
export function dictionary(texts: readonly string[]): { words: string[]; codes: Uint32Array } {
  const numbers = new Map<string, number>();
  const codes = mapNumbers(Uint32Array, texts, (text) => {
    let code = numbers.get(text);
    if (code === undefined) {
      code = numbers.size;
      numbers.set(text, code);
    }
    return code;
  });
  return { words: [...numbers.keys()], codes };
}

/** A column of one number for each of these. `from` of an array's own would make a list of them first. */
export function mapNumbers<T, C extends Uint32Array | Float64Array>(
  Column: new (length: number) => C,
  all: ArrayLike<T>,
  numberOf: (one: T, at: number) => number,
): C {
  const column = new Column(all.length);
  for (let at = 0; at < all.length; at++) column[at] = numberOf(all[at]!, at);
  return column;
}

function readHeader(text: string): Header | null {
  try {
    return JSON.parse(text) as Header | null;
  } catch {
    return null;
  }
}

function* piecesOf(column: Column): Generator<string | Uint8Array> {
  if (column instanceof Float64Array || column instanceof Uint32Array)
    yield new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  else
    for (let from = 0; from < column.length; from += 1_000)
      yield (from === 0 ? "" : separator) + column.slice(from, from + 1_000).join(separator);
}

/** Texts become strings when they are asked for: a start with nothing to do needs few of them. */
function lazily(columns: Record<string, Column>, name: string, make: () => Column): void {
  let made: Column | undefined;
  Object.defineProperty(columns, name, {
    enumerable: true,
    get: () => {
      made ??= make();
      return made;
    },
  });
}

function textsOf(block: Uint8Array, count: number): readonly string[] {
  return count === 0 ? [] : new TextDecoder().decode(block).split(separator);
}

function numbersOf(block: Uint8Array, kind: "f64" | "u32"): Float64Array | Uint32Array {
  // A view needs an aligned start; a block read into the middle of a pool is copied.
  const aligned = block.byteOffset % 8 === 0 ? block : block.slice();
  return kind === "f64"
    ? new Float64Array(aligned.buffer, aligned.byteOffset, aligned.length / 8)
    : new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}
