/** Predicted against observed values, day by day. */
import * as Plot from "@observablehq/plot";
import type { Drawn } from "../figure.ts";
import { unitWords, variableLabel } from "../names.ts";
import { brief, median, sixDigits } from "../numbers.ts";
import { palette } from "../palette.ts";
import { xLabel } from "../room.ts";
import type { Context } from "./context.ts";
import { isLogarithmic } from "./hydrograph-data.ts";
import { type Pairs, placeWords } from "./pairs.ts";

export function scatter(context: Context, { observed, series }: Pairs, width: number): Drawn {
  const { report, choices } = context;
  const log = isLogarithmic(context);
  const rows = series.flatMap(({ name, values }) =>
    values.map((predicted, i) => ({ name, observed: observed[i]!, predicted })),
  );
  const shown = log ? rows.filter((row) => row.observed > 0 && row.predicted > 0) : rows;
  const label = variableLabel(report, choices.now.variable);
  const svg = plotOf(shown, series, { log, label }, width);
  const unit = unitWords(report, choices.now.variable);
  const errors = series.map(({ name, values }) => {
    const middle = median(values.map((value, i) => Math.abs(value - observed[i]!)));
    return `${Number(middle.toPrecision(2))}${unit} at ${name}`;
  });
  return {
    svg,
    finding: `On half of the days the absolute error is below ${errors.join(", and below ")}.`,
    caption: `${placeWords(context)} Predictions are medians over the seeds; on the line they equal the observation.${log && shown.length < rows.length ? ` ${rows.length - shown.length} points with a value of 0 or less have no logarithm.` : ""}`,
    columns: ["series", "observed", "predicted"],
    rows: rows.map((row) => [row.name, sixDigits(row.observed), sixDigits(row.predicted)]),
  };
}

interface Point {
  readonly name: string;
  readonly observed: number;
  readonly predicted: number;
}

function plotOf(
  shown: readonly Point[],
  series: Pairs["series"],
  { log, label }: { readonly log: boolean; readonly label: string },
  width: number,
) {
  const ends = shown.flatMap((row) => [row.observed, row.predicted]);
  const domain = [Math.min(...ends), Math.max(...ends)] as const;
  const axis = {
    type: log ? "log" : "linear",
    domain,
    grid: true,
    labelArrow: "none",
    ticks: 5,
    ...(log ? { tickFormat: "~g" } : {}),
  } as const;
  const { faint, ground } = palette();
  return Plot.plot({
    ...{
      width,
      height: 320,
      marginLeft: 56,
      marginBottom: 48,
      marginTop: 26,
      style: { fontSize: "12px", background: "none" },
    },
    x: { ...axis, ...xLabel, label: `observed ${label}` },
    y: { ...axis, label: `predicted ${label}` },
    color: { domain: series.map(({ name }) => name), range: series.map(({ colour }) => colour) },
    symbol: { domain: series.map(({ name }) => name), range: ["circle", "triangle"], legend: true },
    marks: [
      Plot.line([domain[0], domain[1]], { x: (value) => value, y: (value) => value, stroke: faint }),
      Plot.dot(shown, {
        x: "observed",
        y: "predicted",
        fill: "name",
        symbol: "name",
        r: 2.4,
        fillOpacity: 0.65,
      }),
      Plot.tip(
        shown,
        Plot.pointer({
          ...{ x: "observed", y: "predicted", fill: ground },
          title: (row) => `${row.name}\nobserved ${brief(row.observed)}\npredicted ${brief(row.predicted)}`,
        }),
      ),
    ],
  });
}
