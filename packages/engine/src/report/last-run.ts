/** The records of the last run in a journal, without reading what came before. */
import type { FileSystem } from "../disk/files.ts";
import { type JournalRecord, journalPath, readJournal } from "../journal/journal.ts";

/** One after the other, for there may be many; begins with the run's own record; empty where nothing ever ran. */
export function* lastRun(files: FileSystem): Generator<JournalRecord> {
  if (files.stat(journalPath) === null) return;
  const bytes = Buffer.from(readJournal(files));
  const from = bytes.lastIndexOf('\n{"t":"run"') + 1;
  if (from === 0) return;
  for (let at = from; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at);
    const line = bytes.toString("utf8", at, end < 0 ? bytes.length : end);
    at = end < 0 ? bytes.length : end + 1;
    try {
      yield JSON.parse(line) as JournalRecord;
    } catch {
      // The end of a journal that is being written, or was torn.
    }
  }
}
