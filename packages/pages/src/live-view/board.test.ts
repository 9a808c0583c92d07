import type { JournalRecord } from "braid-engine/inspect";
import { expect, test } from "vitest";
import { board } from "./board.ts";

test("rules stand in the order in which they began, not in that of their names, and those to come at the end", () => {
  const shown = board();
  const run = { id: "1", at: 1_000, planned: { all: 1, evaluate: 2, prepare: 1, train: 2 }, slots: 1 };
  const start = (rule: string) => ({ t: "start", rule, jobs: [`${rule}.csv`], call: 1, at: 2_000 });
  const records = [{ t: "run", run }, start("prepare"), start("train"), start("prepare")];
  shown.take(records as unknown as JournalRecord[], true);
  const rules = () => shown.status(null, 3_000)!.rules.map(({ rule }) => rule);
  expect(rules()).toEqual(["prepare", "train", "all", "evaluate"]);
  shown.take([start("evaluate")] as unknown as JournalRecord[], false);
  expect(rules()).toEqual(["prepare", "train", "evaluate", "all"]);
});

test("rules that have not begun stand in the order of the plan", () => {
  const shown = board();
  const planned = { prepare: 1, train: 2, evaluate: 2, all: 1 };
  shown.take([{ t: "run", run: { id: "1", at: 1_000, planned } }] as unknown as JournalRecord[], true);
  expect(shown.status(null, 3_000)!.rules.map(({ rule }) => rule)).toEqual(Object.keys(planned));
});

test("a rule of which every job fails can be looked at, and is offered first where it took longest", () => {
  const shown = board();
  const values = { site: ["01", "02"] };
  const shape = {
    prepare: { pattern: "p/{site}.csv", jobs: 2, values },
    train: { pattern: "m/{site}.csv", jobs: 2, values },
  };
  const ran = (rule: string, path: string, start: number, end: number) => [
    { t: "start", rule, jobs: [path], call: 1, at: start },
    { t: "done", trace: { rule, path, start, end } },
  ];
  const failed = (path: string, start: number, at: number) => [
    { t: "start", rule: "train", jobs: [path], call: 1, at: start },
    { t: "fail", failure: { rule: "train", path, at, error: "NaN", log: "log" } },
  ];
  const records = [
    { t: "run", run: { id: "1", at: 1_000, planned: { prepare: 2, train: 2 }, shape } },
    ...ran("prepare", "p/01.csv", 1_000, 2_000),
    ...ran("prepare", "p/02.csv", 1_000, 2_000),
    ...failed("m/01.csv", 2_000, 4_000),
    ...failed("m/02.csv", 2_000, 5_000),
  ];
  shown.take(records as unknown as JournalRecord[], true);
  expect(shown.jobs.rules().map(({ rule }) => rule)).toEqual(["train", "prepare"]);
  expect(shown.jobs.grid("train", "site", "")!.counts.failed).toEqual([1, 1]);
});

test("the pace leaves out the step that is still going on, and has the last one of a run that has ended", () => {
  const shown = board();
  const trace = { rule: "train", path: "m/01.csv", start: 11_000, end: 12_000 };
  const records = [
    { t: "run", run: { id: "1", at: 10_000, planned: { train: 1 } } },
    { t: "done", trace },
  ];
  shown.take(records as unknown as JournalRecord[], true);
  // No job was done in a whole step.
  expect(shown.pace(13_000)).toEqual([]);
  expect(shown.lastMinute(13_000)).toBe(0);
  expect(shown.pace(13_000, true)).toEqual([{ rule: "train", done: [...Array(59).fill(0), 1] }]);
  expect(shown.pace(16_000)).toEqual([{ rule: "train", done: [...Array(59).fill(0), 1] }]);
  expect(shown.lastMinute(16_000)).toBe(1);
  expect(shown.lastMinute(100_000)).toBe(0);
});
