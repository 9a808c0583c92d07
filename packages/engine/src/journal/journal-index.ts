/**
 * The journal's index: the same history in columns, so that a start with nothing to do need not parse it.
 *
 * It is a cache and may be removed. It holds for a journal of the size and time that it names; in a journal
 * that has grown since, the bytes before that size must be those whose hash it names, and the rest is replayed.
 * Any other index is not used. The traces are read when somebody asks for one: where they turn out to be damaged, those
 * of the journal are used.
 */

import type { FileStat, FileSystem } from "../disk/files.ts";
import { shortHash } from "../disk/fingerprint.ts";
import { packColumns, readOutline, writeCache } from "./columns.ts";
import type { Failure, History, RunRecord } from "./history.ts";
import { countTraces, lazyTraces, type Traces, traceTable } from "./traces.ts";

export const indexPath = ".braid/journal.index";
const version = 5;

interface About {
  readonly index: number;
  /** Of the journal: bytes, modification time in ms, and hash of the last of those bytes. */
  readonly size: number;
  readonly mtime: number;
  readonly hash: string;
  readonly lines: number;
  readonly prints: readonly [string, Parameters<History["fingerprints"]["set"]>[1]][];
  readonly failures: readonly [string, Failure][];
  readonly open: readonly string[];
  readonly texts: readonly [string, string][];
  readonly runs: readonly RunRecord[];
}

/** The history up to some point of the journal, and what the journal holds after it. */
export interface Indexed {
  readonly history: History;
  readonly rest: Uint8Array;
}

/**
 * Reads the index of the journal at `path`; null where there is none that holds. `tracesIn` gives the traces of so many
 * bytes of the journal.
 */
export function readIndex(
  files: FileSystem,
  path: string,
  journal: FileStat,
  tracesIn: (size: number) => Traces,
): Indexed | null {
  const outline = readOutline(files, indexPath);
  const about = outline?.about as About | undefined;
  if (outline === null || about?.index !== version) return null;
  const rest = restAfter(files, path, journal, about);
  if (rest === null) return null;
  const { prints, failures, open, texts, runs, lines, size } = about;
  const history: History = {
    traces: lazyTraces(countTraces(outline.counts), () => {
      const columns = outline.columns();
      if (columns !== null) return traceTable(columns);
      // Then the index is written again.
      history.indexed = 0;
      return tracesIn(size);
    }),
    fingerprints: new Map(prints),
    failures: new Map(failures),
    open: new Set(open),
    texts: new Map(texts),
    runs: [...runs],
    lines,
    indexed: lines,
  };
  return { rest, history };
}

/** Writes the index of the journal at `path`, which is closed and says what `history` says. */
export function writeIndex(files: FileSystem, path: string, history: History): void {
  writeCache(files, indexPath, () => {
    const { fingerprints, failures, open, texts, runs, lines } = history;
    const { size, mtime } = files.stat(path)!;
    const about: About = {
      index: version,
      size,
      mtime,
      hash: tailHash(files, path, size),
      lines,
      prints: [...fingerprints],
      failures: [...failures],
      open: [...open],
      texts: [...texts],
      runs,
    };
    return packColumns(about, history.traces.packed());
  });
}

function restAfter(files: FileSystem, path: string, journal: FileStat, about: About): Uint8Array | null {
  if (journal.size === about.size && journal.mtime === about.mtime) return new Uint8Array(0);
  if (journal.size < about.size) return null;
  try {
    if (tailHash(files, path, about.size) !== about.hash) return null;
  } catch {
    // Then the whole journal is read, which reports errors.
    return null;
  }
  return files.read(path, about.size);
}

/** A journal only grows: where its last lines before `size` are the same, all before them are. */
function tailHash(files: FileSystem, path: string, size: number): string {
  return shortHash(files.read(path, Math.max(0, size - 65_536), size));
}
