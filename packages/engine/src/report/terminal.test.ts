import { expect, test, vi } from "vitest";
import type { RunEvent } from "../events.ts";
import { planned, screen, summary, terminal } from "../testing/screen.ts";

test("the table has a second column for jobs that run only if their inputs change", () => {
  const { output, text } = screen({ isTTY: false });
  terminal(output, { quiet: false, name: "run" })(planned({ train: 3, score: 5 }, { train: 1, score: 5 }));
  expect(text()).toContain(
    ["job    count  only if", "-----  -----  -------", "score      0        5", "train      2        1"].join(
      "\n",
    ),
  );
});

test("what the workflow decided for the run is said once, after the plan", () => {
  const { output, text } = screen({ isTTY: false });
  const follow = terminal(output, { quiet: false, name: "run" });
  follow(planned({ train: 3 }));
  follow({ kind: "decided", said: ["Backend wasm.", "  Passed over: GPU: none"] });
  expect(text()).toContain("2 threads at once.\n\nBackend wasm.\n  Passed over: GPU: none\n");
});

test("what runs at once is threads here, and tasks in a queue", () => {
  const { output, text } = screen({ isTTY: false });
  const follow = terminal(output, { quiet: false, name: "run" });
  follow({ ...planned({ train: 3 }), queued: true } as RunEvent);
  expect(text()).toContain("; 2 tasks at once.");
});

function failure(i: number): RunEvent {
  const job = `train (seed=${i})`;
  const error = `Error: no ${i}\n    at run (/home/me/workflow.ts:3:9)\n    at runCall (/x/packages/engine/src/runner.ts:4:5)`;
  return {
    kind: "failed",
    rule: "train",
    job,
    failure: { rule: "train", job, target: `out/${i}`, error, log: `logs/${i}` },
  };
}

test("on a terminal the lines of the rules are redrawn in place, and gone at the end", () => {
  vi.useFakeTimers();
  const { output, text } = screen();
  const report = terminal(output, { quiet: false, name: "braid" });
  report(planned({ a: 3 }));
  report({ kind: "started", rule: "a", jobs: 1, call: 1 });
  expect(text()).toMatch(
    /a {6}░{20} {2}0\/3 {2}1 running\ntotal {2}░{20} {2}0\/3 {2}1 running\n0\.0 s elapsed, time left not known yet\n$/,
  );
  for (let i = 0; i < 3; i++) {
    vi.advanceTimersByTime(1_000);
    report({ kind: "done", rule: "a", job: "", seconds: 1 });
  }
  expect(text().match(/elapsed/g)).toHaveLength(1);
  report({ kind: "ended", summary });
  expect(text()).not.toMatch(/elapsed|░/);
  expect(text()).toMatch(/total +3\n\nNo estimate before .*\n\n3 jobs done, in 2\.0 s\.\n$/);
  vi.useRealTimers();
});

test("the clock goes on while a job is silent", () => {
  vi.useFakeTimers();
  const { output, text } = screen();
  const report = terminal(output, { quiet: false, name: "braid" });
  report(planned({ a: 1 }));
  report({ kind: "started", rule: "a", jobs: 1, call: 1 });
  vi.advanceTimersByTime(65_000);
  expect(text()).toContain("1 min 5 s elapsed");
  report({ kind: "ended", summary });
  vi.useRealTimers();
});

test("more rules than rows are cut to those at work", () => {
  const { output, text } = screen({ rows: 10 });
  const report = terminal(output, { quiet: false, name: "braid" });
  report(planned(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`rule${i}`, 1]))));
  report({ kind: "started", rule: "rule25", jobs: 1, call: 1 });
  const drawn = text().slice(text().indexOf("No estimate"));
  expect(drawn).toContain("rule25");
  expect(drawn).toContain("... and 25 more rules");
  expect(drawn.trimEnd().split("\n").length).toBeLessThanOrEqual(10);
  report({ kind: "ended", summary });
});

test("a flood of failures does not flood the screen; the end lists ten of them", () => {
  const { output, text } = screen({ isTTY: false });
  const report = terminal(output, {
    quiet: false,
    name: "pnpm exp",
    repeat: ["--mark", "a b"],
    shown: (p) => `sub/${p}`,
  });
  report(planned({ train: 1_000 }));
  const failures = Array.from({ length: 500 }, (_, i) => failure(i));
  for (const each of failures) report(each);
  const failed = failures.map((each) => (each as Extract<RunEvent, { kind: "failed" }>).failure);
  report({ kind: "ended", summary: { ...summary, outcome: "failed", total: 1_000, done: 500, failed } });
  const [before, end] = text().split("500 jobs done, 500 failed");
  expect(before!.match(/^Failed: /gm)).toHaveLength(10);
  expect(before).toContain("Further failures are only counted here; the end of the run lists them.");
  expect(end).toContain(`Failed: train (seed=0)
    Error: no 0
        at run (/home/me/workflow.ts:3:9)
  log        sub/logs/0
  just this  pnpm exp out/0 --mark 'a b'
`);
  expect(end!.match(/^Failed: /gm)).toHaveLength(10);
  expect(end).toContain("... and 490 more failed jobs: pnpm exp status --verbose lists all.");
});

