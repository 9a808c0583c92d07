import { describe, expect, test } from "vitest";
import { exampleReport } from "../../testing/example-report.ts";
import type { TestCounts } from "../report.ts";
import { answerCounts, answerIntervals, answerSentence, insteadOf, verdictWords } from "./answer.ts";

const verdicts = exampleReport.verdicts!;

test("the answer is one sentence about all sites, with the intervals of its counts", () => {
  expect(answerSentence(exampleReport, "benjamini_hochberg")).toBe(
    "Multi-task learning helped at 1 of 3 sites and hurt at 1; at 1 the test finds no difference.",
  );
  const counts = answerCounts(exampleReport, "benjamini_hochberg")!;
  expect(answerIntervals(counts)).toBe(
    "95 % intervals, from whole regions drawn with replacement: 0 to 2 sites better, 0 to 2 sites worse.",
  );
  expect(answerIntervals({ ...counts, better: { sites: 1, low: null, high: null } })).toContain(
    ": 0 to 2 sites worse.",
  );
});

test("sites that were not judged are said to be none of them", () => {
  const counts = verdicts.counts.map((one): TestCounts => ({ ...one, refused: 2 }));
  expect(answerSentence({ ...exampleReport, verdicts: { ...verdicts, counts } }, "none")).toBe(
    "Multi-task learning helped at 1 of 3 sites and hurt at 1; at 1 the test finds no difference. 2 more sites could not be judged.",
  );
});

const none = verdicts.counts.find(({ adjustment }) => adjustment === "none")!;
const sites = (sites: number) => ({ sites, low: null, high: null });
const line = (
  test: string,
  better: number,
  same: number,
  worse: number,
  adjustment = "none",
): TestCounts => ({
  ...none,
  ...{ test, adjustment, better: sites(better), same: sites(same), worse: sites(worse), refused: 0 },
});

describe("where the answering test cannot find a site worse", () => {
  const sentence = (counts: readonly TestCounts[], correction = "none") => {
    const answer = { ...verdicts.answer!, test: "any_better" };
    return answerSentence({ ...exampleReport, verdicts: { ...verdicts, counts, answer } }, correction);
  };
  const better = line("any_better", 0, 5, 0);

  test("its mirror says at how many sites some factor is worse, under the same correction", () => {
    const corrected = [line("any_better", 0, 5, 0, "holm"), line("any_worse", 0, 2, 3, "holm")];
    const counts = [better, line("any_worse", 0, 0, 5), ...corrected];
    expect(sentence(counts)).toBe(
      "Some factor above 0 is better than single-task learning at 0 of 5 sites, and some factor is worse at 5.",
    );
    expect(sentence(counts, "holm")).toMatch(/at 0 of 5 sites, and some factor is worse at 3\.$/);
  });

  test("the sites of the mirror are named where they are others", () => {
    expect(sentence([better, line("any_worse", 0, 1, 3)])).toMatch(/and some factor is worse at 3 of 4\.$/);
  });

  test("without the mirror, the sentence says that no test looked for harm", () => {
    const told =
      "Some factor above 0 is better than single-task learning at 0 of 5 sites; at 5 the test finds no gain, and none looked for harm.";
    expect(sentence([better])).toBe(told);
    expect(sentence([better, { ...line("any_worse", 0, 0, 0), refused: 5 }])).toBe(told);
  });
});

test("without a test that may answer it says why, and without statistics that nothing is proved", () => {
  const refused = { ...exampleReport, verdicts: { ...verdicts, answer: null } };
  const told = "No test over seeds can say whether multi-task learning helps: too few seeds.";
  expect(answerSentence(refused, "")).toBe(told);
  const days = line("chosen_factor_days", 1, 3, 1);
  const counts = [...verdicts.counts, days];
  expect(answerSentence({ ...refused, verdicts: { ...refused.verdicts, counts } }, "")).toBe(
    `${told} The test over days finds 1 of 5 sites better and 1 worse.`,
  );
  expect(answerSentence({ ...exampleReport, verdicts: null }, "")).toMatch(/^No statistical test was run/);
});

test("where another test answers, the reason is told", () => {
  expect(insteadOf(exampleReport)).toBe("");
  const answer = { ...verdicts.answer!, test: "any_better" };
  expect(insteadOf({ ...exampleReport, verdicts: { ...verdicts, answer } })).toBe(
    "A factor chosen on validation was not judged: too few seeds.",
  );
});

test("no difference under a test that cannot find a site worse is called not better", () => {
  const answer = { ...verdicts.answer!, test: "any_better" };
  const oneSided = { ...exampleReport, verdicts: { ...verdicts, answer } };
  expect(verdictWords(oneSided, "no difference")).toBe("not better");
  expect(verdictWords(exampleReport, "no difference")).toBe("no difference");
  expect(verdictWords(exampleReport, "refused")).toBe("not judged");
  const counts = { ...answerCounts(exampleReport, "none")!, test: "any_better" };
  expect(answerIntervals(counts)).not.toContain("worse");
});
