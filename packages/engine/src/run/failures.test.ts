import { expect, test } from "vitest";
import { maxGrowingAttempt, maxLosses, respondToLoss } from "./failures.ts";

const packed = { suspect: false, alone: false, losses: 0, attempt: 1 };
const suspect = { ...packed, suspect: true };
const alone = { ...suspect, alone: true };

test("a machine that dies or is taken away is nobody's fault: its jobs are packed again, but not for ever", () => {
  for (const kind of ["node", "preempted"] as const) {
    expect(respondToLoss(kind, suspect)).toBe("again");
    expect(respondToLoss(kind, { ...alone, losses: maxLosses - 1 })).toBe("again");
    expect(respondToLoss(kind, { ...alone, losses: maxLosses })).toBe("give up");
  }
});

test("after a crash the jobs that were under way run by themselves, and one that did so has failed", () => {
  expect(respondToLoss("crashed", packed)).toBe("again");
  expect(respondToLoss("crashed", suspect)).toBe("alone");
  expect(respondToLoss("crashed", alone)).toBe("fail");
});

test("a job out of memory gets more of it, up to a last attempt", () => {
  expect(respondToLoss("memory", packed)).toBe("again");
  expect(respondToLoss("memory", suspect)).toBe("more");
  expect(respondToLoss("memory", { ...alone, attempt: maxGrowingAttempt })).toBe("give up");
});

test("a pack out of time is split; a single job out of time gets more, up to a last attempt", () => {
  expect(respondToLoss("timeout", packed)).toBe("again");
  expect(respondToLoss("timeout", suspect)).toBe("alone");
  expect(respondToLoss("timeout", alone)).toBe("more");
  expect(respondToLoss("timeout", { ...alone, attempt: maxGrowingAttempt })).toBe("give up");
});

test("what was cancelled by hand stops the run, what is refused is not asked for again", () => {
  expect(respondToLoss("cancelled", alone)).toBe("stop");
  expect(respondToLoss("refused", packed)).toBe("give up");
});
