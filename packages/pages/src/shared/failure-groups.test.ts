import { expect, test } from "vitest";
import { failureGroups } from "./failure-groups.ts";

const failure = (rule: string, path: string, at: number, error: string) => ({
  rule,
  path,
  at,
  error,
  log: `${path}.log`,
});

test("failures of a rule with the same first line but for numbers are one, the latest speaks for them, most jobs first", () => {
  const groups = failureGroups([
    failure("a", "1", 5, "disk full"),
    failure("a", "2", 9, "NaN at 0.25\n  in epoch 3"),
    failure("a", "3", 7, "NaN at 17\n  in epoch 8"),
    failure("b", "4", 8, "NaN at 17"),
  ]);
  expect(groups.map(({ count, latest }) => [count, latest.path])).toEqual([
    [2, "2"],
    [1, "4"],
    [1, "1"],
  ]);
});
