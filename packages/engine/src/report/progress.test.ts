import { expect, test } from "vitest";
import { paceOf, progress } from "./progress.ts";
import { ruleLines } from "./rule-line.ts";

function started(rules: Record<string, number>, slots = 2, estimate: number | null = null) {
  let now = 100;
  const state = progress(() => now);
  const total = Object.values(rules).reduce((sum, n) => sum + n, 0);
  state.follow({ kind: "planned", total, rules: new Map(Object.entries(rules)), slots, estimate });
  const at = (seconds: number) => {
    now = 100 + seconds;
    return state;
  };
  return { state, at };
}

const done = (rule: string, seconds: number) => ({ kind: "done", rule, job: "", seconds }) as const;

test("jobs of a rule are counted as they start, end, fail and return", () => {
  const { state } = started({ a: 10 });
  state.follow({ kind: "started", rule: "a", jobs: 5, call: 1 });
  state.follow(done("a", 1));
  state.follow({ kind: "retried", rule: "a", job: "", error: "", attempt: 1 });
  state.follow({ kind: "returned", rule: "a", jobs: 1, call: 1 });
  const failure = { rule: "a", job: "", target: "", error: "", log: "" };
  state.follow({ kind: "failed", rule: "a", job: "", failure });
  state.follow({ kind: "cut off", rule: "a", job: "" });
  expect(state.rules[0]).toMatchObject({ total: 10, done: 2, failed: 1, running: 1 });
});

test("the time left follows the pace of each rule, shared by the threads", () => {
  const { state } = started({ a: 10, all: 1 });
  expect(state.secondsLeft()).toBeNull();
  state.follow({ kind: "started", rule: "a", jobs: 2, call: 1 });
  state.follow(done("a", 4));
  state.follow(done("a", 4));
  // Eight jobs of four seconds on two threads.
  expect(state.secondsLeft()).toBe(16);
});

test("while no job of any rule has ended, a few jobs may take any time", () => {
  const { state } = started({ a: 2, all: 1 });
  state.follow({ kind: "started", rule: "a", jobs: 2, call: 1 });
  expect(state.secondsLeft()).toBeNull();
  state.follow(done("a", 4));
  expect(state.secondsLeft()).toBe(4);
  const { at } = started({ a: 2, all: 1 }, 2, 60);
  expect(at(20).secondsLeft()).toBe(40);
});

test("before any job has ended, the estimate of earlier runs counts down", () => {
  const { state, at } = started({ a: 10 }, 2, 60);
  expect(at(20).secondsLeft()).toBe(40);
  expect(state.seconds()).toBe(20);
  expect(at(90).secondsLeft()).toBe(0);
});

test("the pace is that of the time in which the rule ran", () => {
  const { state, at } = started({ a: 4 });
  at(10).follow({ kind: "started", rule: "a", jobs: 2, call: 1 });
  at(12).follow(done("a", 2));
  at(14).follow(done("a", 2));
  expect(paceOf(state.rules[0]!, 100)).toBe(0.5);
});

test("a plan that grows raises the total, and a new rule gets its line", () => {
  const { state } = started({ a: 1 });
  for (let i = 0; i < 3; i++) state.follow(done("a", 1));
  state.follow(done("b", 1));
  expect(state.rules.map(({ rule, done, total }) => [rule, done, total])).toEqual([
    ["a", 3, 3],
    ["b", 1, 1],
  ]);
});

test("the lines of the rules stand in columns", () => {
  const { state, at } = started({ prepare: 1, train_model: 200 });
  at(0).follow(done("prepare", 1));
  at(0).follow({ kind: "started", rule: "train_model", jobs: 100, call: 1 });
  for (let i = 1; i <= 50; i++) at(i / 10).follow(done("train_model", 0.1));
  expect(ruleLines(state.rules, 5)).toEqual([
    "prepare      ████████████████████    1/1",
    "train_model  █████░░░░░░░░░░░░░░░   50/200  50 running  10/s",
  ]);
});
