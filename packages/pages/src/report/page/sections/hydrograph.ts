/** The drawing of a hydrograph: observed and predicted values by day, with the hyetograph above where rain is a driver. */
import * as Plot from "@observablehq/plot";
import { element } from "../../../shared/elements.ts";
import { dayTicks } from "../day-ticks.ts";
import { variableLabel } from "../names.ts";
import { brief } from "../numbers.ts";
import { palette } from "../palette.ts";
import type { Context } from "./context.ts";
import { type Day, dayLength, isLogarithmic, type Model } from "./hydrograph-data.ts";
import { type Scales, stacked } from "./stacked.ts";

export interface Hydrograph {
  readonly days: readonly Day[];
  /** What the lines are called in the legend; null for a line that is not drawn. */
  readonly names: { readonly single: string | null; readonly predicted: string | null };
  /** Models with lines of their own, of as many values as days. */
  readonly models: readonly Model[];
  readonly rain: boolean;
}

/** Equal in all drawings of the same days. */
export const margins = { marginLeft: 56, marginRight: 12 };
const rainHeight = 90;

export interface DrawnDays {
  readonly svg: HTMLElement;
  /** The drawing of the values, without the rain. */
  readonly flow: SVGSVGElement & Scales;
}

export function drawHydrograph(context: Context, hydrograph: Hydrograph, width: number): DrawnDays {
  const { domain, range } = legendOf(hydrograph);
  const legend = Plot.legend({ color: { type: "categorical", domain, range } });
  const flow = drawFlow(context, hydrograph, { domain, range }, width) as unknown as SVGSVGElement & Scales;
  const parts = hydrograph.rain ? [drawRain(context, hydrograph.days, width), flow] : [flow];
  const svg = element("div", { className: "stacked" }, legend, stacked(parts, width));
  return { svg, flow };
}

function legendOf({ names, models }: Hydrograph) {
  const { observed, single, primary } = palette();
  const entries: [string, string][] = [["observed", observed]];
  if (names.single !== null) entries.push([names.single, single]);
  if (names.predicted !== null) entries.push([names.predicted, primary]);
  for (const model of models) entries.push([modelName(model), model.kind === "best" ? "#009e73" : "#cc79a7"]);
  return { domain: entries.map(([name]) => name), range: entries.map(([, colour]) => colour) };
}

const modelName = ({ kind, seed }: Model) => `${kind} (seed ${seed})`;

function drawFlow(
  context: Context,
  { days, names, models, rain }: Hydrograph,
  color: { readonly domain: string[]; readonly range: string[] },
  width: number,
) {
  const log = isLogarithmic(context);
  const shown = (value: number) => (log && value <= 0 ? Number.NaN : value);
  const { observed, primary, faint, ground } = palette();
  const lineOf = (name: string, value: (day: Day, i: number) => number, more: object) =>
    Plot.line(days, {
      ...{ x: "date", y: (day: Day, i: number) => shown(value(day, i)), z: "range", stroke: () => name },
      ...more,
    });
  return Plot.plot({
    ...{ width, height: rain ? 270 : 320, ...margins, marginBottom: 30, marginTop: 18 },
    style: { fontSize: "12px", background: "none" },
    ...axesOf(context, days, width),
    color,
    marks: [
      Plot.areaY(days, {
        ...{ x: "date", y1: (day) => shown(day.low), y2: (day) => shown(day.high), z: "range" },
        ...{ fill: primary, fillOpacity: 0.22 },
      }),
      ...(names.single === null
        ? []
        : [lineOf(names.single, (day) => day.single, { strokeWidth: 1.4, strokeDasharray: "5 2" })]),
      ...(names.predicted === null
        ? []
        : [lineOf(names.predicted, (day) => day.middle, { strokeWidth: 1.6 })]),
      lineOf("observed", (day) => day.observed, { strokeWidth: 1 }),
      Plot.dot(
        days.filter((day) => Number.isFinite(shown(day.observed))),
        { x: "date", y: "observed", r: 1.4, fill: observed },
      ),
      ...models.map((model) =>
        lineOf(modelName(model), (_, i) => model.values[i]!, {
          ...{ strokeWidth: 1.1, strokeDasharray: model.kind === "worst" ? "4 2" : "1 2" },
        }),
      ),
      // What has no logarithm is marked at the foot of the axis.
      Plot.dot(log ? notPositive(days) : [], {
        ...{ x: "date", frameAnchor: "bottom", symbol: "triangle", rotate: 180, r: 2.5 },
        fill: ({ of }: { of: string }) => (of === "observed" ? observed : primary),
      }),
      Plot.ruleX(days, Plot.pointerX({ x: "date", stroke: faint })),
      Plot.tip(
        days,
        Plot.pointerX({
          ...{ x: "date", y: (day: Day) => shown(day.observed), fill: ground },
          title: (day: Day) => dayWords(day, names.single !== null, rain),
        }),
      ),
    ],
  });
}