test("the lines of an error are cut, and empty ones left out; --verbose shows all", () => {
  const error = `Error: ${"x".repeat(5_000)}\n\n${"\n".repeat(100)}last`;
  const told = (verbose: boolean) => {
    const { output, text } = screen({ isTTY: false });
    const report = terminal(output, { quiet: false, verbose, name: "braid" });
    report(planned({ train: 1 }));
    const { failure: one } = failure(0) as Extract<RunEvent, { kind: "failed" }>;
    report({ kind: "failed", failure: { ...one, error } } as RunEvent);
    report({ kind: "ended", summary: { ...summary, outcome: "failed", failed: [{ ...one, error }] } });
    return text();
  };
  const [, first, end] = told(false).split("Failed: ");
  expect(first).toMatch(/^train \(seed=0\): Error: x{292}…\n/);
  expect(end).toContain(`    Error: ${"x".repeat(292)}…\n    last\n  log  `);
  expect(told(true)).toContain(`    Error: ${"x".repeat(5_000)}\n`);
});

test("elsewhere a plain line comes now and then, more rarely in a long run", () => {
  vi.useFakeTimers();
  const { output, text } = screen({ isTTY: false });
  const report = terminal(output, { quiet: false, name: "braid" });
  report(planned({ a: 100_000 }));
  report({ kind: "started", rule: "a", jobs: 1, call: 1 });
  vi.advanceTimersByTime(3_600_000);
  const lines = text().match(/^\[.*\] a 0\/100000$/gm)!;
  expect(lines[0]).toMatch(/^\[10 s\]/);
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.length).toBeLessThan(150);
  expect(text()).not.toContain("\x1b");
  report({ kind: "ended", summary });
  vi.useRealTimers();
});

test("a quiet run shows no progress, but what it plans and how it ended", () => {
  const { output, text } = screen();
  const report = terminal(output, { quiet: true, name: "braid" });
  report(planned({ a: 3 }));
  report({ kind: "started", rule: "a", jobs: 1, call: 1 });
  report({ kind: "ended", summary });
  expect(text()).not.toContain("gone");
  expect(text()).toContain("3 jobs done");
});

test("a verbose run has a line for each job as it starts and ends, beside the progress, and all failures in full", () => {
  const { output, text } = screen();
  const report = terminal(output, { quiet: false, verbose: true, name: "braid" });
  report(planned({ train: 20, sum: 1 }));
  report({ kind: "started", rule: "train", jobs: 1, call: 1 });
  report({ kind: "began", rule: "train", job: "train (seed=1)", reason: "missing output out/1" });
  report({ kind: "done", rule: "train", job: "train (seed=1)", seconds: 65 });
  report({ kind: "cut off", rule: "sum", job: "sum" });
  const failures = Array.from({ length: 15 }, (_, i) => failure(i));
  for (const each of failures) report(each);
  expect(text()).toContain(
    "Start: train (seed=1): missing output out/1\nDone: train (seed=1), in 1 min 5 s\nUp to date after all: sum\n",
  );
  expect(text()).toContain(
    "Failed: train (seed=14): Error: no 14\n    at run (/home/me/workflow.ts:3:9)\n    at runCall",
  );
  expect(text()).toMatch(/train {2}.* {2}1\/20 /);
  const failed = failures.map((each) => (each as Extract<RunEvent, { kind: "failed" }>).failure);
  report({ kind: "ended", summary: { ...summary, outcome: "failed", failed: failed.slice(0, 1) } });
  expect(text()).toMatch(
    /Failed: train \(seed=0\)\n {4}Error: no 0\n.*\n {8}at runCall \(\/x\/packages\/engine/,
  );
});

test("without it no job has a line", () => {
  const { output, text } = screen({ isTTY: false });
  const report = terminal(output, { quiet: false, name: "braid" });
  report(planned({ train: 1 }));
  report({ kind: "done", rule: "train", job: "train (seed=1)", seconds: 65 });
  report({ kind: "cut off", rule: "train", job: "train (seed=2)" });
  expect(text()).not.toContain("seed");
});

test("between two rules, a plain line counts all jobs", () => {
  const { output, text } = screen({ isTTY: false });
  const follow = terminal(output, { quiet: false, name: "run", interval: 0 });
  follow(planned({ first: 2, second: 1_000 }));
  follow({ kind: "started", rule: "first", jobs: 2, call: 1 });
  follow({ kind: "done", rule: "first", job: "first", seconds: 1 });
  follow({ kind: "done", rule: "first", job: "first", seconds: 1 });
  expect(text()).toMatch(/\n\[[\d.]+ s\] first 1\/2; [^\n]*\n\[[\d.]+ s\] 2 of 1,002 jobs done[^\n]*\n$/);
});
