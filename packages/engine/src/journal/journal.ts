/**
 * The journal: one append-only file of JSON lines that remembers what was made from what.
 *
 * Invariant: a line is written only after its statement is true on disk, so a run may be killed anywhere. A torn line
 * is skipped. If it was the end of a job, the job stays open and runs again. `status`, `why` and reports read nothing
 * else.
 */

import { type AppendFile, type FileSystem, removeIfPossible } from "../disk/files.ts";
import { BraidError, cannot } from "../errors.ts";
import type { RecordedText } from "../plan/recipe.ts";
import { emptyHistory, type History, type JournalRecord, replay } from "./history.ts";
import { keptRecords } from "./input-record.ts";
import { indexPath, readIndex, writeIndex } from "./journal-index.ts";
import { type JournalLine, lineEncoder, readLines } from "./lines.ts";

export type { Failure, History, JournalRecord, RunRecord } from "./history.ts";
export type { Trace } from "./traces.ts";

export interface Journal {
  readonly history: History;
  append(record: JournalRecord): void;
  /** False where another journal has taken its place: what is written now, nobody will read. */
  stands(): boolean;
  /** Returns whether nobody else has written to it since it was opened. */
  close(): boolean;
}

export interface JournalOptions {
  /** Another engine may be writing at the same time: the file is left as it is, and only grows. */
  readonly shared?: boolean;
}

export const journalPath = ".braid/journal";
const version = 1;
const header = { braid: "journal", version };

/** Reads the journal without changing it; no journal is an empty history. */
export function readHistory(files: FileSystem): History {
  return readWhole(files).history;
}

/** `ended`: the last line ends with a line break; without one, the next line would run into it. */
function readWhole(files: FileSystem): { history: History; size: number; ended: boolean } {
  const found = wrapReadErrors(() => {
    const stat = files.stat(journalPath);
    if (stat === null) return null;
    const tracesIn = (size: number) =>
      wrapReadErrors(() => replayed(files.read(journalPath, 0, size)).traces);
    const read = readIndex(files, journalPath, stat, tracesIn);
    return { stat, ...(read ?? { history: emptyHistory(), rest: files.read(journalPath) }) };
  });
  if (found === null) return { history: emptyHistory(), size: 0, ended: true };
  const { stat, history, rest } = found;
  replayed(rest, history);
  return { history, size: stat.size, ended: rest.length === 0 || rest.at(-1) === 0x0a };
}

/** Takes the lines of a journal into account. */
function replayed(bytes: Uint8Array, history = emptyHistory()): History {
  for (const line of readLines(bytes)) {
    if ("braid" in line) checkVersion(line.version);
    else {
      history.lines++;
      replay(history, line);
    }
  }
  return history;
}

/** The bytes of the journal; null if there is none. */
export function readJournal(files: FileSystem): Uint8Array | null {
  return wrapReadErrors(() => (files.stat(journalPath) === null ? null : files.read(journalPath)));
}

/** Writes down the texts that the journal does not have yet. */
export function appendTexts(journal: Journal, texts: readonly (RecordedText | null)[]): void {
  for (const text of texts)
    if (text !== null && !journal.history.texts.has(text.id)) journal.append({ t: "text", ...text });
}

/** Opens the journal for writing; one that is mostly out of date is rewritten first. */
export function openJournal(files: FileSystem, { shared = false }: JournalOptions = {}): Journal {
  wrapWriteErrors(() => files.makeFolder(".braid"));
  let read = readWhole(files);
  const { traces, fingerprints, texts, runs, lines } = read.history;
  const live = traces.size + fingerprints.size + texts.size + runs.length;
  if (!shared && lines > 4 * live + 1_000) read = compact(files, read.history) ?? read;
  const file = wrapWriteErrors(() => files.openAppend(journalPath));
  return writer(files, file, read);
}

/** `size` are the bytes that the history was read from. */
function writer(
  files: FileSystem,
  file: AppendFile,
  { history, size, ended }: ReturnType<typeof readWhole>,
): Journal {
  const encode = lineEncoder();
  let expected = size;
  /** If the last line is cut off, it is ended first, so that the next record gets a line of its own. */
  let torn = !ended;
  let unsynced = false;
  let timer: NodeJS.Timeout | undefined;
  /** An error of a sync that was not reported yet. */
  let late: { readonly error: unknown } | undefined;

  function sync(): void {
    clearTimeout(timer);
    timer = undefined;
    if (unsynced) file.sync();
    unsynced = false;
  }

  function syncLater(): void {
    try {
      sync();
    } catch (error) {
      late = { error };
    }
  }

  function throwLate(): void {
    const met = late;
    late = undefined;
    if (met !== undefined) throw met.error;
  }

  function write(line: Uint8Array): void {
    const bytes = torn ? Buffer.concat([newline, line]) : line;
    torn = true;
    file.append(bytes);
    torn = false;
    expected += bytes.length;
  }

  /** Others have appended lines that this history lacks: an index would hide them from the next reader. */
  function isAlone(): boolean {
    try {
      return file.stands() && files.stat(journalPath)?.size === expected;
    } catch {
      return false;
    }
  }

  if (size === 0)
    wrapWriteErrors(() => {
      try {
        write(encode(header));
      } catch (error) {
        file.close();
        throw error;
      }
    });
  return {
    history,
    append(record) {
      // No closure for each of very many lines.
      try {
        throwLate();
        write(encode(record));
      } catch (error) {
        throw cannotWrite(error);
      }
      replay(history, record);
      history.lines++;
      unsynced = true;
      timer ??= setTimeout(syncLater, 1_000).unref();
    },
    stands: () => wrapReadErrors(file.stands),
    close() {
      const alone = wrapWriteErrors(() => {
        try {
          sync();
          throwLate();
          return isAlone();
        } finally {
          file.close();
        }
      });
      // Not for every few jobs: a short rest is replayed faster than the index is written.
      if (alone && history.lines - history.indexed > history.lines / 10)
        writeIndex(files, journalPath, history);
      return alone;
    },
  };
}

