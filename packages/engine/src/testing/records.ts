/** A record of a job, and another version of a cache: for tests of what the engine remembers. */
import type { MemoryFiles } from "../disk/memory-files.ts";
import { packColumns, unpackColumns } from "../journal/columns.ts";
import type { Trace } from "../journal/traces.ts";

/** A trace of a job whose output has this path. */
export function trace(path: string, change: Partial<Trace> = {}): Trace {
  return {
    path,
    rule: "train",
    inputs: "1.a.b",
    set: "1.c.d",
    params: "p",
    code: "c",
    outputs: [{ size: 3, mtime: 1_000.25, hash: "h" }],
    start: 1,
    end: 2.5,
    attempt: 1,
    call: 1,
    ...change,
  };
}

/** Writes a cache again, whole, with something else in its first line. */
export function changeFirstLine(files: MemoryFiles, path: string, change: object): void {
  const { about, columns } = unpackColumns(files.read(path))!;
  files.write(path, packColumns({ ...(about as object), ...change }, columns));
}
