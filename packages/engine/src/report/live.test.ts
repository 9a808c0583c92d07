import { expect, test, vi } from "vitest";
import { plainFailure, planned, screen, summary, terminal } from "../testing/screen.ts";
import type { Output } from "./terminal.ts";

test("the time left on the screen follows a run whose pace halves in the middle within two minutes", () => {
  vi.useFakeTimers();
  const { output, text } = screen();
  const report = terminal(output, { quiet: false, name: "braid" });
  // 600 jobs on two threads: 300 of 2 s each, then 300 of 4 s. They end after 300 s and 900 s.
  report(planned({ train: 600, all: 1 }));
  report({ kind: "started", rule: "train", jobs: 2, call: 1 });
  const timeLeft = () => {
    const [, minutes = "0", seconds = "0"] = /about (?:(\d+) min ?)?(?:([\d.]+) s )?left\n$/.exec(text())!;
    return 60 * Number(minutes) + Number(seconds);
  };
  const error = (at: number, end: number) => Math.abs(timeLeft() - (end - at)) / (end - at);
  for (let at = 1; at <= 780; at++) {
    vi.advanceTimersByTime(1_000);
    const took = at <= 300 ? 2 : 4;
    if (at % took === 0)
      for (let thread = 0; thread < 2; thread++) {
        report({ kind: "done", rule: "train", job: "", seconds: took });
        report({ kind: "started", rule: "train", jobs: 1, call: at });
      }
    // Until then nothing can tell that the pace will halve.
    if (at === 290) expect(error(at, 600)).toBeLessThan(0.05);
    if (at >= 420) expect(error(at, 900), `after ${at} s`).toBeLessThan(0.2);
  }
  report({ kind: "ended", summary });
  vi.useRealTimers();
});

test("no line is wider than the screen, whatever its width, and a narrower screen leaves nothing behind", () => {
  const long = "a_rule_with_a_name_that_fills_more_than_half_of_a_narrow_terminal";
  for (const columns of [30, 60, 80, 200]) {
    const size = { columns };
    const written: string[] = [];
    const output: Output = { isTTY: true, rows: 24, ...size, write: (text) => written.push(text) };
    const report = terminal(output, { quiet: false, name: "braid" });
    report(planned({ [long]: 20_000, train: 300 }));
    report({ kind: "started", rule: long, jobs: 512, call: 1 });
    for (let i = 0; i < 512; i++)
      report({ kind: "began", rule: long, job: `${long} (seed=${i})`, reason: "" });
    written.length = 0;
    report({ kind: "failed", rule: long, job: "x", failure: { ...plainFailure, job: `${long} (seed=1)` } });
    const lines = written
      .join("")
      .replaceAll(/\r.\[\d+A.\[J/g, "")
      .split("\n");
    expect(lines.find((line) => line.startsWith("now: "))).toMatch(/^now: a_ru.* and \d+ others$/);
    for (const line of lines)
      expect(line.trim().split(" ").length === 1 ? 0 : line.length, line).toBeLessThanOrEqual(columns);
    report({ kind: "ended", summary });
  }
});

test("the lines of a screen that became narrower are erased as often as they were wrapped", () => {
  const written: string[] = [];
  const size = { columns: 100, rows: 24 };
  const output: Output = {
    isTTY: true,
    get columns() {
      return size.columns;
    },
    write: (text) => written.push(text),
  };
  const report = terminal(output, { quiet: false, name: "braid" });
  report(planned({ train: 300 }));
  report({ kind: "started", rule: "train", jobs: 2, call: 1 });
  const lines = written.at(-1)!.trimEnd().split("\n");
  size.columns = 20;
  report({ kind: "ended", summary });
  const wrapped = lines.reduce((sum, line) => sum + Math.ceil(line.length / 20), 0);
  expect(wrapped).toBeGreaterThan(lines.length);
  expect(written.at(-2)).toBe(`\r\x1b[${wrapped}A\x1b[J`);
});

test("rules stand in the order in which they started, and the running jobs by their age", () => {
  vi.useFakeTimers();
  const { output, text } = screen();
  const report = terminal(output, { quiet: false, name: "braid" });
  report(planned({ all: 1, prepare: 2, train: 2 }));
  const begin = (rule: string, job: string) => {
    report({ kind: "started", rule, jobs: 1, call: 1 });
    report({ kind: "began", rule, job, reason: "" });
  };
  const names = () => [...text().matchAll(/^(\w+) +[█░]{20}/gm)].map(([, name]) => name);
  begin("train", "train (seed=1)");
  vi.advanceTimersByTime(1_000);
  begin("train", "train (seed=2)");
  vi.advanceTimersByTime(1_000);
  expect(names()).toEqual(["train", "all", "prepare", "total"]);
  expect(text()).toContain("\nnow: train (seed=1), train (seed=2)\n");
  report({ kind: "done", rule: "train", job: "train (seed=1)", seconds: 1 });
  begin("prepare", "prepare");
  vi.advanceTimersByTime(1_000);
  expect(names()).toEqual(["train", "prepare", "all", "total"]);
  expect(text()).toContain("\nnow: train (seed=2), prepare\n");
  // The call was lost before the job did anything.
  report({ kind: "returned", rule: "train", jobs: 1, call: 1 });
  vi.advanceTimersByTime(1_000);
  expect(text()).toContain("\nnow: prepare\n");
  report({ kind: "ended", summary });
  vi.useRealTimers();
});
