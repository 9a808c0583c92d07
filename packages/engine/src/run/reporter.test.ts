import { expect, test } from "vitest";
import type { FailureReason } from "../rules/retries.ts";
import { type EndedAttempt, finalText, retryText } from "./reporter.ts";

const had = { mem_mb: 2_000, runtime: 60, partition: "short" };
const ended = (reason: FailureReason, more: Partial<EndedAttempt> = {}): EndedAttempt => ({
  failures: [reason === "exit" ? { reason, exitCode: 75 } : { reason }],
  attempt: 1,
  limited: false,
  had,
  ...more,
});

test("a retry says why the job failed with what, and what is new about the next attempt", () => {
  const queued = { limited: true };
  expect(retryText(ended("oom", queued), { ...had, mem_mb: 4_000 })).toBe(
    "out of memory with 2,000 MB; trying again with 4,000 MB",
  );
  expect(retryText(ended("timeout", queued), { ...had, runtime: 120, partition: "long" })).toBe(
    "time limit reached after 60 min; trying again with 120 min and partition long",
  );
  expect(retryText(ended("exit"), { mem_mb: 2_000, runtime: 60, threads: 8 })).toBe(
    "exit code 75; trying again with 8 threads, without partition",
  );
  expect(retryText(ended("other"), { ...had, gpu: 2 })).toBe("trying again with gpu 2");
});

test("amounts that were not the limit are not named as one", () => {
  expect(retryText(ended("oom"), had)).toBe("out of memory");
  expect(retryText(ended("timeout"), had)).toBe("time limit reached");
  expect(retryText(ended("oom", { limited: true, had: {} }), {})).toBe("out of memory");
});

test("nothing is said that the error says itself", () => {
  expect(retryText(ended("exit"), had)).toBe("");
  expect(retryText(ended("other"), had)).toBe("");
  expect(finalText(ended("exit"), "The command ended with exit code 75.")).toBe(
    "The command ended with exit code 75.",
  );
  expect(finalText(ended("timeout"), "Too long.")).toBe("Too long.");
});

test("the end says at which attempt and why", () => {
  expect(finalText(ended("oom", { attempt: 3, limited: true }), "Killed.")).toBe(
    "Attempt 3, out of memory with 2,000 MB: Killed.",
  );
  expect(finalText(ended("timeout", { limited: true }), "Killed.")).toBe(
    "Time limit reached after 60 min: Killed.",
  );
  expect(finalText(ended("other", { attempt: 2 }), "broken")).toBe("Attempt 2: broken");
  const lost = { reason: "lost" } as const;
  expect(finalText(ended("lost", { failures: [lost, lost] }), "The task's node failed.")).toBe(
    "Lost 2 times: The task's node failed.",
  );
});
