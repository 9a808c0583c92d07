/** A score against the factor: over sites, and over the seeds of one site. */

import * as Plot from "@observablehq/plot";
import { count } from "braid-engine/quantities";
import { element } from "../../../shared/elements.ts";
import { type Drawn, figure } from "../figure.ts";
import { direction, goodness } from "../names.ts";
import { brief, quantiles, rounded, seedMedians, seedsOf, sixDigits } from "../numbers.ts";
import { factorColours, palette } from "../palette.ts";
import { xLabel } from "../room.ts";
import { type Context, chosenScores, chosenWords, limits, siteLabel } from "./context.ts";
import { scoreEcdf } from "./score-ecdf.ts";
import { sitePicker } from "./site-picker.ts";

const at = [0.05, 0.25, 0.5, 0.75, 0.95];

export function factorBoxes(context: Context): HTMLElement {
  const { report, choices } = context;
  const overSites = figure(context, {
    name: "over-sites",
    file: "score-by-factor",
    title: "Over sites",
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
  const ofSite = figure(context, {
    name: "one-site",
    file: "score-by-factor-over-seeds",
    title: "Over the seeds of one site",
    controls: [sitePicker(context)],
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
    element("div", { className: "pair" }, overSites, scoreEcdf(context), ofSite),
  );
}

/** Boxes from the 25th to the 75th percentile, whiskers from the 5th to the 95th. */
function boxes(
  context: Context,
  groups: readonly (readonly number[])[],
  width: number,
  caption: string,
  noun: string,
  dots = false,
): Drawn | string {
  const { report, choices } = context;
  const { factors } = report;
  const { score } = choices.now;
  const rows = groups.flatMap((values, f) => {
    const [p5, p25, p50, p75, p95] = quantiles(values, at) as [number, number, number, number, number];
    const n = values.filter(Number.isFinite).length;
    return n === 0 ? [] : [{ factor: String(factors[f]), n, p5, p25, p50, p75, p95 }];
  });
  if (rows.length === 0)
    return `There is no ${chosenWords(context)}: too few observations, or the variable was not trained.`;
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
  // A box or whisker that goes on beyond the axis ends in an arrow.
  const cut = rows.flatMap((row) => [
    ...(row.p5 < low ? [{ factor: row.factor, at: low, rotate: 180 }] : []),
    ...(row.p95 > high ? [{ factor: row.factor, at: high, rotate: 0 }] : []),
  ]);
  const shown = points.filter((point) => point.value >= low && point.value <= high);
  const outside = groups.flat().filter((value) => value < low || value > high).length;
  const hidden = [
    ...(outside > 0
      ? [` ${count(outside, "value")} ${outside === 1 ? "lies" : "lie"} outside the axis.`]
      : []),
    ...(cut.length > 0 ? [" A triangle marks a box or whisker that continues beyond the axis."] : []),
  ].join("");
  return {
    svg: plotBoxes(context, { rows, points: shown, cut, range: [low, high], noun }, width),
    finding: medianWords(rows, score),
    caption: `${chosenWords(context)}, ${direction(score)}. ${caption} Line: median; box: middle half; whiskers: 5th to 95th percentile.${hidden}`,
    columns: ["factor", noun, "5 %", "25 %", "median", "75 %", "95 %"],
    rows: rows.map((row) => [
      row.factor,
      row.n,
      ...[row.p5, row.p25, row.p50, row.p75, row.p95].map(sixDigits),
    ]),
  };
}

/** What a plot of boxes shows, by factor. */
interface Boxes {
  readonly rows: readonly (Readonly<Record<"n" | "p5" | "p25" | "p50" | "p75" | "p95", number>> & {
    readonly factor: string;
  })[];
  /** Single models, as dots. */
  readonly points: readonly { readonly factor: string; readonly value: number }[];
  /** The ends of cut boxes and whiskers; `rotate` turns their triangle, in degrees. */
  readonly cut: readonly { readonly factor: string; readonly at: number; readonly rotate: number }[];
  readonly range: readonly [low: number, high: number];
  /** What the values are. */
  readonly noun: string;
}

function plotBoxes(context: Context, { rows, points, cut, range, noun }: Boxes, width: number) {
  const { factors } = context.report;
  const [low, high] = range;
  const clamp = (value: number) => Math.min(high, Math.max(low, value));
  const colours = factorColours(factors);
  const fill = (row: { factor: string }) => colours[factors.map(String).indexOf(row.factor)]!;
  const { text } = palette();
  return Plot.plot({
    width,
    height: 320,
    marginLeft: 52,
    marginTop: 28,
    marginBottom: 42,
    style: { fontSize: "12px", background: "none" },
    x: { domain: factors.map(String), label: "multi-task factor", ...xLabel, padding: 0.3 },
    y: {
      domain: [low, high],
      grid: true,
      label: chosenWords(context),
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
      ...(points.length > 0
        ? [Plot.dot(points, { x: "factor", y: "value", r: 1.8, fill: text, fillOpacity: 0.6 })]
        : []),
      Plot.tickY(rows, { x: "factor", y: (row) => clamp(row.p50), stroke: text, strokeWidth: 2.5 }),
      Plot.dot(cut, {
        x: "factor",
        y: "at",
        symbol: "triangle",
        rotate: "rotate",
        r: 5,
        fill: text,
      }),
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
}

/** `The median is best at factor 5 (0.52); at factor 0 it is 0.48.` */
function medianWords(
  rows: readonly {
    readonly factor: string;
    readonly p25: number;
    readonly p50: number;
    readonly p75: number;
  }[],
  score: string,
): string {
  const best = rows.toSorted((a, b) => goodness(score, b.p50) - goodness(score, a.p50))[0]!;
  const words = (row: (typeof rows)[number]) => rounded(row.p50, (row.p75 - row.p25) / 10);
  const zero = rows.find((row) => row.factor === "0");
  const beside = zero === undefined || zero === best ? "" : `; at factor 0 it is ${words(zero)}`;
  return `The median is best at factor ${best.factor} (${words(best)})${beside}.`;
}
