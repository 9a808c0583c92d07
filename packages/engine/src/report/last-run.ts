/** The records of the last run in a journal, without reading what came before. */
import type { FileSystem } from "../disk/files.ts";
import { type JournalRecord, journalPath } from "../journal/journal.ts";

/** Begins with the run's own record; empty where nothing ever ran. */
export function lastRun(files: FileSystem): JournalRecord[] {
  if (files.stat(journalPath) === null) return [];
  const bytes = Buffer.from(files.read(journalPath));
  const at = bytes.lastIndexOf('\n{"t":"run"');
  if (at < 0) return [];
  return bytes
    .toString("utf8", at + 1)
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as JournalRecord];
      } catch {
        // The end of a journal that is being written, or was torn.
        return [];
      }
    });
}
