/** The records of the last run in a journal, without reading what came before. */
import type { FileSystem } from "../disk/files.ts";
import { type JournalRecord, readJournal } from "../journal/journal.ts";
import { readLines } from "../journal/lines.ts";

/** One after the other, for there may be many; begins with the run's own record; empty where nothing ever ran. */
export function* lastRun(files: FileSystem): Generator<JournalRecord> {
  const bytes = Buffer.from(readJournal(files) ?? "");
  const from = bytes.lastIndexOf('\n{"t":"run"') + 1;
  if (from === 0) return;
  for (const line of readLines(bytes.subarray(from))) if ("t" in line) yield line;
}
