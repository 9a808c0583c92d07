/**
 * The lines of the journal: each a record as JSON, whose last field is a checksum of that JSON without it.
 *
 * A line with a wrong checksum, or without the shape of its kind, is torn: by a kill, a machine crash or a disk error.
 * It is never used. Lines of older journals have no checksum, so only their shape is checked.
 */
import { crc32 } from "node:zlib";
import type { Fingerprint } from "../disk/fingerprint.ts";
import type { Failure, JournalRecord, RuleShape, RunRecord } from "./history.ts";
import type { Trace } from "./traces.ts";

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

/** Each line in turn; null for a torn one. */
export function* readLines(bytes: Uint8Array): Generator<JournalLine | null> {
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
      if (line === "") continue;
      const read = readLine(line);
      yield read;
      if (read === null) yield* wholeLinesIn(line);
    }
  }
}

/** The record in a line; null if the line is torn. */
function readLine(line: string): JournalLine | null {
  if (hasMark(line)) {
    const check = crc32("}", crc32(line.slice(0, -markLength)));
    if (check !== Number.parseInt(line.slice(-10, -2), 16)) return null;
  }
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) && (isHeader(value) || isRecord(value)) ? value : null;
  } catch {
    return null;
  }
}

function hasMark(line: string): boolean {
  return line.startsWith(mark, line.length - markLength) && line.endsWith('"}');
}

/**
 * The intact lines inside a torn one: if a line break was lost, or a line was cut off and another one written after it,
 * only the damaged part is lost.
 */
function* wholeLinesIn(torn: string): Generator<JournalLine> {
  for (const part of torn.split(/(?=\{"t":")/)) {
    const [line] = /^.*,"crc":"[0-9a-f]{8}"\}/s.exec(part) ?? [];
    const read = line === undefined || line === torn ? null : readLine(line);
    if (read !== null) yield read;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";
const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isList = (value: unknown, is: (item: unknown) => boolean) => Array.isArray(value) && value.every(is);
const isTable = (value: unknown, is: (item: unknown) => boolean) =>
  isObject(value) && Object.values(value).every(is);
const ifThere = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value);

function isHeader(value: Fields): value is Fields & JournalHeader {
  return isText(value.braid) && isNumber(value.version);
}

/** Checked by hand: for 100,000 lines at a start, a schema would take longer than parsing. */
function isRecord(value: Fields): value is Fields & JournalRecord {
  switch (value.t) {
    case "done":
      return isTrace(value.trace);
    case "start":
      return isList(value.jobs, isText) && isNumber(value.at) && isNumber(value.call) && isText(value.rule);
    case "run":
      return isRun(value.run);
    case "end":
      return isText(value.id) && isNumber(value.at) && isText(value.outcome);
    case "submitted":
      return isText(value.run) && isText(value.external) && isList(value.calls, isNumber);
    case "settled":
      return isText(value.rule) && isText(value.as);
    case "grown":
      return isTable(value.rules, isNumber);
    case "fail":
      return isFailure(value.failure);
    case "back":
      return isList(value.jobs, isText);
    case "file":
      return isText(value.path) && isFingerprint(value.print);
    case "roles":
      return isList(value.of, (pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isText));
    case "text":
      return isText(value.id) && isText(value.text);
    default:
      // A kind of another version, which this one ignores.
      return isText(value.t);
  }
}

function isTrace(value: unknown): value is Trace {
  return (
    isObject(value) &&
    isText(value.path) &&
    isText(value.rule) &&
    isText(value.inputs) &&
    isText(value.set) &&
    isText(value.params) &&
    isText(value.code) &&
    isList(value.outputs, isFingerprint) &&
    isNumber(value.start) &&
    isNumber(value.end) &&
    isNumber(value.attempt) &&
    isNumber(value.call) &&
    ifThere(value.cpu, isNumber) &&
    ifThere(value.memory, isNumber) &&
    ifThere(value.touched, isNumber) &&
    ifThere(value.share, isNumber) &&
    ifThere(value.roles, isText) &&
    ifThere(value.others, (others) => isList(others, isText))
  );
}

function isFingerprint(value: unknown): value is Fingerprint {
  return isFilePrint(value) && ifThere(value.parts, (parts) => isList(parts, isPart));
}

function isFilePrint(value: unknown): value is Fields {
  return (
    isObject(value) &&
    isNumber(value.size) &&
    isNumber(value.mtime) &&
    ifThere(value.ctime, isNumber) &&
    ifThere(value.inode, isNumber) &&
    isText(value.hash)
  );
}

function isPart(value: unknown): boolean {
  return isFilePrint(value) && isText(value.name);
}

function isFailure(value: unknown): value is Failure {
  return (
    isObject(value) &&
    isText(value.path) &&
    isText(value.rule) &&
    isNumber(value.at) &&
    isText(value.error) &&
    isText(value.log) &&
    (value.optional === undefined || value.optional === true)
  );
}

function isRun(value: unknown): value is RunRecord {
  return (
    isObject(value) &&
    isText(value.id) &&
    isNumber(value.at) &&
    isText(value.host) &&
    isNumber(value.pid) &&
    isText(value.command) &&
    isText(value.executor) &&
    ifThere(value.planned, (planned) => isTable(planned, isNumber)) &&
    ifThere(value.slots, isNumber) &&
    ifThere(value.estimate, (estimate) => estimate === null || isNumber(estimate)) &&
    ifThere(value.shape, (shape) => isTable(shape, isShape)) &&
    ifThere(value.decided, (decided) => isList(decided, isText)) &&
    ifThere(value.config, isText) &&
    ifThere(value.versions, (versions) => isTable(versions, isText)) &&
    ifThere(value.end, isNumber) &&
    ifThere(value.outcome, isText)
  );
}

function isShape(value: unknown): value is RuleShape {
  return (
    isObject(value) &&
    isText(value.pattern) &&
    isNumber(value.jobs) &&
    isTable(value.values, (values) => isList(values, isText))
  );
}
