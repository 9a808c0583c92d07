/** The end of a log, as an error quotes it; however long the log, only its end is read. */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { mentionsFullDisk } from "../disk/full-disk.ts";

/** The last lines that were written to a log since it was `from` bytes long; empty where none can be read. */
export function logTail(log: string, from: number): string {
  const written = lastBytes(log, from).trimEnd();
  // The line that matters most may be followed by what failed after it.
  const full = written.split("\n").slice(0, -5).findLast(mentionsFullDisk);
  const last = written.slice(-quoted).split("\n").slice(-5);
  return (full === undefined ? last : [full.slice(-quoted), ...last]).join("\n");
}

/** Characters of a line, or of the last ones together. */
const quoted = 2_000;
/** Bytes that are looked at. */
const looked = 64 * 1_024;

function lastBytes(log: string, from: number): string {
  try {
    // Opening a pipe would wait for who writes to it.
    const there = statSync(log);
    if (!there.isFile()) return "";
    const start = Math.max(from, there.size - looked);
    const bytes = Buffer.alloc(Math.max(0, there.size - start));
    const handle = openSync(log, "r");
    try {
      return bytes.toString("utf8", 0, readSync(handle, bytes, 0, bytes.length, start));
    } finally {
      closeSync(handle);
    }
  } catch {
    // Why it failed is told; a log that may not be read is no failure of its own.
    return "";
  }
}
