import { expect, test } from "vitest";
import { ruleLines } from "./lines.ts";
import { leftText, progress } from "./progress.ts";

function started(rules: Record<string, number>, slots = 2, estimate: number | null = null) {
  let now = 100;
  const state = progress(() => now);
  const total = Object.values(rules).reduce((sum, n) => sum + n, 0);
  const counts = new Map(Object.entries(rules));
  state.follow({ kind: "planned", total, rules: counts, onlyIf: new Map(), slots, estimate });
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
  state.follow({ kind: "retried", rule: "a", job: "", error: "", attempt: 1, reason: "other", note: "" });
  state.follow({ kind: "returned", rule: "a", jobs: 1, call: 1 });
  const failure = { rule: "a", job: "", target: "", error: "", log: "" };
  state.follow({ kind: "failed", rule: "a", job: "", failure });
  state.follow({ kind: "cut off", rule: "a", job: "" });
  expect(state.rules[0]).toMatchObject({ total: 10, done: 2, failed: 1, running: 1 });
});

test("a job that fails before it begins was not running", () => {
  const { state } = started({ a: 2 });
  const failure = { rule: "a", job: "", target: "", error: "", log: "" };
  state.follow({ kind: "failed", rule: "a", job: "", failure });
  expect(state.rules[0]).toMatchObject({ failed: 1, running: 0 });
});

test("the time left follows the pace of each rule, shared by the threads", () => {
  const { state } = started({ a: 10, all: 1 });
  expect(state.left().secondsLeft).toBeNull();
  state.follow({ kind: "started", rule: "a", jobs: 2, call: 1 });
  state.follow(done("a", 4));
  state.follow(done("a", 4));
  // Eight jobs of four seconds on two threads.
  expect(state.left().secondsLeft).toBe(16);
});

test("while no job of any rule has ended, a few jobs may take any time", () => {
  const { state } = started({ a: 2, all: 1 });
  state.follow({ kind: "started", rule: "a", jobs: 2, call: 1 });
  expect(state.left().secondsLeft).toBeNull();
  state.follow(done("a", 4));
  expect(state.left().secondsLeft).toBe(4);
  const { at } = started({ a: 2, all: 1 }, 2, 60);
  expect(at(20).left().secondsLeft).toBe(40);
});

test("before any job has ended, the estimate of earlier runs counts down", () => {
  const { state, at } = started({ a: 10 }, 2, 60);
  expect(at(20).left().secondsLeft).toBe(40);
  expect(state.seconds()).toBe(20);
  expect(at(90).left().secondsLeft).toBe(0);
});

test("the pace is that of the time in which the rule ran", () => {
  const { at } = started({ a: 4 });
  at(10).follow({ kind: "started", rule: "a", jobs: 2, call: 1 });
  at(12).follow(done("a", 2));
  at(14).follow(done("a", 2));
  expect(at(100).rules[0]!.pace).toBe(0.5);
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
  const { at } = started({ prepare: 1, train_model: 200 });
  at(0).follow(done("prepare", 1));
  at(0).follow({ kind: "started", rule: "train_model", jobs: 100, call: 1 });
  for (let i = 1; i <= 50; i++) at(i / 10).follow(done("train_model", 0.1));
  expect(ruleLines(at(5).rules)).toEqual([
    "prepare      ████████████████████    1/1",
    "train_model  █████░░░░░░░░░░░░░░░   50/200  50 running  10/s",
  ]);
});

/**
 * The time left of a run of 1,000 jobs on two threads, as it was told while it ran: `took` gives the seconds of each job.
 * Each time comes with what was truly left then.
 */
