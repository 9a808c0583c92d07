import { expect, test } from "vitest";
import { memoryFiles } from "../disk/memory-files.ts";
import type { JournalRecord } from "../journal/journal.ts";
import { readStatus, statusText } from "./status.ts";

const at = Date.parse("2026-01-31T12:00:00Z");
const run = (more: object = {}): JournalRecord => ({
  t: "run",
  run: {
    id: "r2",
    at,
    host: "here",
    pid: 7,
    command: "braid -k",
    executor: "workers",
    planned: { all: 1, train: 10 },
    slots: 2,
    estimate: null,
    ...more,
  },
});
const start = (paths: string[], seconds: number): JournalRecord => ({
  t: "start",
  jobs: paths,
  at: at + seconds * 1_000,
  call: 1,
  rule: "train",
});
const done = (path: string, from: number, to: number): JournalRecord => ({
  t: "done",
  trace: {
    path,
    rule: "train",
    inputs: "",
    set: "",
    params: "",
    code: "",
    outputs: [],
    start: at + from * 1_000,
    end: at + to * 1_000,
    attempt: 1,
    call: 1,
  },
});
const failed = (path: string, seconds: number): JournalRecord => ({
  t: "fail",
  failure: { path, rule: "train", at: at + seconds * 1_000, error: "Error: bad\nat x", log: "logs/1.log" },
});

function journal(...records: (JournalRecord | string)[]) {
  const lines = [
    '{"braid":"journal","version":1}',
    ...records.map((r) => (typeof r === "string" ? r : JSON.stringify(r))),
  ];
  return memoryFiles({ ".braid/journal": lines.join("\n") });
}
const holder = { pid: 7, host: "here", boot: "", started: "", since: "", command: "" };

test("without a journal there is nothing to tell", () => {
  expect(readStatus(memoryFiles(), null)).toBeNull();
  expect(readStatus(journal(), null)).toBeNull();
});

test("a run that goes on has its counts, its pace and the time left", () => {
  const files = journal(
    run(),
    start(["m1", "m2"], 0),
    done("m1", 0, 10),
    done("m2", 0, 10),
    start(["m3", "m4"], 10),
  );
  const status = readStatus(files, holder, at + 15_000)!;
  expect(status).toMatchObject({ state: "running", seconds: 15, secondsLeft: 35, failures: [] });
  expect(status.rules).toMatchObject([
    { rule: "all", done: 0, total: 1 },
    { rule: "train", done: 2, running: 2, failed: 0, total: 10 },
  ]);
  expect(statusText(status, "braid", (path) => path)).toMatch(
    /^Running for 15 s \(began [\s\S]*process {2}7 on here, 2 jobs at once\n\nall {4}░{20} {3}0\/1\ntrain {2}████░{16} {3}2\/10 {2}2 running {2}0\.1\/s\n\nAbout 35 s left\.$/,
  );
});

test("earlier runs do not count, even where the journal repeats their records", () => {
  const files = journal(
    run({ id: "r1", at: at - 1_000_000 }),
    done("old", -900, -890),
    run(),
    done("older", -900, -890),
    { t: "start", jobs: ["left"], at: 0, call: 0, rule: "" },
    failed("broken", -900),
    done("m1", 0, 10),
  );
  const status = readStatus(files, holder, at + 20_000)!;
  expect(status.rules[1]).toMatchObject({ done: 1, failed: 0, running: 0 });
  expect(status.failures).toEqual([]);
});

test("a plan that grew is counted with what it grew by", () => {
  const files = journal(run(), { t: "grown", rules: { train: 5, score: 2 } }, done("m1", 0, 10));
  const { rules } = readStatus(files, holder, at + 20_000)!;
  expect(rules.map(({ rule, done, total }) => [rule, done, total])).toEqual([
    ["all", 0, 1],
    ["train", 1, 15],
    ["score", 0, 2],
  ]);
});

test("failures come with their logs, at most ten of them", () => {
  const many = Array.from({ length: 12 }, (_, i) => failed(`m${i}`, i));
  const files = journal(run({ planned: { train: 20 } }), ...many, {
    t: "end",
    id: "r2",
    at: at + 60_000,
    outcome: "failed",
  });
  const status = readStatus(files, null, at + 999_000)!;
  expect(status).toMatchObject({ state: "failed", seconds: 60, secondsLeft: null });
  const text = statusText(status, "braid", (path) => `sub/${path}`);
  expect(text).toMatch(/^Ended with failed jobs after 1 min /);
  expect(text).toContain("8 jobs not run.");
  expect(text).toContain("Failed: train: m0\n    Error: bad\n  log  sub/logs/1.log");
  expect(text.match(/^Failed:/gm)).toHaveLength(10);
  expect(text).toContain("... and 2 more failed jobs: braid status --verbose lists all.");
  const all = statusText(status, "braid", (path) => path, true);
  expect(all.match(/^Failed:/gm)).toHaveLength(12);
  expect(all).not.toContain("more failed");
});

test("a run without an end whose lock nobody holds was killed", () => {
  const files = journal(run(), start(["m1"], 0), done("m1", 0, 10), '{"t":"done","tra');
  const status = readStatus(files, null, at + 999_000)!;
  expect(status).toMatchObject({ state: "killed", seconds: 10 });
  expect(status.rules[1]).toMatchObject({ running: 0, done: 1 });
  // The lock of another process, as that of a new run that plans, is not its own.
  expect(readStatus(files, { ...holder, pid: 8 }, at + 999_000)!.state).toBe("killed");
});

test("a journal of a hundred thousand records is read from its last run on", () => {
  const old = Array.from({ length: 100_000 }, (_, i) => done(`m${i}`, -900, -890));
  const files = journal(run({ id: "r1", at: at - 1_000_000 }), ...old, run(), done("m1", 0, 10));
  expect(readStatus(files, holder, at + 20_000)!.rules[1]).toMatchObject({ done: 1 });
});
