/**
 * The journal: one append-only file of JSON lines that remembers what was made from what.
 *
 * Invariant: a line is written after what it says is true on disk, so a run may be killed anywhere. A torn
 * last line is skipped. `status`, `why` and reports read nothing else.
 */

import type { AppendFile, FileSystem } from "../disk/files.ts";
import { cannot } from "../errors.ts";
import type { RecordedText } from "../plan/recipe.ts";
import { emptyHistory, type History, type JournalRecord, replay } from "./history.ts";
import { keptRecords } from "./input-record.ts";
import { indexPath, readIndex, writeIndex } from "./journal-index.ts";

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
const header = `${JSON.stringify({ braid: "journal", version })}\n`;

/** Reads the journal without changing it; no journal is an empty history. */
export function readHistory(files: FileSystem): History {
  const stat = files.stat(journalPath);
  if (stat === null) return emptyHistory();
  const { history, rest } = orSay("read", () => {
    return readIndex(files, journalPath, stat) ?? { history: emptyHistory(), rest: files.read(journalPath) };
  });
  const text = new TextDecoder().decode(rest);
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const line = text.slice(from, end < 0 ? text.length : end);
    from = end < 0 ? text.length : end + 1;
    if (line !== "") replayLine(history, line);
    // Whole or not, a line without its end would run into the next one.
    if (end < 0) history.torn++;
  }
  return history;
}

/** The journal as it is written; the caller has seen that it stands. */
export function readJournal(files: FileSystem): Uint8Array {
  return orSay("read", () => files.read(journalPath));
}

/** Writes down the texts that the journal does not have yet. */
export function appendTexts(journal: Journal, texts: readonly (RecordedText | null)[]): void {
  for (const text of texts)
    if (text !== null && !journal.history.texts.has(text.id)) journal.append({ t: "text", ...text });
}

/** Opens the journal for writing; one that is mostly out of date is rewritten first. */
export function openJournal(files: FileSystem, { shared = false }: JournalOptions = {}): Journal {
  files.makeFolder(".braid");
  const sizeOf = () => files.stat(journalPath)?.size ?? 0;
  let size = sizeOf();
  const history = readHistory(files);
  const live = history.traces.size + history.prints.size + history.texts.size + history.runs.length;
  if (!shared && history.lines > 4 * live + 1_000) {
    compact(files, history);
    size = sizeOf();
  }
  const fresh = files.stat(journalPath) === null;
  const file = orSay("write", () => files.openAppend(journalPath));
  const journal = writer(files, file, history, size);
  // A line torn by a kill is closed, so that the next one stands by itself.
  journal.appendText(fresh ? header : history.torn > 0 ? "\n" : "");
  return journal;
}

/** `size` are the bytes that the history was read from. */
function writer(files: FileSystem, file: AppendFile, history: History, size: number) {
  let expected = size;
  let unsynced = false;
  let timer: NodeJS.Timeout | undefined;
  const sync = () => {
    clearTimeout(timer);
    timer = undefined;
    if (unsynced) file.sync();
    unsynced = false;
  };
  function appendText(text: string): void {
    appendOrSay(file, text);
    expected += Buffer.byteLength(text);
  }
  return {
    history,
    appendText,
    append(record: JournalRecord) {
      appendText(`${JSON.stringify(record)}\n`);
      replay(history, record);
      history.lines++;
      unsynced = true;
      timer ??= setTimeout(sync, 1_000).unref();
    },
    stands: () => file.stands(),
    close() {
      sync();
      // What others have appended, this history does not know: an index would hide it from the next reader.
      const alone = file.stands() && files.stat(journalPath)?.size === expected;
      file.close();
      // Not for every few jobs: a short rest is replayed faster than the index is written.
      if (alone && history.lines - history.indexed > history.lines / 10)
        writeIndex(files, journalPath, history);
      return alone;
    },
  };
}

/** What the disk refuses is told as what it means for the journal. */
function orSay<T>(action: "read" | "write", use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw cannot(`${action} the journal`, journalPath, (error as Error).message, {
      hint: "Set it right, or move it away: results stay, and are judged by their times alone without it.",
      cause: error,
    });
  }
}

function appendOrSay(file: AppendFile, text: string): void {
  try {
    file.append(text);
  } catch (error) {
    const full = (error as NodeJS.ErrnoException).code === "ENOSPC";
    throw cannot("write the journal", journalPath, full ? "the disk is full" : (error as Error).message, {
      hint: full
        ? "Free space in the working folder, then repeat the command: what is recorded is not made again."
        : "What is recorded is not made again: repeat the command when the folder can be written.",
      cause: error,
    });
  }
}

function replayLine(history: History, line: string): void {
  let record: JournalRecord | { braid: string; version: number };
  try {
    record = JSON.parse(line);
  } catch {
    history.torn++;
    return;
  }
  if (typeof record !== "object" || record === null) history.torn++;
  else if ("braid" in record) checkVersion(record.version);
  else {
    history.lines++;
    replay(history, record);
  }
}

function checkVersion(found: number): void {
  if (found > version)
    throw cannot(
      "read the journal",
      journalPath,
      `it was written by a newer Braid (format ${found}, this one reads ${version})`,
      {
        hint: "Use that version, or remove the journal: results stay, and are judged by their times alone.",
      },
    );
}

/** Writes what still holds to a new file and puts it in the journal's place. */
function compact(files: FileSystem, history: History): void {
  const traces = [...history.traces.values()];
  const used = new Set([
    ...traces.flatMap((trace) => [trace.params, trace.code]),
    ...keptRecords(history.texts, new Set(traces.map((trace) => trace.rule))),
    ...history.runs.flatMap(({ config }) => config ?? []),
  ]);
  for (const id of [...history.texts.keys()]) if (!used.has(id)) history.texts.delete(id);
  const records: JournalRecord[] = [
    ...history.runs.map((run) => ({ t: "run", run }) as const),
    ...[...history.texts].map(([id, text]) => ({ t: "text", id, text }) as const),
    ...[...history.prints].map(([path, print]) => ({ t: "file", path, print }) as const),
    ...traces.map((trace) => ({ t: "done", trace }) as const),
    ...[...history.failures.values()].map((failure) => ({ t: "fail", failure }) as const),
    { t: "start", jobs: [...history.open], at: 0, call: 0, rule: "" },
  ];
  const next = `${journalPath}.new`;
  files.remove(next);
  const file = files.openAppend(next);
  file.append(header);
  for (let i = 0; i < records.length; i += 1_000)
    file.append(
      records
        .slice(i, i + 1_000)
        .map((r) => `${JSON.stringify(r)}\n`)
        .join(""),
    );
  file.sync();
  file.close();
  files.remove(indexPath);
  files.rename(next, journalPath);
  Object.assign(history, { lines: records.length, torn: 0, indexed: 0 });
}
