import { expect, test } from "vitest";
import type { BoardMessage } from "./message.ts";
import { shortNames } from "./page/folders.ts";
import { paceFigure } from "./page/pace.ts";

const steps = (...last: number[]) => [...Array(60 - last.length).fill(0), ...last];
const board = (change: Partial<BoardMessage>) =>
  ({ pace: [], seconds: 600, state: "running", rules: [], ...change }) as BoardMessage;

test("the pace says the last minute in words, rules in the order of the work, and their sum", () => {
  const pace = [
    { rule: "train", done: steps(...Array(12).fill(10)) },
    { rule: "prepare", done: steps(30, ...Array(12).fill(0)) },
  ];
  const rules = ["prepare", "train"].map((rule) => ({ rule })) as unknown as BoardMessage["rules"];
  const { finding, rows, columns, axis } = paceFigure(board({ pace, rules }));
  expect(finding).toBe("120 jobs done in the last 1 min (2.0/s); at most 6.0/s in 5 s.");
  expect(rows.map(({ name, cells }) => [name, ...cells])).toEqual([
    ["prepare", "30", "0", "6"],
    ["train", "120", "2", "2"],
    ["All rules", "150", "2", "6"],
  ]);
  expect(columns.map(({ head }) => head)).toEqual(["Jobs", "Last 1 min, jobs/s", "Highest, jobs/s"]);
  expect(axis).toBe("the last 5 min before now");
});

test("of many rules, those with the most jobs are shown, in the order of the work", () => {
  const names = Array.from({ length: 10 }, (_, i) => `rule${i}`);
  const pace = names.map((rule, i) => ({ rule, done: steps(i === 0 ? 90 : i) }));
  const rules = names.map((rule) => ({ rule })) as unknown as BoardMessage["rules"];
  const { rows, caption } = paceFigure(board({ pace, rules }));
  const kept = ["rule0", "rule3", "rule4", "rule5", "rule6", "rule7", "rule8", "rule9"];
  expect(rows.map(({ name }) => name)).toEqual([...kept, "All rules"]);
  expect(caption).toContain("2 rules with fewer jobs not shown.");
});

test("slow rules are counted by the minute, in every row", () => {
  const { rows, columns } = paceFigure(board({ pace: [{ rule: "train", done: steps(1, 0, 0) }] }));
  expect(columns[2]!.head).toBe("Highest, jobs/min");
  expect(rows.map(({ cells }) => cells)).toEqual([["1", "1", "12"]]);
});

test("a run that has just begun has the time that it had, and one without jobs done says so", () => {
  expect(paceFigure(board({ seconds: 7 })).finding).toBe("No job was done in the last 10 s.");
  const ended = paceFigure(board({ seconds: 7, state: "done" }));
  expect(ended.finding).toBe("No job was done in the last 10 s of the run.");
  expect(ended.ticks.at(-1)).toEqual({ at: 1, text: "the end" });
});

test("folders go by the ends of their paths that tell them apart", () => {
  expect(shortNames(["/w/a/expA", "/w/a/expB"])).toEqual(["expA", "expB"]);
  expect(shortNames(["/w/one/results", "/w/two/results"])).toEqual(["one/results", "two/results"]);
  expect(shortNames(["/w/x", "/x"])).toEqual(["/w/x", "/x"]);
});
