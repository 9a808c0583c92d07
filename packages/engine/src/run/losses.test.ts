import { expect, test } from "vitest";
import { answerLoss, growth, patience } from "./losses.ts";

const packed = { suspect: false, alone: false, losses: 0, attempt: 1 };
const suspect = { ...packed, suspect: true };
const alone = { ...suspect, alone: true };

test("a machine that dies or is taken away is nobody's fault: its jobs are packed again, but not for ever", () => {
  for (const kind of ["node", "preempted"] as const) {
    expect(answerLoss(kind, suspect)).toBe("again");
    expect(answerLoss(kind, { ...alone, losses: patience - 1 })).toBe("again");
    expect(answerLoss(kind, { ...alone, losses: patience })).toBe("give up");
  }
});

test("after a crash the jobs that were under way run by themselves, and one that did so has failed", () => {
  expect(answerLoss("crashed", packed)).toBe("again");
  expect(answerLoss("crashed", suspect)).toBe("alone");
  expect(answerLoss("crashed", alone)).toBe("fail");
});

test("a job out of memory gets more of it, up to a last attempt", () => {
  expect(answerLoss("memory", packed)).toBe("again");
  expect(answerLoss("memory", suspect)).toBe("more");
  expect(answerLoss("memory", { ...alone, attempt: growth })).toBe("give up");
});

test("a pack out of time is split; a single job out of time gets more, up to a last attempt", () => {
  expect(answerLoss("timeout", packed)).toBe("again");
  expect(answerLoss("timeout", suspect)).toBe("alone");
  expect(answerLoss("timeout", alone)).toBe("more");
  expect(answerLoss("timeout", { ...alone, attempt: growth })).toBe("give up");
});

test("what was cancelled by hand stops the run, what is refused is not asked for again", () => {
  expect(answerLoss("cancelled", alone)).toBe("stop");
  expect(answerLoss("refused", packed)).toBe("give up");
});
