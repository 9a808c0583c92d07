/** A disk that refuses something once: one sentence, and no line is lost. */
import { afterEach, expect, test, vi } from "vitest";
import type { AppendFile, FileSystem } from "../disk/files.ts";
import { type MemoryFiles, memoryFiles } from "../disk/memory-files.ts";
import { BraidError } from "../errors.ts";
import { trace } from "../testing/records.ts";
import { openJournal, readHistory } from "./journal.ts";

afterEach(() => void vi.useRealTimers());

/** A journal, and what it tells. */
function written(lines: number): MemoryFiles {
  const files = memoryFiles();
  const journal = openJournal(files);
  journal.append({ t: "text", id: "p", text: "{}" });
  journal.append({ t: "file", path: "src", print: { size: 1, mtime: 2, hash: "s" } });
  journal.append({ t: "start", jobs: ["cut"], at: 0, call: 1, rule: "one" });
  for (let i = 0; i < lines; i++) journal.append({ t: "done", trace: trace(`out-${i % 5}`, { end: i }) });
  journal.close();
  return files;
}

/** The same disk, whose `nth` operation from here fails; `half` is what of an append arrives all the same. */
function failing(files: MemoryFiles, nth: number, code: string, half: number) {
  let left = nth;
  const failed = () => --left === 0;
  const error = () => Object.assign(new Error(`${code}: refused`), { code });
  function guarded<T extends object>(object: T): T {
    const wrapped = Object.entries(object).map(([name, value]) => [
      name,
      typeof value !== "function"
        ? value
        : (...args: unknown[]) => {
            if (failed()) {
              if (name === "append") {
                const bytes = Buffer.from(args[0] as Uint8Array);
                (object as unknown as AppendFile).append(bytes.subarray(0, half * bytes.length));
              }
              if (name === "close") (object as unknown as AppendFile).close();
              throw error();
            }
            const result = value.apply(object, args);
            return name === "openAppend" ? guarded(result) : result;
          },
    ]);
    return Object.fromEntries(wrapped) as T;
  }
  return { files: guarded<FileSystem>(files), isDone: () => left > 0 };
}

const state = (files: FileSystem) => {
  const { traces, fingerprints, failures, open, texts, runs } = readHistory(files);
  return {
    traces: Object.fromEntries([...traces.values()].map((one) => [one.path, one])),
    prints: Object.fromEntries(fingerprints),
    failures: Object.fromEntries(failures),
    open: [...open],
    texts: Object.fromEntries(texts),
    runs,
  };
};

const starts = {
  "no journal": () => memoryFiles(),
  "a short one": () => written(20),
  "one without an index": () => {
    const files = written(20);
    files.remove(".braid/journal.index");
    return files;
  },
  "one that has grown since its index": () => {
    const files = written(20);
    const journal = openJournal(files);
    journal.append({ t: "done", trace: trace("more") });
    journal.close();
    return files;
  },
  "one that ends in half a line": () => {
    const files = written(20);
    files.write(".braid/journal", files.read(".braid/journal").slice(0, -20));
    return files;
  },
  "one that is to be rewritten": () => written(1_200),
};

const failures = [
  ["EIO", 0],
  ["ENOSPC", 0.5],
  ["EIO", 1],
] as const;
const cases = Object.keys(starts).flatMap((start) => failures.map((failure) => [start, ...failure] as const));

test.each(cases)("%s: whichever operation fails by %s (and %d of an append arrives)", (start, code, half) => {
  const before = starts[start as keyof typeof starts]();
  const told = state(before);
  for (let nth = 1, over = false; !over; nth++) {
    vi.useFakeTimers();
    const disk = before.copy();
    const { files, isDone } = failing(disk, nth, code, half);
    const errors: unknown[] = [];
    const did = (step: () => void) => {
      try {
        step();
        return true;
      } catch (error) {
        errors.push(error);
        return false;
      }
    };
    const recorded: string[] = [];
    did(() => {
      const journal = openJournal(files);
      for (const path of ["new-1", "new-2", "new-3"]) {
        if (did(() => journal.append({ t: "done", trace: trace(path, { end: 7 }) }))) recorded.push(path);
        vi.advanceTimersByTime(2_000);
      }
      did(() => journal.stands());
      did(() => journal.close());
    });
    over = isDone();
    expect(errors.length).toBeLessThanOrEqual(over ? 0 : 1);
    for (const error of errors) {
      expect(error).toBeInstanceOf(BraidError);
      expect((error as Error).message).toMatch(/^Cannot (read|write) the journal "\.braid\/journal": /);
    }
    // What was there, and what was appended without an error, is there; what an error was told of may be.
    const { traces, ...rest } = state(disk);
    expect(rest).toEqual({ ...told, traces: undefined });
    expect(traces).toEqual({
      ...told.traces,
      ...Object.fromEntries(recorded.map((path) => [path, trace(path, { end: 7 })])),
      ...Object.fromEntries(
        Object.entries(traces).filter(([path]) => path.startsWith("new-") && errors.length > 0),
      ),
    });
    // The next run goes on from there.
    const next = openJournal(disk);
    next.append({ t: "done", trace: trace("last") });
    next.close();
    expect(state(disk).traces).toEqual({ ...traces, last: trace("last") });
    expect(disk.paths().filter((path) => path.endsWith(".new"))).toEqual([]);
    // Each line stands by itself, also behind half a one.
    const lines = disk.text(".braid/journal").split("\n");
    expect(lines.filter((line) => line.lastIndexOf('{"t":') > 0)).toEqual([]);
  }
});

test("reading alone: whichever operation fails, the history is right, or one sentence says why there is none", () => {
  for (const start of Object.values(starts)) {
    const before = start();
    const told = state(before);
    for (let nth = 1, over = false; !over; nth++) {
      const { files, isDone } = failing(before.copy(), nth, "EIO", 0);
      try {
        expect(state(files)).toEqual(told);
      } catch (error) {
        expect(error).toBeInstanceOf(BraidError);
        expect((error as Error).message).toMatch(/^Cannot read the journal "\.braid\/journal": EIO/);
      }
      over = isDone();
    }
  }
});

test("what the disk says when it is asked to keep the lines is told with the next one", () => {
  vi.useFakeTimers();
  const files = memoryFiles();
  const { openAppend } = files;
  files.openAppend = (path) => ({
    ...openAppend(path),
    sync: () => {
      throw Object.assign(new Error("EIO: i/o error, fsync"), { code: "EIO" });
    },
  });
  const journal = openJournal(files);
  const append = () => journal.append({ t: "back", jobs: [] });
  append();
  append();
  vi.advanceTimersByTime(1_000);
  expect(append).toThrow('Cannot write the journal ".braid/journal": EIO: i/o error, fsync');
  append();
  expect(() => journal.close()).toThrow("EIO: i/o error, fsync");
});
