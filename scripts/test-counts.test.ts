import { expect, test } from "vitest";
import { count, isSuccess, sentence } from "./test-counts.ts";

const file = (status: "passed" | "failed", ...tests: string[]) => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});

test("passed, failed and skipped tests are counted over all files", () => {
  const report = {
    testResults: [file("failed", "passed", "failed", "skipped"), file("passed", "passed", "todo", "pending")],
  };
  expect(count(report, 1)).toEqual({ passed: 2, failed: 1, skipped: 3 });
});

test("a test file that could not run counts as a failure", () => {
  expect(count({ testResults: [file("failed"), file("passed", "passed")] }, 1)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
  });
});

test("a failure that no test shows counts all the same", () => {
  expect(count(undefined, 137)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(count({ testResults: [file("passed", "passed")] }, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test("a run of no test is no success", () => {
  expect(isSuccess({ passed: 1, failed: 0, skipped: 9 })).toBe(true);
  expect(isSuccess({ passed: 9, failed: 1, skipped: 0 })).toBe(false);
  expect(isSuccess({ passed: 0, failed: 0, skipped: 9 })).toBe(false);
  expect(isSuccess(count({ testResults: [] }, 0))).toBe(false);
});

test("the last line tells the three numbers", () => {
  expect(sentence({ passed: 12, failed: 0, skipped: 3 })).toBe("12 passed, 0 failed, 3 skipped");
});
