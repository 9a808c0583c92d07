/** What multi-task learning gains, against an attribute of the sites. */
import * as Plot from "@observablehq/plot";
import { count } from "braid-engine/quantities";
import { element } from "../../../shared/elements.ts";
import { verdictWords } from "../answer.ts";
import { filterKeys } from "../choice.ts";
import { figure } from "../figure.ts";
import { propertyLabel, scoreLabel } from "../names.ts";
import { brief, bulk, sixDigits, twoDecimals } from "../numbers.ts";
import { palette } from "../palette.ts";
import { spearman } from "../ranks.ts";
import { xLabel } from "../room.ts";
import { attributePicker } from "./attribute-picker.ts";
import { chooseAtClick } from "./click.ts";
import { type Context, chosenWords } from "./context.ts";
import { type SiteRow, shownRows } from "./site-rows.ts";
import { gainWords } from "./sites.ts";

interface Point extends SiteRow {
  readonly value: number;
  readonly kind: string;
}

export function gain(context: Context): HTMLElement | null {
  const { report, choices } = context;
  const picker = attributePicker(context);
  if (picker === null || !report.factors.includes(0)) return null;
  return element(
    "section",
    { id: "gains" },
    element("h2", {}, "Gain against attributes of the sites"),
    figure(context, {
      name: "gain",
      file: "gain-by-attribute",
      title: "Gain of the site's factor over 0",
      controls: [picker],
      dependsOn: ["partition", "variable", "score", "property"],
      follows: ["site", ...filterKeys],
      async draw(width) {
        const { property } = choices.now;
        const points = (await shownRows(context)).flatMap((row): Point[] => {
          const value = report.sites[row.place]!.properties[property];
          if (value === null || value === undefined || !Number.isFinite(row.gain)) return [];
          return [{ ...row, value, kind: kindOf(row) }];
        });
        if (points.length === 0) return "No site has both this attribute and scores at factor 0 and above.";
        const domain = bulk(points.map((point) => point.gain));
        const inside = points.filter((point) => point.gain >= domain[0] && point.gain <= domain[1]);
        const svg = draw(context, points, inside, domain, width);
        chooseAtClick(svg, (point: Point) => choices.set({ site: point.id }));
        const judged = points.some((point) => point.verdict !== null);
        const outside = points.length - inside.length;
        return {
          svg,
          finding: findingOf(points, propertyLabel(property)),
          caption: `${chosenWords(context)}. ${
            judged
              ? "Gain: the shift of the score between the seeds at the factor of the test and at 0, with its interval; colour and shape: the verdict."
              : "Gain: median at the best factor above 0 minus the median at 0; because the best is picked, it tends to be above 0 even without an effect."
          }${outside > 0 ? ` ${count(outside, "site")} ${outside === 1 ? "lies" : "lie"} outside the axis.` : ""}`,
          columns: ["site", propertyLabel(property), "gain", "low", "high", "verdict"],
          rows: points.map((point) => [
            ...[point.name, point.value, sixDigits(point.gain)],
            ...[point.low ?? "", point.high ?? "", point.verdict ?? "not judged"],
          ]),
        };
      },
    }),
  );
}

function kindOf({ verdict }: SiteRow): string {
  return verdict === null || verdict === "refused" ? "not judged" : verdict;
}

function draw(
  { report, choices }: Context,
  points: readonly Point[],
  inside: readonly Point[],
  domain: readonly [number, number],
  width: number,
): SVGElement | HTMLElement {
  const { score, variable, property, site } = choices.now;
  const values = points.map((point) => point.value);
  const logarithmic = Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) > 50;
  const { better, worse, same, ground, text, primary } = palette();
  const order = ["better", "no difference", "worse", "not judged"];
  const kinds = order.filter((kind) => points.some((point) => point.kind === kind));
  const judged = points.some((point) => point.verdict !== null);
  const colour: Record<string, string> = {
    ...{ better, worse, "no difference": same, "not judged": judged ? same : primary },
  };
  const shape = (kind: string) => (kind === "better" ? "triangle" : kind === "worse" ? "square" : "circle");
  const within = (value: number | null) =>
    value === null ? Number.NaN : Math.min(domain[1], Math.max(domain[0], value));
  return Plot.plot({
    ...{ width, height: 340, marginTop: 28, marginLeft: 56, marginBottom: 46 },
    style: { fontSize: "12px", background: "none" },
    x: {
      ...{ type: logarithmic ? "log" : "linear", label: propertyLabel(property), ...xLabel },
      inset: 10,
      ...(logarithmic ? { tickFormat: "~s", ticks: 6 } : {}),
    },
    y: {
      ...{ domain, grid: true, labelArrow: "none" },
      label: `gain in ${scoreLabel(report, score, variable)}; above 0 is better`,
    },
    color: { domain: kinds, range: kinds.map((kind) => colour[kind]!) },
    symbol: {
      ...{ domain: kinds, range: kinds.map(shape), legend: judged },
      tickFormat: (kind: string) => verdictWords(report, kind),
    },
    marks: [
      Plot.ruleY([0], { stroke: text }),
      Plot.ruleX(inside, {
        ...{ x: "value", y1: (d: Point) => within(d.low), y2: (d: Point) => within(d.high) },
        ...{ stroke: "kind", strokeOpacity: 0.45 },
      }),
      Plot.dot(inside, { x: "value", y: "gain", fill: "kind", symbol: "kind", r: 4.5, stroke: ground }),
      Plot.dot(
        inside.filter((point) => point.id === site),
        { x: "value", y: "gain", r: 9, stroke: text, strokeWidth: 2 },
      ),
      Plot.tip(
        inside,
        Plot.pointer({
          ...{ x: "value", y: "gain", fill: ground },
          title: (point: Point) =>
            `${point.name}\n${propertyLabel(property)} ${brief(point.value)}\ngain ${gainWords(point)}`,
        }),
      ),
    ],
  });
}

function findingOf(points: readonly Point[], property: string): string {
  if (points.length < 3) return `${count(points.length, "site")}.`;
  const rho = spearman(
    points.map((point) => point.value),
    points.map((point) => point.gain),
  );
  if (!Number.isFinite(rho))
    return `Over ${points.length} sites the gain has no rank correlation with ${property}.`;
  // Two standard errors of the rank correlation where there is none.
  const limit = 2 / Math.sqrt(points.length - 1);
  const words =
    Math.abs(rho) < limit ? "within chance" : rho > 0 ? "larger values gain more" : "larger values gain less";
  return `Rank correlation of the gain with ${property}: ${twoDecimals(rho)} over ${points.length} sites, ${words}.`;
}
