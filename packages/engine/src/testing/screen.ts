/** What a terminal shows of a run, for tests of its reports: the events of a made-up run, and a screen. */
import type { FailedJob, RunEvent, Summary } from "../events.ts";
import { plain } from "../report/lines.ts";
import { liveScreen } from "../report/live.ts";
import { type Output, type TerminalOptions, terminal as terminalWith } from "../report/terminal.ts";

/** The reporter as a run starts it for this output. */
export function terminal(output: Output, options: TerminalOptions) {
  return terminalWith(output, output.isTTY ? { ...options, screen: liveScreen(output, plain) } : options);
}

export const summary: Summary = {
  outcome: "done",
  total: 3,
  done: 3,
  cutOff: 0,
  failed: [],
  blocked: 0,
  left: 0,
  seconds: 2,
};
export const planned = (rules: Record<string, number>, onlyIf: Record<string, number> = {}): RunEvent => {
  const total = Object.values(rules).reduce((sum, n) => sum + n, 0);
  const counts = { rules: new Map(Object.entries(rules)), onlyIf: new Map(Object.entries(onlyIf)) };
  return { kind: "planned", total, ...counts, estimate: null, slots: 2 };
};

export const plainFailure: FailedJob = {
  rule: "train",
  job: "train",
  target: "out",
  error: "Error: no",
  log: "logs/1",
};

/** What a screen shows after all that was written: the escape sequences carried out. */
export function screen(options: Partial<Output> = {}) {
  let lines: string[] = [""];
  const output: Output = {
    isTTY: true,
    columns: 80,
    rows: 24,
    ...options,
    write(text) {
      // Up some lines, and everything from there on erased.
      const [up, rest] = text.startsWith("\r\x1b[") ? text.slice(3).split("A\x1b[J") : [undefined, text];
      if (up !== undefined) lines = [...lines.slice(0, lines.length - 1 - Number(up)), ""];
      const [first = "", ...more] = rest!.split("\n");
      lines = [...lines.slice(0, -1), lines.at(-1)! + first, ...more];
    },
  };
  return { output, text: () => lines.join("\n") };
}