const newline = Buffer.from("\n");

function wrapReadErrors<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const hint =
      "Repair it, or move it away. You lose no results, but without the journal the engine compares only modification times.";
    throw journalError("read", error, (error as Error).message, hint);
  }
}

function wrapWriteErrors<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw cannotWrite(error);
  }
}

function cannotWrite(error: unknown): BraidError {
  const { code, message } = error as NodeJS.ErrnoException;
  const [why, first] =
    code === "ENOSPC"
      ? ["the disk is full", "Free space in the working folder, then repeat the command"]
      : [message, "Repeat the command when the folder is writable"];
  return journalError("write", error, why, `${first}: recorded jobs do not run again.`);
}

/** Turns a disk error into an error about the journal. */
function journalError(action: "read" | "write", cause: unknown, why: string, hint: string): BraidError {
  return cause instanceof BraidError
    ? cause
    : cannot(`${action} the journal`, journalPath, why, { hint, cause });
}

function checkVersion(found: number): void {
  if (found > version)
    throw cannot(
      "read the journal",
      journalPath,
      `it was written by a newer Braid (format ${found}, this one reads ${version})`,
      {
        hint: "Use that version, or remove the journal. You lose no results, but the engine then compares only modification times.",
      },
    );
}

/**
 * Writes the records that are still valid to a new file, which replaces the journal. If that fails, returns null, and
 * the journal stays as it is.
 */
function compact(files: FileSystem, history: History): ReturnType<typeof readWhole> | null {
  const traces = [...history.traces.values()];
  const used = new Set([
    ...traces.flatMap((trace) => [trace.params, trace.code]),
    ...keptRecords(history.texts, new Set(traces.map((trace) => trace.rule))),
    ...history.runs.flatMap(({ config }) => config ?? []),
  ]);
  const texts = [...history.texts].filter(([id]) => used.has(id));
  const failures = [...history.failures.values()];
  // If the last line of a job is damaged later, the job counts as open, as in a journal that was never rewritten.
  const begun = [...new Set([...traces, ...failures].map(({ path }) => path))];
  const records: JournalRecord[] = [
    ...history.runs.map((run) => ({ t: "run", run }) as const),
    ...texts.map(([id, text]) => ({ t: "text", id, text }) as const),
    ...[...history.fingerprints].map(([path, print]) => ({ t: "file", path, print }) as const),
    ...startRecords(begun),
    ...traces.map((trace) => ({ t: "done", trace }) as const),
    ...failures.map((failure) => ({ t: "fail", failure }) as const),
    ...startRecords([...history.open]),
  ];
  const next = `${journalPath}.new`;
  let size: number;
  try {
    files.remove(indexPath);
    files.remove(next);
    size = writeLines(files, next, records);
    files.rename(next, journalPath);
  } catch {
    removeIfPossible(files, next);
    return null;
  }
  for (const id of [...history.texts.keys()]) if (!used.has(id)) history.texts.delete(id);
  Object.assign(history, { lines: records.length, indexed: 0 });
  return { history, size, ended: true };
}

/** At most this many jobs in one line. */
const batch = 1_000;

/** Records that these jobs were started, before any run, so that no view of a run counts them. */
function startRecords(jobs: readonly string[]): JournalRecord[] {
  return batches(jobs).map((some) => ({ t: "start", jobs: some, at: 0, call: 0, rule: "" }));
}

/** Writes a new journal and returns its size in bytes. */
function writeLines(files: FileSystem, path: string, records: readonly JournalRecord[]): number {
  const encode = lineEncoder();
  const file = files.openAppend(path);
  try {
    let size = 0;
    for (const some of batches<JournalLine>([header, ...records])) {
      const bytes = encode(...some);
      file.append(bytes);
      size += bytes.length;
    }
    file.sync();
    return size;
  } finally {
    file.close();
  }
}

function batches<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / batch) }, (_, i) =>
    all.slice(i * batch, (i + 1) * batch),
  );
}
