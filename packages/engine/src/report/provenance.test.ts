import { expect, test } from "vitest";
import { emptyHistory } from "../journal/history.ts";
import type { RunRecord, Trace } from "../journal/journal.ts";
import { logOf } from "./provenance.ts";

test("finding the logs of all jobs looks at each run once, however many jobs there are", () => {
  let looks = 0;
  const run = (i: number): RunRecord => ({
    ...{ id: `r${i}`, host: "h", pid: 1, command: "braid", executor: "workers" },
    get at() {
      looks++;
      return 10 * i;
    },
  });
  const history = emptyHistory();
  history.runs.push(...Array.from({ length: 500 }, (_, i) => run(i)));
  const files = { stat: () => ({ size: 1, mtime: 1 }) as never };
  const trace = (start: number) => ({ rule: "train", call: 3, attempt: 1, start }) as Trace;
  const logs = Array.from({ length: 2_000 }, (_, i) => logOf(trace(i), history, files));
  expect(logs[995]).toBe(".braid/logs/r99/train-3.log");
  expect(logs[1_999]).toBe(".braid/logs/r199/train-3.log");
  expect(looks).toBe(500);
  // A run that is recorded later is found too.
  history.runs.push(run(500));
  expect(logOf(trace(5_000), history, files)).toBe(".braid/logs/r500/train-3.log");
});
