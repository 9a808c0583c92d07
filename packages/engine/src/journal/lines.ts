/**
 * The lines of the journal: each a record as JSON, whose last field is a checksum of that JSON without it.
 *
 * A line with a wrong checksum is torn: by a kill, a machine crash or a disk error. It is never used. Lines of older
 * journals have no checksum, so only their shape is checked.
 */
import { crc32 } from "node:zlib";
import type { JournalRecord } from "./history.ts";

/** The first line of a journal. */
export interface JournalHeader {
  readonly braid: string;
  readonly version: number;
}

export type JournalLine = JournalHeader | JournalRecord;

/** `,"crc":"` with eight hexadecimal digits and `"}`, instead of the last brace. */
const mark = ',"crc":"';
const markLength = mark.length + 10;

const markBytes = Buffer.from(`${mark}00000000"}\n`);
const digits = Buffer.from("0123456789abcdef");

/** Encodes records as lines. The bytes are valid until the next call: all calls share one buffer. */
export function lineEncoder(): (...lines: readonly JournalLine[]) => Uint8Array {
  let buffer = Buffer.allocUnsafeSlow(4_096);
  return (...lines) => {
    let end = 0;
    for (const line of lines) {
      const json = JSON.stringify(line);
      // A UTF-16 unit takes at most three bytes in UTF-8.
      const room = end + 3 * json.length + markBytes.length;
      if (room > buffer.length)
        buffer = Buffer.concat([buffer.subarray(0, end)], Math.max(room, 2 * buffer.length));
      let check = crc32(json);
      // Overwrites the last brace, which comes after the checksum.
      end += buffer.write(json, end) - 1;
      markBytes.copy(buffer, end);
      end += markBytes.length;
      for (let at = end - 4; at > end - 12; at--) {
        buffer[at] = digits[check & 15]!;
        check >>>= 4;
      }
    }
    return buffer.subarray(0, end);
  };
}

/** Bytes decoded at once: a journal may be longer than the longest string. */
const chunk = 1 << 22;

/** Each intact line in turn. */
export function* readLines(bytes: Uint8Array): Generator<JournalLine> {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let from = 0; from < all.length; ) {
    const last = all.indexOf(0x0a, from + chunk);
    const to = last < 0 ? all.length : last + 1;
    const text = all.toString("utf8", from, to);
    from = to;
    for (let at = 0; at < text.length; ) {
      const found = text.indexOf("\n", at);
      const end = found < 0 ? text.length : found;
      const line = text.slice(at, end);
      at = end + 1;
      const read = readLine(line);
      if (read === null) yield* wholeLinesIn(line);
      else yield read;
    }
  }
}

/** The record in a line; null if the line is torn. */
function readLine(line: string): JournalLine | null {
  try {
    if (!hasMark(line)) {
      const value: unknown = JSON.parse(line);
      return isLine(value) ? value : null;
    }
    const check = crc32("}", crc32(line.slice(0, -markLength)));
    return check === Number.parseInt(line.slice(-10, -2), 16) ? JSON.parse(line) : null;
  } catch {
    return null;
  }
}

function hasMark(line: string): boolean {
  return line.startsWith(mark, line.length - markLength) && line.endsWith('"}');
}

/**
 * The intact lines inside a torn one: if a line break was lost, or a line was cut off and another one written after it,
 * only the damaged part is lost. A job whose start and end were lost together would be judged by its times alone.
 */
function* wholeLinesIn(torn: string): Generator<JournalLine> {
  for (const part of torn.split(/(?=\{"t":")/)) {
    const read = readLine(part.slice(0, part.lastIndexOf("}") + 1));
    if (read !== null) yield read;
  }
}

/** An example of the values that are accepted; null stands for a number or null. */
type Shape = string | number | true | null | readonly [Shape] | Fields;
/** A field with "?" is optional; "*" stands for every field. */
type Fields = { readonly [name: string]: Shape };

const all = (names: string, shape: Shape): Fields =>
  Object.fromEntries(names.split(" ").map((name) => [name, shape]));
const texts = (names: string) => all(names, "");
const numbers = (names: string) => all(names, 0);

const file = { ...texts("hash"), ...numbers("size mtime ctime? inode?") };
const print = { ...file, "parts?": [{ ...file, name: "" }] } satisfies Fields;
const shapes: Readonly<Record<string, Fields>> = {
  run: {
    run: {
      ...texts("id host command executor config? outcome?"),
      ...numbers("at pid slots? end?"),
      "planned?": numbers("*"),
      "estimate?": null,
      "shape?": { "*": { pattern: "", jobs: 0, values: { "*": [""] } } },
      "decided?": [""],
      "versions?": texts("*"),
      "protected?": true,
    },
  },
  end: { id: "", at: 0, outcome: "" },
  protected: { id: "" },
  start: { jobs: [""], at: 0, call: 0, rule: "" },
  submitted: { run: "", external: "", calls: [0] },
  done: {
    trace: {
      ...texts("path rule inputs set roles? params code"),
      ...numbers("start end attempt call cpu? memory? touched? share?"),
      outputs: [print],
      "others?": [""],
    },
  },
  settled: { rule: "", as: "" },
  grown: { rules: numbers("*") },
  fail: { failure: { path: "", rule: "", at: 0, error: "", log: "", "optional?": true } },
  back: { jobs: [""] },
  file: { path: "", print },
  roles: { of: [[""]] },
  text: { id: "", text: "" },
} satisfies Record<JournalRecord["t"], Fields>;

/** Kinds that are not listed belong to other versions, and are ignored. */
function isLine(value: unknown): value is JournalLine {
  if (fits(value, { braid: "", version: 0 })) return true;
  return fits(value, { t: "" }) && fits(value, shapes[(value as JournalRecord).t] ?? {});
}

function fits(value: unknown, shape: Shape): boolean {
  if (shape === null) return value === null || typeof value === "number";
  if (typeof shape !== "object") return typeof value === typeof shape;
  if (Array.isArray(shape)) return Array.isArray(value) && value.every((item) => fits(item, shape[0]));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape).every(([name, inside]) => {
    if (name === "*") return Object.values(fields).every((field) => fits(field, inside));
    const field = fields[name.replace("?", "")];
    return (field === undefined && name.endsWith("?")) || fits(field, inside);
  });
}
