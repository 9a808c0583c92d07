import { expect, test } from "vitest";
import { failureGroups, growingGroups } from "./failure-groups.ts";

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

test("a list that grows is looked at once, failure by failure, and another list begins anew", () => {
  let looks = 0;
  const counted = (i: number) => ({
    ...failure("a", String(i), i, ""),
    get error() {
      looks++;
      return `NaN at ${i}`;
    },
  });
  const groups = growingGroups();
  const list = Array.from({ length: 100 }, (_, i) => counted(i));
  for (let second = 0; second < 60; second++) {
    list.push(counted(100 + second));
    const [group, ...others] = groups(list);
    groups(list);
    expect([group!.count, group!.latest.path, group!.place]).toEqual([
      101 + second,
      String(100 + second),
      100 + second,
    ]);
    expect(others).toEqual([]);
  }
  expect(looks).toBe(160);
  expect(groups([counted(7)]).map(({ count }) => count)).toEqual([1]);
});
