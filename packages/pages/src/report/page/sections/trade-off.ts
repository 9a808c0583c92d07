/** Whether the factor that is best for the primary suits the auxiliary too: the gain of one against that of the other, by site. */
import * as Plot from "@observablehq/plot";
import { count } from "braid-engine/quantities";
import { element } from "../../../shared/elements.ts";
import { loadScores } from "../data.ts";
import { type Drawn, figure } from "../figure.ts";
import { scoreLabel, variableName } from "../names.ts";
import { brief, bulk, seedMedians, type Trade, trades } from "../numbers.ts";
import { palette } from "../palette.ts";
import { xLabel } from "../room.ts";
import { chooseAtClick } from "./click.ts";
import { type Context, siteLabel } from "./context.ts";

/** Null with fewer than two factors above 0, or without factor 0 or an auxiliary. */
export function tradeOff(context: Context): HTMLElement | null {
  const { report, choices } = context;
  const { variables, factors, primary } = report;
  const [first] = variables.filter((variable) => variable !== primary);
  if (first === undefined || !factors.includes(0) || factors.length < 3) return null;
  return element(
    "section",
    { id: "trade-off" },
    element("h2", {}, "Gain of the primary against that of the auxiliary"),
    figure(context, {
      name: "trade",
      file: "trade-off",
      title: "At the primary's best factor above 0",
      dependsOn: ["partition", "variable"],
      follows: ["site"],
      draw: (width) =>
        drawTrades(context, choices.now.variable === primary ? first : choices.now.variable, width),
    }),
  );
}

async function drawTrades(context: Context, auxiliary: string, width: number): Promise<Drawn | string> {
  const { report, choices } = context;
  const { factors, primary } = report;
  const { partition } = choices.now;
  const [of, beside] = await Promise.all(
    [primary, auxiliary].map(async (one) => seedMedians(report, await loadScores(partition, one, "nse"))),
  );
  const points = trades(report, of!, beside!).map((trade) => {
    const site = report.sites[trade.site]!;
    return { ...trade, id: site.id, name: siteLabel(site) };
  });
  const names = [primary, auxiliary].map((one) => variableName(report, one)) as [string, string];
  if (points.length === 0)
    return `No site has NSE of ${names[0]} and of ${names[1]} on ${partition} at these factors.`;
  const xs = bulk(points.map((point) => point.primary));
  const ys = bulk(points.map((point) => point.auxiliary));
  const isWithin = (value: number, [low, high]: readonly [number, number]) => value >= low && value <= high;
  const inside = points.filter((point) => isWithin(point.primary, xs) && isWithin(point.auxiliary, ys));
  const columns = [primary, auxiliary].map(
    (one, i) =>
      `gain in ${scoreLabel(report, "nse", one)} of ${names[i]} over factor ${i === 0 ? 0 : Math.max(...factors)}`,
  ) as [string, string];
  return {
    svg: plotTrades(context, inside, { names, axes: [xs, ys], columns }, width),
    finding: quadrants(points, names),
    caption: `NSE on ${partition}, medians over seeds, at each site at the factor above 0 that is best for ${names[0]}: picked on these scores, so its gain tends to be above 0.${outsideWords(points.length - inside.length)}`,
    columns: ["site", "best factor", ...columns],
    rows: points.map((point) => [
      point.name,
      String(point.factor),
      ...[point.primary, point.auxiliary].map((value) => Number(value.toPrecision(4))),
    ]),
  };
}

interface Axes {
  /** The primary first, in each. */
  readonly names: readonly [string, string];
  readonly axes: readonly [readonly [number, number], readonly [number, number]];
  readonly columns: readonly [string, string];
}

function plotTrades(
  { choices }: Context,
  points: readonly (Trade & { readonly id: string; readonly name: string })[],
  { names, axes: [xs, ys], columns }: Axes,
  width: number,
) {
  const { ground, text, primary: colour } = palette();
  const axis = { grid: true, labelArrow: "none", ticks: 6 } as const;
  const svg = Plot.plot({
    width,
    height: 340,
    marginTop: 28,
    marginLeft: 56,
    marginBottom: 46,
    style: { fontSize: "12px", background: "none" },
    x: { ...axis, ...xLabel, domain: xs, label: columns[0] },
    y: { ...axis, domain: ys, label: columns[1] },
    marks: [
      Plot.ruleX([0], { stroke: text }),
      Plot.ruleY([0], { stroke: text }),
      Plot.dot(points, { x: "primary", y: "auxiliary", r: 4.5, fill: colour, stroke: ground }),
      Plot.dot(
        points.filter((point) => point.id === choices.now.site),
        { x: "primary", y: "auxiliary", r: 9, stroke: text, strokeWidth: 2 },
      ),
      Plot.tip(
        points,
        Plot.pointer({
          x: "primary",
          y: "auxiliary",
          title: (point) =>
            `${point.name}\nfactor ${point.factor}\n${names[0]} ${brief(point.primary)}\n${names[1]} ${brief(point.auxiliary)}`,
          fill: ground,
        }),
      ),
    ],
  });
  chooseAtClick(svg, (point: { id: string }) => choices.set({ site: point.id }));
  return svg;
}

function quadrants(points: readonly Trade[], [primary, auxiliary]: readonly [string, string]): string {
  const where = (is: (point: Trade) => boolean) => count(points.filter(is).length, "site");
  const both = where((point) => point.primary > 0 && point.auxiliary >= 0);
  const costly = where((point) => point.primary > 0 && point.auxiliary < 0);
  return `Of ${count(points.length, "site")}, ${primary} gains without loss of ${auxiliary} at ${both}, and at the cost of ${auxiliary} at ${costly}: counts, not a test.`;
}

function outsideWords(outside: number): string {
  if (outside === 0) return "";
  return ` ${count(outside, "site")} ${outside === 1 ? "lies" : "lie"} outside the axes.`;
}
