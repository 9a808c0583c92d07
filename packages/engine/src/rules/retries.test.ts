import { expect, test } from "vitest";
import {
  AttemptError,
  attemptAfter,
  attemptOf,
  type Failure,
  type FailureReason,
  failureOf,
  growthAfter,
  mayRetry,
  type Retries,
} from "./retries.ts";

const failures = (...reasons: (FailureReason | number)[]): Failure[] =>
  reasons.map((reason) => (typeof reason === "number" ? { reason: "exit", exitCode: reason } : { reason }));
/** How many failures of one kind in a row a job survives, of ten. */
const survived = (
  reason: FailureReason | number,
  retries: Retries | undefined,
  limited = false,
  usual = 0,
) => {
  const row = Array.from({ length: 10 }, () => reason);
  const n = row.findIndex((_, i) => !mayRetry(failures(...row.slice(0, i + 1)), retries, { limited, usual }));
  return n < 0 ? row.length : n;
};

test("each reason has its own number of retries, and what is not named has that of others", () => {
  const retries = { oom: 2, timeout: 1, lost: 3, exit: { 75: 5 }, other: 4 };
  expect(survived("oom", retries)).toBe(2);
  expect(survived("timeout", retries)).toBe(1);
  expect(survived("lost", retries)).toBe(3);
  expect(survived(75, retries)).toBe(5);
  expect(survived(1, retries)).toBe(4);
  expect(survived("other", retries)).toBe(4);
  expect(survived("timeout", { oom: 0, other: 3 })).toBe(3);
});

test("the reasons are counted apart; exit codes that are not named count together with others", () => {
  const may = (...reasons: (FailureReason | number)[]) =>
    mayRetry(failures(...reasons), { oom: 1, exit: { 75: 1 }, other: 1 }, { limited: false, usual: 0 });
  expect(may("oom", 75, "other")).toBe(true);
  expect(may("oom", 75, "oom")).toBe(false);
  expect(may(75, "oom", 75)).toBe(false);
  expect(may("oom", 75, 1)).toBe(true);
  expect(may(2, 1)).toBe(false);
});

test("a number holds for everything but losses, and failures at a queue's limits have attempts of their own", () => {
  for (const reason of ["oom", "timeout", "other", 75] as const) expect(survived(reason, 2)).toBe(2);
  expect(survived("lost", 0)).toBe(5);
  for (const reason of ["oom", "timeout"] as const) {
    expect(survived(reason, 0, true)).toBe(2);
    expect(survived(reason, 9, true)).toBe(2);
    expect(survived(reason, {}, true)).toBe(2);
    expect(survived(reason, { [reason]: 4 }, true)).toBe(4);
    expect(survived(reason, { [reason]: 0 }, true)).toBe(0);
  }
  expect(mayRetry(failures("lost", "lost", "other"), 1, { limited: false, usual: 0 })).toBe(true);
  expect(mayRetry(failures("oom", "other"), 1, { limited: false, usual: 0 })).toBe(false);
});

test("without a word of the rule, --retries decides", () => {
  expect(survived("other", undefined, false, 3)).toBe(3);
  expect(survived(75, { oom: 1 }, false, 3)).toBe(3);
  expect(survived("other", 1, false, 3)).toBe(1);
  expect(survived("other", { other: 0 }, false, 3)).toBe(0);
});

test("a lost attempt is repeated under its number", () => {
  expect(attemptAfter([])).toBe(1);
  expect(attemptAfter(failures("lost", "lost"))).toBe(1);
  expect(attemptAfter(failures("oom", "lost", 75))).toBe(3);
});

test("functions are told the attempt, the last reason, and how often each was one", () => {
  expect(attemptOf([])).toEqual({
    attempt: 1,
    reason: undefined,
    exitCode: undefined,
    failed: { oom: 0, timeout: 0, lost: 0, exit: 0, other: 0 },
  });
  expect(attemptOf(failures("oom", "oom", 75))).toEqual({
    attempt: 4,
    reason: "exit",
    exitCode: 75,
    failed: { oom: 2, timeout: 0, lost: 0, exit: 1, other: 0 },
  });
});

test("what was not the limit is not raised", () => {
  expect(growthAfter([])).toEqual({ memory: 1, time: 1 });
  expect(growthAfter(failures("oom"))).toEqual({ memory: 2, time: 1 });
  expect(growthAfter(failures("timeout", "timeout"))).toEqual({ memory: 1, time: 3 });
  expect(growthAfter(failures("lost"))).toEqual({ memory: 1, time: 1 });
  // A tool that the system killed for lack of memory ends with 137.
  expect(growthAfter(failures(137, "oom"))).toEqual({ memory: 3, time: 2 });
});

test("an error shows why something failed, as far as it can", () => {
  const fault = (fields: object) => Object.assign(new Error("failed"), fields);
  expect(failureOf(new AttemptError("late", { reason: "timeout" }))).toEqual({ reason: "timeout" });
  // As execFileSync, exec and execa say it.
  for (const key of ["status", "code", "exitCode"])
    expect(failureOf(fault({ [key]: 75, signal: null }))).toEqual({ reason: "exit", exitCode: 75 });
  expect(failureOf(fault({ status: null, signal: "SIGKILL" }))).toEqual({ reason: "other" });
  expect(failureOf(fault({ code: 20 }))).toEqual({ reason: "other" });
  expect(failureOf(fault({ code: "ENOENT", signal: null }))).toEqual({ reason: "other" });
  expect(failureOf("thrown")).toEqual({ reason: "other" });
});

test("an array for which there is no memory is a lack of memory", () => {
  let thrown: unknown;
  try {
    new ArrayBuffer(Number.MAX_SAFE_INTEGER);
  } catch (error) {
    thrown = error;
  }
  expect(failureOf(thrown)).toEqual({ reason: "oom" });
});
