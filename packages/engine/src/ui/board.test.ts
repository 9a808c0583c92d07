import { expect, test } from "vitest";
import type { JournalRecord } from "../journal.ts";
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
