/**
 * The journal: one append-only file of JSON lines that remembers what was made from what.
 *
 * Invariant: a line is written after what it says is true on disk, so a run may be killed anywhere. A torn
 * last line is skipped. `status`, `why` and reports read nothing else.
 */
import { cannot } from "./errors.ts";
import type { AppendFile, FileSystem } from "./files.ts";
import type { Fingerprint } from "./fingerprint.ts";

/** How a job's outputs were made; kept under the path of its first output. */
export interface Trace {
  readonly path: string;
  readonly rule: string;
  /** Digest of the input paths with their contents, and of the paths alone. */
  readonly inputs: string;
  readonly set: string;
  /** Ids of the recorded params and code. */
  readonly params: string;
  readonly code: string;
  readonly outputs: readonly Fingerprint[];
  /** Start and end, ms since 1970. */
  readonly start: number;
  readonly end: number;
  readonly attempt: number;
  readonly call: number;
  /** When `--touch` took the outputs as they stood, ms; the times above are then those of the job before. */
  readonly touched?: number;
}

/** A failed job: when, the first lines of its error, its log. */
export interface Failure {
  readonly path: string;
  readonly rule: string;
  readonly at: number;
  readonly error: string;
  readonly log: string;
}

/** One start of the engine. */
export interface RunRecord {
  readonly id: string;
  readonly at: number;
  readonly host: string;
  readonly pid: number;
  readonly command: string;
  readonly executor: string;
  /** How many jobs of each rule were to run, how many at once, and the estimate in seconds, for `status`. */
  readonly planned?: Readonly<Record<string, number>>;
  readonly slots?: number;
  readonly estimate?: number | null;
  end?: number;
  outcome?: string;
}

export type JournalRecord =
  | { readonly t: "run"; readonly run: RunRecord }
  | { readonly t: "end"; readonly id: string; readonly at: number; readonly outcome: string }
  /** These jobs (first outputs) have started. */
  | {
      readonly t: "start";
      readonly jobs: readonly string[];
      readonly at: number;
      readonly call: number;
      readonly rule: string;
    }
  | { readonly t: "done"; readonly trace: Trace }
  /** A job without outputs is done, or one turned out to be up to date: nothing to remember but the count. */
  | { readonly t: "settled"; readonly rule: string; readonly as: "done" | "up to date" }
  | { readonly t: "fail"; readonly failure: Failure }
  /** These jobs were started, did nothing, and will be started again. */
  | { readonly t: "back"; readonly jobs: readonly string[] }
  | { readonly t: "file"; readonly path: string; readonly print: Fingerprint }
  | { readonly t: "text"; readonly id: string; readonly text: string };

/** What the journal says, replayed. */
export interface History {
  readonly traces: Map<string, Trace>;
  /** Last known fingerprints of outputs and sources, by path. */
  readonly prints: Map<string, Fingerprint>;
  readonly failures: Map<string, Failure>;
  /** First outputs of jobs that started and did not end. */
  readonly open: Set<string>;
  /** Params and code by their ids. */
  readonly texts: Map<string, string>;
  readonly runs: RunRecord[];
  /** Lines read, and lines that could not be. */
  lines: number;
  torn: number;
}

export interface Journal {
  readonly history: History;
  append(record: JournalRecord): void;
  sync(): void;
  close(): void;
}

export const journalPath = ".braid/journal";
const version = 1;
const header = `${JSON.stringify({ braid: "journal", version })}\n`;

/** Reads the journal without changing it; no journal is an empty history. */
export function readHistory(files: FileSystem): History {
  const history: History = {
    traces: new Map(),
    prints: new Map(),
    failures: new Map(),
    open: new Set(),
    texts: new Map(),
    runs: [],
    lines: 0,
    torn: 0,
  };
  if (files.stat(journalPath) === null) return history;
  const text = new TextDecoder().decode(files.read(journalPath));
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const line = text.slice(from, end < 0 ? text.length : end);
    from = end < 0 ? text.length : end + 1;
    if (line !== "") replayLine(history, line);
  }
  return history;
}

/** Opens the journal for writing; one that is mostly out of date is rewritten first. */
export function openJournal(files: FileSystem): Journal {
  files.makeFolder(".braid");
  const history = readHistory(files);
  const live = history.traces.size + history.prints.size + history.texts.size + history.runs.length;
  if (history.lines > 4 * live + 1_000) compact(files, history);
  const fresh = files.stat(journalPath) === null;
  const file = files.openAppend(journalPath);
  // A line torn by a kill is closed, so that the next one stands by itself.
  file.append(fresh ? header : history.torn > 0 ? "\n" : "");
  return writer(file, history);
}

function writer(file: AppendFile, history: History): Journal {
  let unsynced = false;
  let timer: NodeJS.Timeout | undefined;
  const sync = () => {
    clearTimeout(timer);
    timer = undefined;
    if (unsynced) file.sync();
    unsynced = false;
  };
  return {
    history,
    append(record) {
      file.append(`${JSON.stringify(record)}\n`);
      replay(history, record);
      unsynced = true;
      timer ??= setTimeout(sync, 1_000).unref();
    },
    sync,
    close() {
      sync();
      file.close();
    },
  };
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

function replay(history: History, record: JournalRecord): void {
  switch (record.t) {
    case "run":
      history.runs.push(record.run);
      break;
    case "end": {
      const run = history.runs.findLast((r) => r.id === record.id);
      if (run !== undefined) Object.assign(run, { end: record.at, outcome: record.outcome });
      break;
    }
    case "start":
      for (const path of record.jobs) history.open.add(path);
      break;
    case "back":
      for (const path of record.jobs) history.open.delete(path);
      break;
    case "done": {
      const { trace } = record;
      history.traces.set(trace.path, trace);
      history.open.delete(trace.path);
      history.failures.delete(trace.path);
      break;
    }
    case "settled":
      history.open.delete(record.rule);
      break;
    case "fail":
      history.failures.set(record.failure.path, record.failure);
      history.open.delete(record.failure.path);
      break;
    case "file":
      history.prints.set(record.path, record.print);
      break;
    case "text":
      history.texts.set(record.id, record.text);
      break;
  }
}

/** Writes what still holds to a new file and puts it in the journal's place. */
function compact(files: FileSystem, history: History): void {
  const used = new Set([...history.traces.values()].flatMap((trace) => [trace.params, trace.code]));
  const records: JournalRecord[] = [
    ...history.runs.map((run) => ({ t: "run", run }) as const),
    ...[...history.texts]
      .filter(([id]) => used.has(id))
      .map(([id, text]) => ({ t: "text", id, text }) as const),
    ...[...history.prints].map(([path, print]) => ({ t: "file", path, print }) as const),
    ...[...history.traces.values()].map((trace) => ({ t: "done", trace }) as const),
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
  files.rename(next, journalPath);
  history.torn = 0;
}
