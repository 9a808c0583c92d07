/**
 * Follows a journal as it grows: each call reads what was added since the one before. A journal that was
 * written anew, or is shorter than it was, is read again from its start.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { type JournalRecord, journalPath } from "./journal.ts";
import { readLines } from "./lines.ts";

export interface JournalFollower {
  /** The new records; `again` where they replace all that were read before. */
  read(): { readonly again: boolean; readonly records: readonly JournalRecord[] };
}

const chunk = 1 << 20;

/** `folder` is the working folder; a journal need not be there yet. */
export function followJournal(folder: string): JournalFollower {
  const path = join(folder, journalPath);
  let inode = 0;
  let offset = 0;
  let rest: Uint8Array = new Uint8Array(0);
  return {
    read() {
      let file: number;
      try {
        file = openSync(path, "r");
      } catch {
        // Nothing has run here yet.
        return { again: false, records: [] };
      }
      try {
        const { ino, size } = fstatSync(file);
        const again = ino !== inode || size < offset;
        if (again) {
          inode = ino;
          offset = 0;
          rest = new Uint8Array(0);
        }
        const records: JournalRecord[] = [];
        while (offset < size) {
          const bytes = Buffer.alloc(Math.min(chunk, size - offset));
          const got = readSync(file, bytes, 0, bytes.length, offset);
          if (got === 0) break;
          offset += got;
          const text = Buffer.concat([rest, bytes.subarray(0, got)]);
          const end = text.lastIndexOf(10) + 1;
          rest = text.subarray(end);
          for (const line of readLines(text.subarray(0, end))) if ("t" in line) records.push(line);
        }
        return { again, records };
      } finally {
        closeSync(file);
      }
    },
  };
}
