/** A score against the factor: over sites, and over the seeds of one site. */

import * as Plot from "@observablehq/plot";
import { count } from "braid-engine/quantities";
import { element } from "../../../shared/elements.ts";
import { type Drawn, figure } from "../figure.ts";
import { brief, quantiles, seedMedians, seedsOf } from "../numbers.ts";
import { factorColours, palette } from "../palette.ts";
import { type Context, chosenScores, label, limits, siteLabel } from "./context.ts";
import { sitePicker } from "./site-picker.ts";

const at = [0.05, 0.25, 0.5, 0.75, 0.95];

export function factorBoxes(context: Context): HTMLElement {
  const { report, choices } = context;
  const overSites = figure({
    name: "over-sites",
    title: "Over sites",
    choices,
    dependsOn: ["partition", "variable", "score"],
    async draw(width) {
      const medians = seedMedians(report, await chosenScores(context));
      const groups = report.factors.map((_, f) => medians.map((row) => row[f]!));
      return boxes(
        context,
        groups,
        width,
        `Each site's median over ${count(report.seeds.length, "seed")}; ${count(report.sites.length, "site")}.`,
        "sites",
      );
    },
  });
  const ofSite = figure({
    name: "one-site",
    title: "Over the seeds of one site",
    controls: [sitePicker(context)],
    choices,
    dependsOn: ["partition", "variable", "score", "site"],
    async draw(width) {
      const cube = await chosenScores(context);
      const site = report.sites.findIndex((each) => each.id === choices.now.site);
      const groups = report.factors.map((_, f) => [...seedsOf(report, cube, site, f)]);
      return boxes(
        context,
        groups,
        width,
        `Site ${siteLabel(report.sites[site]!)}; a dot is one model.`,
        "models",
        true,
      );
    },
  });
  return element(
    "section",
    { id: "factors" },
    element("h2", {}, "Score against factor"),
    element("div", { className: "pair" }, overSites, ofSite),
  );
}

/** Boxes from the 25th to the 75th percentile, whiskers from the 5th to the 95th. */
function boxes(
  { report, choices }: Context,
  groups: readonly (readonly number[])[],
  width: number,
  caption: string,
  noun: string,
  dots = false,
): Drawn | string {
  const { factors } = report;
  const { score, variable, partition } = choices.now;
  const rows = groups.flatMap((values, f) => {
    const [p5, p25, p50, p75, p95] = quantiles(values, at) as [number, number, number, number, number];
    const n = values.filter(Number.isFinite).length;
    return n === 0 ? [] : [{ factor: String(factors[f]), n, p5, p25, p50, p75, p95 }];
  });
  if (rows.length === 0)
    return `${label(variable)} has no ${label(score)} on ${partition}: too few observations, or a head that was not trained.`;
  const points = dots
    ? groups.flatMap((values, f) =>
        values.filter(Number.isFinite).map((value) => ({ factor: String(factors[f]), value })),
      )
    : [];
  const [low, high] = limits(
    score,
    rows.map((row) => row.p5),
    rows.map((row) => row.p95),
  );
  const shown = points.filter((point) => point.value >= low && point.value <= high);
  const outside = groups.flat().filter((value) => value < low || value > high).length;
  const colours = factorColours(factors);
  const fill = (row: { factor: string }) => colours[factors.map(String).indexOf(row.factor)]!;
  const { text } = palette();
  const svg = Plot.plot({
    width,
    height: 320,
    marginLeft: 52,
    marginTop: 28,
    marginBottom: 42,
    style: { fontSize: "12px", background: "none" },
    x: { domain: factors.map(String), label: "multi-task factor", labelArrow: "none", padding: 0.3 },
    y: {
      domain: [low, high],
      grid: true,
      label: `${label(score)}, ${label(variable)}, ${partition}`,
      labelArrow: "none",
      ticks: 6,
    },
    marks: [
      Plot.ruleX(rows, {
        x: "factor",
        y1: (row) => clamp(row.p5),
        y2: (row) => clamp(row.p95),
        stroke: fill,
        strokeWidth: 1.5,
      }),
      Plot.barY(rows, {
        x: "factor",
        y1: (row) => clamp(row.p25),
        y2: (row) => clamp(row.p75),
        fill,
        fillOpacity: 0.6,
      }),
      ...(dots ? [Plot.dot(shown, { x: "factor", y: "value", r: 1.8, fill: text, fillOpacity: 0.6 })] : []),
      Plot.tickY(rows, { x: "factor", y: (row) => clamp(row.p50), stroke: text, strokeWidth: 2.5 }),
      Plot.tip(
        rows,
        Plot.pointerX({
          x: "factor",
          y: (row) => clamp(row.p50),
          title: (row) =>
            `factor ${row.factor}: median ${brief(row.p50)}\n25-75 %: ${brief(row.p25)} to ${brief(row.p75)}\n${row.n} ${noun}`,
          fill: palette().ground,
        }),
      ),
    ],
  });
  const hidden =
    outside > 0 ? ` ${count(outside, "value")} ${outside === 1 ? "lies" : "lie"} outside of the axis.` : "";
  return {
    svg,
    caption: `${caption} Line: median; box: middle half; whiskers: 5th to 95th percentile.${hidden}`,
    columns: ["factor", noun, "5 %", "25 %", "median", "75 %", "95 %"],
    rows: rows.map((row) => [
      row.factor,
      row.n,
      ...[row.p5, row.p25, row.p50, row.p75, row.p95].map((value) => Number(value.toPrecision(6))),
    ]),
  };

  function clamp(value: number): number {
    return Math.min(high, Math.max(low, value));
  }
}
