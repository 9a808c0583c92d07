import { expect, test } from "vitest";
import { respondToLoss } from "./failures.ts";

const packed = { suspect: false, alone: false };
const suspect = { ...packed, suspect: true };
const alone = { ...suspect, alone: true };

test("a machine that dies or is taken away is nobody's fault: its jobs are packed again", () => {
  for (const kind of ["node", "preempted"] as const)
    for (const job of [packed, suspect, alone]) expect(respondToLoss(kind, job)).toBe("lost");
});

test("after a crash the jobs that were under way run by themselves, and one that did so has failed", () => {
  expect(respondToLoss("crashed", packed)).toBe("again");
  expect(respondToLoss("crashed", suspect)).toBe("alone");
  expect(respondToLoss("crashed", alone)).toBe("fail");
});

test("a job that was under way when its task ran out of memory has failed", () => {
  expect(respondToLoss("memory", packed)).toBe("again");
  expect(respondToLoss("memory", suspect)).toBe("fail");
  expect(respondToLoss("memory", alone)).toBe("fail");
});

test("a pack out of time is split; a single job out of time has failed", () => {
  expect(respondToLoss("timeout", packed)).toBe("again");
  expect(respondToLoss("timeout", suspect)).toBe("alone");
  expect(respondToLoss("timeout", alone)).toBe("fail");
});

test("what was cancelled by hand stops the run, what is refused is not asked for again", () => {
  expect(respondToLoss("cancelled", alone)).toBe("stop");
  expect(respondToLoss("refused", packed)).toBe("give up");
});
