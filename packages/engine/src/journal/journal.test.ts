import { expect, test } from "vitest";
import { memoryFiles } from "../disk/memory-files.ts";
import { trace } from "../testing/records.ts";
import type { RunRecord } from "./history.ts";
import { journalPath, openJournal, readHistory } from "./journal.ts";
import { indexPath } from "./journal-index.ts";
import { recordedConfig } from "./run-record.ts";

test("what is appended is there when the journal is read again", () => {
  const files = memoryFiles();
  const journal = openJournal(files);
  journal.append({ t: "text", id: "p", text: "params" });
  journal.append({ t: "start", jobs: ["a", "b"], at: 1, call: 1, rule: "one" });
  journal.append({ t: "done", trace: trace("a") });
  journal.append({ t: "file", path: "src", print: { size: 3, mtime: 4, hash: "x" } });
  journal.close();
  const history = readHistory(files);
  expect(history.traces.get("a")).toEqual(trace("a"));
  expect([...history.open]).toEqual(["b"]);
  expect(history.fingerprints.get("src")).toEqual({ size: 3, mtime: 4, hash: "x" });
  expect(history.texts.get("p")).toBe("params");
});

test("no journal is an empty history, and reading makes none", () => {
  const files = memoryFiles();
  expect(readHistory(files).traces.size).toBe(0);
  expect(files.paths()).toEqual([]);
});

test("a journal cut anywhere gives what was whole before, and goes on from there", () => {
  const files = memoryFiles();
  const journal = openJournal(files);
  for (const path of ["a", "b", "c"]) journal.append({ t: "done", trace: trace(path) });
  journal.close();
  const whole = files.text(journalPath);
  const ends = [...whole.matchAll(/\n/g)].map((found) => found.index);
  for (let cut = 0; cut <= whole.length; cut += 7) {
    const disk = memoryFiles({ [journalPath]: whole.slice(0, cut) });
    const again = openJournal(disk);
    again.append({ t: "done", trace: trace("d") });
    again.close();
    const { traces } = readHistory(disk);
    // The first line is the header; a line counts when its end is there, or its text is whole.
    const lines = ends.filter((end) => end <= cut).length - 1;
    const expected = [...["a", "b", "c"].slice(0, Math.max(0, lines)), "d"];
    expect(["a", "b", "c", "d"].filter((path) => traces.get(path) !== undefined)).toEqual(expected);
  }
});

test("a journal of a newer version is refused, with what to do", () => {
  const files = memoryFiles({ [journalPath]: '{"braid":"journal","version":99}\n' });
  expect(() => readHistory(files)).toThrow("it was written by a newer Braid (format 99");
});

test("a journal that is mostly out of date is rewritten, and says the same", () => {
  const files = memoryFiles();
  const journal = openJournal(files);
  journal.append({ t: "text", id: "p", text: "params" });
  journal.append({ t: "text", id: "unused", text: "gone" });
  journal.append({ t: "text", id: "c", text: "{}" });
  const run = { id: "1", at: 1, host: "here", pid: 1, command: "braid", executor: "workers", config: "c" };
  journal.append({ t: "run", run });
  for (let i = 0; i < 2_000; i++) journal.append({ t: "done", trace: trace("a", { end: i }) });
  journal.append({ t: "start", jobs: ["b"], at: 1, call: 1, rule: "one" });
  journal.append({
    t: "fail",
    failure: { path: "c", rule: "one", at: 1, error: "broken", log: "x.log" },
  });
  journal.close();
  const before = files.text(journalPath).length;
  openJournal(files).close();
  expect(files.text(journalPath).length).toBeLessThan(before / 100);
  const history = readHistory(files);
  expect(history.traces.get("a")).toEqual(trace("a", { end: 1_999 }));
  expect([...history.open]).toEqual(["b"]);
  expect(history.failures.get("c")?.error).toBe("broken");
  expect(history.texts.get("p")).toBe("params");
  expect(history.texts.has("unused")).toBe(false);
  expect(recordedConfig(history.runs[0]!, history)).toBe("{}");
});

test("a journal that cannot be written says so", () => {
  const files = memoryFiles();
  const open = files.openAppend;
  files.openAppend = (path) => ({
    ...open(path),
    append: (line) => {
      if (Buffer.from(line).includes('"t"'))
        throw Object.assign(new Error("ENOSPC: no space"), { code: "ENOSPC" });
    },
  });
  const journal = openJournal(files);
  expect(() => journal.append({ t: "back", jobs: [] })).toThrow(/disk is full/);
});

test("a journal that cannot be read or opened says so; a cache that cannot be read is as if it were not there", () => {
  const files = memoryFiles();
  openJournal(files).close();
  const { read, openAppend } = files;
  const refused = () => {
    throw Object.assign(new Error("EACCES: permission denied, open"), { code: "EACCES" });
  };
  files.openAppend = refused;
  expect(() => openJournal(files)).toThrow('Cannot write the journal ".braid/journal": EACCES');
  files.openAppend = openAppend;
  files.write(indexPath, "");
  files.read = (path, ...part) => (path === indexPath ? refused() : read(path, ...part));
  expect(readHistory(files).lines).toBe(0);
  files.read = refused;
  expect(() => readHistory(files)).toThrow(
    /^Cannot read the journal "\.braid\/journal": EACCES: permission denied, open\n {2}Repair it, or move it away/,
  );
});

test("a record that outputs of a killed run have been protected is about that run alone", () => {
  const files = memoryFiles();
  const journal = openJournal(files);
  for (const id of ["1", "2"])
    journal.append({
      t: "run",
      run: { id, at: 1, host: "h", pid: 1, command: "c", executor: "workers", planned: {} } as RunRecord,
    });
  journal.append({ t: "protected", id: "1" });
  journal.close();
  expect(readHistory(files).runs.map(({ id, protected: is }) => [id, is])).toEqual([
    ["1", true],
    ["2", undefined],
  ]);
});
