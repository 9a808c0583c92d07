import { describe, expect, test } from "vitest";
import { expand } from "./expand.ts";
import { memoryFiles } from "./memory-files.ts";
import { describeJob } from "./plan-errors.ts";
import { rule } from "./rule.ts";
import { dryRun } from "./run.ts";
import type { Selection } from "./select.ts";

const body = () => {};
const rules = {
  all: rule({ input: ["report", "figure"] }),
  report: rule({ input: expand("score_{s}", { s: [1, 2] }), output: "report", run: body }),
  figure: rule({ input: "model_1", output: "figure", run: body }),
  score: rule({ input: "model_{s}", output: "score_{s}", run: body }),
  train: rule({ output: "model_{s}", run: body }),
};

function jobs(select: Selection): string[] {
  const { plan } = dryRun({ rules, folder: "", files: memoryFiles(), select });
  expect(plan.jobs.map((job) => job.order)).toEqual(plan.jobs.map((_, i) => i));
  return plan.jobs.map((job) => describeJob(job.rule, job.values)).sort();
}

describe("until", () => {
  test("a rule keeps its jobs and what they need", () => {
    expect(jobs({ until: ["score"] })).toEqual(["score (s=1)", "score (s=2)", "train (s=1)", "train (s=2)"]);
  });

  test("a file keeps its job and what that needs", () => {
    expect(jobs({ until: ["figure"] })).toEqual(["figure", "train (s=1)"]);
    expect(jobs({ until: ["score_2", "figure"] })).toEqual([
      "figure",
      "score (s=2)",
      "train (s=1)",
      "train (s=2)",
    ]);
  });
});

describe("omit from", () => {
  test("a rule drops its jobs and what needs them", () => {
    expect(jobs({ omitFrom: ["score"] })).toEqual(["figure", "train (s=1)", "train (s=2)"]);
  });

  test("a file drops its job and what needs that", () => {
    expect(jobs({ omitFrom: ["score_1"] })).toEqual(["figure", "score (s=2)", "train (s=1)", "train (s=2)"]);
  });
});

test("both together: what is wanted, without what is omitted", () => {
  expect(jobs({ until: ["report", "figure"], omitFrom: ["report"] })).toEqual([
    "figure",
    "score (s=1)",
    "score (s=2)",
    "train (s=1)",
    "train (s=2)",
  ]);
});

test("a name that is neither a rule with jobs nor an output is refused", () => {
  expect(() => jobs({ until: ["nothing"] })).toThrow(
    'Cannot stop after "nothing": the plan has no job of this rule and no output of this path\n  Rules go by their names, outputs by their paths from the working folder.',
  );
  expect(() => jobs({ omitFrom: ["model_9"] })).toThrow('Cannot leave out "model_9"');
});
