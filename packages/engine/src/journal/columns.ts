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

/** Packs columns, and `about`: plain data that says what they are; pieces of one block. */
export function packColumns(about: unknown, columns: Columns): readonly Uint8Array[] {
  const blocks: Uint8Array[] = [];
  const sections = Object.entries(columns).map(([name, column]): Section => {
    const block = bytesOf(column);
    blocks.push(block, new Uint8Array(padded(block.length) - block.length));
    const kind = column instanceof Float64Array ? "f64" : column instanceof Uint32Array ? "u32" : "text";
    return { name, kind, count: column.length, bytes: block.length };
  });
  const check = blocks.reduce((sum, block) => crc32(block, sum), 0);
  const header = Buffer.from(
    JSON.stringify({ order: endianness(), check, about, sections } satisfies Header),
  );
  // Blanks and the line break bring the first column to a multiple of 8.
  const gap = Buffer.alloc(padded(header.length + 1) - header.length, " ");
  gap[gap.length - 1] = 0x0a;
  return [header, gap, ...blocks];
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
export function dictionary(texts: Iterable<string>): { words: string[]; codes: Uint32Array } {
  const numbers = new Map<string, number>();
  const codes = Uint32Array.from(texts, (text) => {
    let code = numbers.get(text);
    if (code === undefined) {
      code = numbers.size;
      numbers.set(text, code);
    }
    return code;
  });
  return { words: [...numbers.keys()], codes };
}

function readHeader(text: string): Header | null {
  try {
    return JSON.parse(text) as Header | null;
  } catch {
    return null;
  }
}

function bytesOf(column: Column): Uint8Array {
  if (column instanceof Float64Array || column instanceof Uint32Array)
    return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  return Buffer.from(column.join(separator));
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
