/** The share of sites that reach a score, for each factor: the empirical distribution of the sites' medians. */
import * as Plot from "@observablehq/plot";
import { count } from "braid-engine/quantities";
import { figure } from "../figure.ts";
import { direction, goodness } from "../names.ts";
import { brief, median, seedMedians, sixDigits } from "../numbers.ts";
import { factorColours, palette } from "../palette.ts";
import { xLabel } from "../room.ts";
import { type Context, chosenScores, chosenWords, limits } from "./context.ts";

interface Step {
  readonly factor: string;
  readonly value: number;
  /** Of the sites, those at or below the value. */
  readonly share: number;
}

export function scoreEcdf(context: Context): HTMLElement {
  const { report, choices } = context;
  return figure(context, {
    name: "ecdf",
    file: "score-ecdf",
    title: "Share of sites at or below a score",
    dependsOn: ["partition", "variable", "score"],
    async draw(width) {
      const { score } = choices.now;
      const medians = seedMedians(report, await chosenScores(context));
      const steps = report.factors.flatMap((factor, f) =>
        ecdf(medians.map((row) => row[f]!)).map((step): Step => ({ factor: String(factor), ...step })),
      );
      if (steps.length === 0) return `There is no ${chosenWords(context)} at any site.`;
      const svg = plotOf(context, steps, width);
      return {
        svg,
        finding: findingOf(report.factors, medians, score),
        caption: `${chosenWords(context)}, ${direction(score)}; medians over seeds. ${
          direction(score).startsWith("higher")
            ? "A curve further to the right is better."
            : "A curve further to the left has smaller values."
        }`,
        columns: ["factor", "value", "share of sites"],
        rows: steps.map(({ factor, value, share }) => [factor, sixDigits(value), sixDigits(share)]),
      };
    },
  });
}

function plotOf(context: Context, steps: readonly Step[], width: number) {
  const { report, choices } = context;
  const values = steps.map((step) => step.value);
  const domain = limits(choices.now.score, values, values);
  const factors = report.factors.map(String);
  return Plot.plot({
    ...{ width, height: 320, marginLeft: 52, marginTop: 28, marginBottom: 48 },
    style: { fontSize: "12px", background: "none" },
    x: { domain, label: chosenWords(context), ...xLabel, ticks: 6, grid: true },
    y: {
      domain: [0, 1],
      label: "share of sites",
      labelArrow: "none",
      tickFormat: "%",
      grid: true,
      ticks: 5,
    },
    color: { domain: factors, range: factorColours(report.factors), legend: true },
    marks: [
      Plot.line(steps, {
        ...{ x: "value", y: "share", z: "factor", stroke: "factor", curve: "step-after", clip: true },
        strokeWidth: (step: Step) => (step.factor === "0" ? 2.4 : 1.4),
      }),
      Plot.tip(
        steps,
        Plot.pointer({
          ...{ x: "value", y: "share", fill: palette().ground },
          title: (step: Step) =>
            `factor ${step.factor}\n${(100 * step.share).toFixed(0)} % of sites at or below ${brief(step.value)}`,
        }),
      ),
    ],
  });
}

/** The steps of the empirical distribution function: at each value the share of values at or below it. */
export function ecdf(values: readonly number[]): { readonly value: number; readonly share: number }[] {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  return sorted.map((value, i) => ({ value, share: (i + 1) / sorted.length }));
}

/** At how many sites NSE is above 0.5 at the factor of the best median and at factor 0; of other scores, the two medians. */
function findingOf(
  factors: readonly number[],
  medians: readonly (readonly number[])[],
  score: string,
): string {
  const rows = factors.map((factor, f) => {
    const values = medians.map((row) => row[f]!).filter(Number.isFinite);
    return { factor, values, middle: median(values) };
  });
  const best = rows.toSorted((a, b) => goodness(score, b.middle) - goodness(score, a.middle))[0]!;
  const zero = rows.find((row) => row.factor === 0);
  const two = zero === undefined || zero === best ? [best] : [best, zero];
  if (/nse/.test(score)) {
    const half = two.map(
      ({ factor, values }) =>
        `${values.filter((value) => value > 0.5).length} of ${count(values.length, "site")} at factor ${factor}`,
    );
    return `It is above 0.5 at ${half.join(" and at ")}.`;
  }
  return `Half of the sites lie at or below ${two.map(({ factor, middle }) => `${brief(middle)} at factor ${factor}`).join(" and ")}.`;
}