function axesOf(context: Context, days: readonly Day[], width: number): Pick<Plot.PlotOptions, "x" | "y"> {
  const { report, choices } = context;
  const log = isLogarithmic(context);
  return {
    x: {
      ...{ type: "utc", label: null, domain: endsOf(days) },
      ...dayTicks(
        days.map(({ date }) => date.getTime() / dayLength),
        width,
      ),
    },
    y: {
      ...{ type: log ? "log" : "linear", grid: true, labelArrow: "none" },
      label: variableLabel(report, choices.now.variable),
      ...(log ? { tickFormat: "~g", ticks: 5 } : { ticks: 6 }),
    },
  };
}

function dayWords(day: Day, single: boolean, rain: boolean): string {
  return [
    day.date.toISOString().slice(0, 10),
    `observed ${brief(day.observed)}`,
    ...(single ? [`single-task ${brief(day.single)}`] : []),
    `predicted ${brief(day.middle)} (${brief(day.low)} to ${brief(day.high)})`,
    ...(rain ? [`rain ${brief(day.rain)}`] : []),
  ].join("\n");
}

/** Precipitation hangs from the top, as hydrologists draw it. */
function drawRain({ report }: Context, days: readonly Day[], width: number) {
  const { name, unit } = report.rain!;
  const label = variableLabel({ units: { [name]: unit } }, name);
  const highest = Math.max(...days.map((day) => day.rain).filter(Number.isFinite), 0.1);
  const [from, to] = endsOf(days);
  const dayWidth =
    ((width - margins.marginLeft - margins.marginRight) * dayLength) / (Number(to) - Number(from));
  return Plot.plot({
    ...{ width, height: rainHeight, ...margins, marginBottom: 4, marginTop: 24 },
    style: { fontSize: "12px", background: "none" },
    x: { type: "utc", axis: null, domain: endsOf(days) },
    y: { domain: [highest, 0], label, labelArrow: "none", ticks: 3, grid: true },
    marks: [
      Plot.rectY(
        days.filter((day) => Number.isFinite(day.rain)),
        {
          ...{ x: "date", interval: "day", y: "rain", fill: palette().faint },
          // Plot leaves a gap of a pixel between bars, which are less than a pixel wide in a year of days.
          inset: dayWidth > 4 ? 0.5 : 0,
        },
      ),
    ],
  });
}

/** The first day and the end of the last one. */
export function endsOf(days: readonly Day[]): [Date, Date] {
  return [days[0]!.date, new Date(days.at(-1)!.date.getTime() + dayLength)];
}

/** The values at or below 0, by what they are of. */
export function notPositive(days: readonly Pick<Day, "date" | "observed" | "middle">[]) {
  return days.flatMap(({ date, observed, middle }) => [
    ...(observed <= 0 ? [{ date, of: "observed" }] : []),
    ...(middle <= 0 ? [{ date, of: "predicted" }] : []),
  ]);
}
