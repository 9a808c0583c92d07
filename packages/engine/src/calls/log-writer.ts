/**
 * Writes logs line by line: each is in its file when `write` returns, so that a process that is killed loses
 * none. The file that was written to last stays open: opening it for each line takes twice as long again.
 */
import { appendFileSync, closeSync, openSync, writeSync } from "node:fs";

export interface LogWriter {
  write(path: string, text: string | Uint8Array): void;
  /** Leaves no file open; what is still written opens its file each time. */
  close(): void;
}

/** Files are made by the first write to them. */
export function logWriter(): LogWriter {
  let open: { readonly path: string; readonly handle: number } | undefined;
  let closed = false;
  const release = () => {
    if (open !== undefined) closeSync(open.handle);
    open = undefined;
  };
  return {
    write(path, text) {
      if (closed) {
        appendFileSync(path, text);
        return;
      }
      if (open?.path !== path) {
        release();
        open = { path, handle: openSync(path, "a") };
      }
      const bytes = typeof text === "string" ? Buffer.from(text) : text;
      for (let at = 0; at < bytes.length; ) at += writeSync(open.handle, bytes, at);
    },
    close() {
      closed = true;
      release();
    },
  };
}
