import { expect, test } from "vitest";
import type { Outcome, TestName } from "./site-tests.ts";
import { judge, verdictOfInterval } from "./verdicts.ts";

const spec = {
  level: 0.05,
  minimumEffect: 0.01,
  permutations: 9_999,
  resamples: 100,
  blockDays: 30,
  naiveFactor: 1,
  seed: 1,
};

const outcome = (p: number | null, medianDifference: number, changes: Partial<Outcome> = {}): Outcome => ({
  test: "naive_factor" as TestName,
  factor: 1,
  pairs: 30,
  medianDifference,
  difference: null,
  p,
  smallest: 2 ** -29,
  refused: p === null ? "too few" : null,
  ...changes,
});

const alone = (outcomes: Outcome[]) => judge(outcomes, spec).map(({ verdicts }) => verdicts.none);

test("a difference is better or worse where it is sure and large enough", () => {
  expect(
    alone([
      outcome(0.001, 0.02),
      outcome(0.001, -0.02),
      outcome(0.001, 0.009),
      outcome(0.001, -0.009),
      outcome(0.06, 0.5),
      outcome(null, 0.5),
    ]),
  ).toEqual(["better", "worse", "no difference", "no difference", "no difference", "refused"]);
});

test("a one-sided test finds its own side alone, at half of the level", () => {
  const any = (test: TestName, p: number, difference: number) => outcome(p, difference, { test });
  expect(
    alone([any("any_better", 0.02, 0.1), any("any_better", 0.03, 0.1), any("any_better", 0.02, -0.1)]),
  ).toEqual(["better", "no difference", "no difference"]);
  expect(alone([any("any_worse", 0.02, -0.1), any("any_worse", 0.02, 0.1)])).toEqual([
    "worse",
    "no difference",
  ]);
});

test("corrections count only the sites where the test was made", () => {
  const judged = judge([outcome(0.02, 0.1), outcome(null, 0.1), outcome(0.04, 0.1)], spec);
  expect(judged.map(({ adjusted }) => adjusted.holm)).toEqual([0.04, null, 0.04]);
  expect(judged.map(({ adjusted }) => adjusted.benjamini_hochberg)).toEqual([0.04, null, 0.04]);
  expect(judged.map(({ verdicts }) => verdicts.holm)).toEqual(["better", "refused", "better"]);
});

test("Holm over 82 sites is refused to ten seeds and open to thirty", () => {
  const sites = (pairs: number) =>
    judge(
      Array.from({ length: 82 }, () => outcome(2 * 2 ** -pairs, 0.1, { pairs, smallest: 2 * 2 ** -pairs })),
      spec,
    )[0]!;
  expect(sites(10).verdicts).toEqual({ none: "better", benjamini_hochberg: "better", holm: "refused" });
  expect(sites(10).refused).toBe(
    "Holm over 82 sites needs a p-value of 0.00061; 10 pairs of seeds cannot go below 0.0020",
  );
  expect(sites(30).verdicts.holm).toBe("better");
  expect(sites(30).refused).toBeNull();
});

test("an interval that leaves out 0 is a verdict where the value is large enough", () => {
  expect(verdictOfInterval(0.05, { low: 0.01, high: 0.1 }, spec)).toBe("better");
  expect(verdictOfInterval(0.005, { low: 0.001, high: 0.1 }, spec)).toBe("no difference");
  expect(verdictOfInterval(-0.05, { low: -0.1, high: -0.01 }, spec)).toBe("worse");
  expect(verdictOfInterval(0.05, { low: -0.01, high: 0.1 }, spec)).toBe("no difference");
});