function series(took: (job: number) => number, every: number): { at: number; told: number; true: number }[] {
  const jobs = 1_000;
  const { at } = started({ train: jobs, all: 1 });
  at(0).follow({ kind: "started", rule: "train", jobs: 2, call: 1 });
  const free = [0, 0];
  const ends = Array.from({ length: jobs }, (_, job) => {
    const thread = free[0]! <= free[1]! ? 0 : 1;
    free[thread]! += took(job);
    return { at: free[thread]!, seconds: took(job) };
  }).sort((a, b) => a.at - b.at);
  const whole = ends.at(-1)!.at;
  const told: { at: number; told: number; true: number }[] = [];
  let next = 0;
  for (let time = every; time < whole; time += every) {
    for (; next < jobs && ends[next]!.at <= time; next++) {
      at(ends[next]!.at).follow(done("train", ends[next]!.seconds));
      if (next + 2 < jobs)
        at(ends[next]!.at).follow({ kind: "started", rule: "train", jobs: 1, call: next + 2 });
    }
    told.push({
      at: time,
      told: at(time).left().secondsLeft ?? Number.NaN,
      true: whole - time,
    });
  }
  return told;
}

test("the time left of a run whose pace halves in the middle is right again within minutes", () => {
  const steady = series(() => 2, 50);
  // From the first tenth on.
  for (const one of steady.filter(({ at }) => at >= 50))
    expect(Math.abs(one.told - one.true)).toBeLessThan(5);
  // 1,000 s at this pace; half of the jobs take twice as long.
  const told = series((job) => (job < 500 ? 2 : 4), 30);
  console.log(
    told
      .filter(({ at }) => (at >= 420 && at <= 780) || at % 300 === 0)
      .map((one) => `at ${one.at} s: ${Math.round(one.told)} s left, truly ${Math.round(one.true)} s`)
      .join("\n"),
  );
  for (const one of told) {
    if (one.at < 500) expect(one.told + one.at).toBeCloseTo(1_000, -1);
    // As the pace falls the time left rises, and is right two minutes later.
    if (one.at >= 560) expect(one.told).toBeGreaterThan(1_000 - one.at + 100);
    if (one.at >= 630) expect(Math.abs(one.told - one.true)).toBeLessThan(0.05 * one.true + 5);
  }
});

test("the time left of jobs that end seldom counts down between them, and rises when none ends for long", () => {
  // 20 jobs of an hour on two threads.
  const { at } = started({ a: 20 });
  at(0).follow({ kind: "started", rule: "a", jobs: 2, call: 1 });
  const hour = 3_600;
  for (let n = 1; n <= 4; n++)
    for (let thread = 0; thread < 2; thread++) {
      at(n * hour + thread).follow(done("a", hour));
      at(n * hour + thread).follow({ kind: "started", rule: "a", jobs: 1, call: n });
    }
  const hours = (time: number) => at(time * hour).left().secondsLeft! / hour;
  expect(hours(4.01)).toBeCloseTo(6, 1);
  expect(hours(4.5)).toBeCloseTo(5.5, 1);
  // Nothing for three hours: the next ends, if they came now, would be of jobs of three hours.
  expect(hours(7)).toBeGreaterThan(6.5);
});

test("jobs of a batch that are reported together make the pace of their calls", () => {
  const { at } = started({ a: 1_024 });
  at(0).follow({ kind: "started", rule: "a", jobs: 256, call: 1 });
  at(0).follow({ kind: "started", rule: "a", jobs: 256, call: 2 });
  // A call takes 100 s, so that a job's share is 100/256 s.
  for (let i = 0; i < 256; i++) at(100).follow(done("a", 100 / 256));
  expect(at(100).left().secondsLeft).toBeCloseTo((768 * (100 / 256)) / 2);
  for (let i = 0; i < 256; i++) at(100).follow(done("a", 100 / 256));
  expect(at(100).left().secondsLeft).toBeCloseTo(100);
});

test("a rule of many jobs that nobody has seen leaves the time left open above; earlier runs close it", () => {
  const { state } = started({ prepare: 4, train: 100, all: 1 });
  state.follow({ kind: "started", rule: "prepare", jobs: 2, call: 1 });
  state.follow(done("prepare", 6));
  expect(leftText(state.left())).toBe("at least 9.0 s left");
  const { at } = started({ prepare: 4, train: 100 }, 2, 300);
  at(0).follow({ kind: "started", rule: "prepare", jobs: 2, call: 1 });
  at(6).follow(done("prepare", 6));
  expect(leftText(at(6).left())).toBe("about 4 min 54 s left");
});
