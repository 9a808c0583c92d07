import { expect, test } from "vitest";
import { type ComparedExperiment, comparisonPage } from "./index.ts";

const experiment = (gains: readonly number[], name = "expA"): ComparedExperiment => ({
  name,
  question: "<flow>",
  judged: "test",
  tests: [{ title: "any", adjustment: "Holm", better: "1", same: "2", worse: "3", paper: "" }],
  gains: gains.map((gain, i) => ({
    site: `0${i}`,
    gain,
    factor: "5",
    verdict: gain > 0 ? "better" : "no difference",
  })),
});
const page = (...experiments: ComparedExperiment[]) =>
  comparisonPage({ synthetic: null, experiments, pairs: ["a & b"], paper: "the paper" });

test("a dot stands at the gain of its site, on one axis for all experiments, within the plot", () => {
  const text = page(experiment([0.1, -0.1, 0.05]), experiment([0.1, 9], "expB"));
  const places = [...text.matchAll(/cx="([\d.]+)"/g)].map(([, x]) => Number(x));
  expect(places).toHaveLength(5);
  const [low, middle, high, same, far] = places as [number, number, number, number, number];
  expect(low).toBeLessThan(middle);
  expect(middle).toBeLessThan(high);
  expect(same).toBe(high);
  // A gain beyond the axis stands at its end.
  expect(far).toBe(880);
});

test("a dot shows the verdict of its site, and a refused test is not one without a difference", () => {
  const [only] = experiment([0.1]).gains;
  const verdicts = ["better", "no difference", "worse", "refused"];
  const text = page({ ...experiment([]), gains: verdicts.map((verdict) => ({ ...only!, verdict })) });
  expect([...text.matchAll(/<circle class="(\w+)"/g)].map(([, kind]) => kind)).toEqual([
    ...["better", "same", "worse", "refused"],
  ]);
});

test("what is shown is text, and never markup", () => {
  const text = page(experiment([0.1]));
  expect(text).toContain("expA: &lt;flow&gt;");
  expect(text).toContain("a &amp; b");
  expect(text).not.toContain("<script");
});

test("without any gain there is no plot, and the tables are there", () => {
  const text = page(experiment([]));
  expect(text).toContain("No site has a gain to show.");
  expect(text).toContain("<td>Holm</td>");
});
