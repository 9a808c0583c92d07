/** The index says what the journal says, or is not used. */
import { expect, test } from "vitest";
import { type MemoryFiles, memoryFiles } from "../disk/memory-files.ts";
import { changeFirstLine, trace } from "../testing/records.ts";
import { openJournal, readHistory } from "./journal.ts";
import { indexPath } from "./journal-index.ts";

const journalPath = ".braid/journal";

function written(count = 20): MemoryFiles {
  const files = memoryFiles();
  const journal = openJournal(files);
  journal.append({ t: "text", id: "p", text: "{}" });
  journal.append({ t: "file", path: "source", print: { size: 1, mtime: 2, hash: "s" } });
  journal.append({ t: "start", jobs: ["cut"], at: 0, call: 1, rule: "train" });
  for (let i = 0; i < count; i++) journal.append({ t: "done", trace: trace(`out-${i}`) });
  journal.append({
    t: "fail",
    failure: { path: "bad", rule: "train", at: 1, error: "no", log: "log" },
  });
  journal.close();
  return files;
}

/** What is remembered, without how it was read. */
function remembered(files: MemoryFiles) {
  const { traces, fingerprints, failures, open, texts, runs } = readHistory(files);
  return {
    traces: new Map([...traces.values()].map((t) => [t.path, t])),
    prints: fingerprints,
    failures,
    open,
    texts,
    runs,
  };
}

/** The same from the journal alone. */
function replayed(files: MemoryFiles) {
  const copy = memoryFiles();
  copy.makeFolder(".braid");
  copy.write(journalPath, files.read(journalPath));
  return remembered(copy);
}

const usesIndex = (files: MemoryFiles) => readHistory(files).indexed > 0;

test("the index gives the history that the journal gives", () => {
  const files = written();
  expect(usesIndex(files)).toBe(true);
  expect(remembered(files)).toEqual(replayed(files));
});

test("what was appended since is read from the journal", () => {
  const files = written();
  files
    .openAppend(journalPath)
    .append(`${JSON.stringify({ t: "done", trace: trace("out-3", { call: 2 }) })}\n{"t":"do`);
  expect(usesIndex(files)).toBe(true);
  expect(remembered(files).traces.get("out-3")?.call).toBe(2);
  expect(remembered(files)).toEqual(replayed(files));
});

test("a few more lines do not rewrite the index, many do", () => {
  const files = written(100);
  const before = files.stat(indexPath)!.mtime;
  const add = (paths: string[]) => {
    const journal = openJournal(files);
    for (const path of paths) journal.append({ t: "done", trace: trace(path, { call: 2 }) });
    journal.close();
  };
  add(["out-1"]);
  expect(files.stat(indexPath)!.mtime).toBe(before);
  add(Array.from({ length: 30 }, (_, i) => `more-${i}`));
  expect(files.stat(indexPath)!.mtime).toBeGreaterThan(before);
  expect(remembered(files)).toEqual(replayed(files));
});

test("a journal that was changed, cut or replaced is read itself", () => {
  const changes: ((text: string) => string)[] = [
    (text) => text.replaceAll("out-1", "OUT-1"),
    (text) => text.slice(0, text.length / 2),
    (text) => `${text.replaceAll("out-1", "OUT-1")}{"t":"back","jobs":["cut"]}\n`,
  ];
  for (const change of changes) {
    const files = written();
    files.write(journalPath, change(files.text(journalPath)));
    expect(usesIndex(files)).toBe(false);
    expect(remembered(files)).toEqual(replayed(files));
  }
});

test("an index that is damaged, of another format or gone is not used", () => {
  const damages: ((files: MemoryFiles) => void)[] = [
    (files) => files.remove(indexPath),
    (files) => files.write(indexPath, ""),
    (files) => files.write(indexPath, files.read(indexPath).slice(0, 400)),
    (files) => changeFirstLine(files, indexPath, { index: 4 }),
  ];
  const same = written();
  changeFirstLine(same, indexPath, {});
  expect(usesIndex(same)).toBe(true);
  for (const damage of damages) {
    const files = written();
    damage(files);
    expect(usesIndex(files)).toBe(false);
    expect(remembered(files)).toEqual(replayed(files));
  }
});

test("a journal that is mostly out of date is rewritten, and its index with it", () => {
  const files = written(0);
  for (let round = 0; round < 4; round++) {
    const journal = openJournal(files);
    for (let i = 0; i < 600; i++) journal.append({ t: "done", trace: trace("same", { call: round }) });
    journal.close();
  }
  openJournal(files).close();
  expect(files.text(journalPath).split("\n").length).toBeLessThan(700);
  expect(usesIndex(files)).toBe(true);
  expect(remembered(files)).toEqual(replayed(files));
});

test("a disk that takes no index keeps the run", () => {
  const files = memoryFiles();
  const write = files.write;
  const journal = openJournal(files);
  files.write = (path, content) => {
    if (path.startsWith(indexPath)) throw new Error("ENOSPC: no space left on device");
    write(path, content);
  };
  journal.append({ t: "done", trace: trace("out") });
  journal.close();
  expect(readHistory(files).traces.get("out")).toEqual(trace("out"));
  expect(files.paths()).toEqual([journalPath]);
});
