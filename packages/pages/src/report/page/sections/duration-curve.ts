/** The duration curve: how large a share of the days exceeds a value. */
import * as Plot from "@observablehq/plot";
import type { Drawn } from "../figure.ts";
import { unitWords, variableLabel } from "../names.ts";
import { brief, sixDigits } from "../numbers.ts";
import { palette } from "../palette.ts";
import { xLabel } from "../room.ts";
import type { Context } from "./context.ts";
import { type Pairs, placeWords } from "./pairs.ts";

/**
 * Values from the greatest down, against the share of days that exceed them: i / (n + 1) for the i-th of n (Weibull's plotting
 * position).
 */
export function durationOf(
  values: readonly number[],
): { readonly exceeded: number; readonly value: number }[] {
  return values
    .toSorted((a, b) => b - a)
    .map((value, i) => ({ exceeded: (i + 1) / (values.length + 1), value }));
}

export function durationCurve(context: Context, { observed, series }: Pairs, width: number): Drawn {
  const { report, choices } = context;
  const { variable } = choices.now;
  const isFlow = report.discharge.includes(variable);
  const curves = [{ name: "observed", colour: palette().observed, values: observed }, ...series];
  const rows = curves.flatMap(({ name, values }) => durationOf(values).map((row) => ({ name, ...row })));
  const svg = plotOf(rows, curves, { isFlow, label: variableLabel(report, variable) }, width);
  const left = isFlow ? rows.filter((row) => !(row.value > 0)).length : 0;
  return {
    svg,
    finding: highWords(observed, series, isFlow ? null : unitWords(report, variable)),
    caption: `${placeWords(context)} ${observed.length} observed days; predictions on the same days, medians over the seeds.${left > 0 ? ` ${left} values of 0 or less have no logarithm.` : ""}`,
    columns: ["series", "share of days that exceed", "value"],
    rows: rows.map((row) => [row.name, sixDigits(row.exceeded), sixDigits(row.value)]),
  };
}

interface Row {
  readonly name: string;
  readonly exceeded: number;
  readonly value: number;
}

function plotOf(
  rows: readonly Row[],
  curves: readonly { readonly name: string; readonly colour: string }[],
  { isFlow, label }: { readonly isFlow: boolean; readonly label: string },
  width: number,
) {
  return Plot.plot({
    ...{
      width,
      height: 320,
      marginLeft: 56,
      marginBottom: 48,
      marginTop: 26,
      style: { fontSize: "12px", background: "none" },
    },
    x: {
      domain: [0, 1],
      label: "share of days that exceed the value",
      ...xLabel,
      tickFormat: "%",
      ticks: 5,
    },
    // Flow spans orders of magnitude, and its low end matters as much.
    y: {
      ...{
        type: isFlow ? "log" : "linear",
        grid: true,
        label,
        labelArrow: "none",
      },
      ...(isFlow ? { tickFormat: "~g", ticks: 5 } : { ticks: 6 }),
    },
    color: {
      domain: curves.map(({ name }) => name),
      range: curves.map(({ colour }) => colour),
      legend: true,
    },
    marks: [
      ...curves.map(({ name }) =>
        Plot.line(
          rows.filter((row) => row.name === name && (!isFlow || row.value > 0)),
          {
            ...{ x: "exceeded", y: "value", stroke: "name", strokeWidth: name === "observed" ? 1.2 : 1.8 },
            ...(name === "factor 0" ? { strokeDasharray: "5 2" } : {}),
          },
        ),
      ),
      Plot.tip(
        rows,
        Plot.pointer({
          ...{ x: "exceeded", y: "value", fill: palette().ground },
          title: (row) =>
            `${row.name}\n${brief(row.value)} is exceeded on ${(100 * row.exceeded).toFixed(0)} % of days`,
        }),
      ),
    ],
  });
}

/**
 * The bias of the highest tenth of the values, of which short records have some: in percent of a flow; `unit` for values
 * whose zero is arbitrary, as temperatures.
 */
function highWords(observed: readonly number[], series: Pairs["series"], unit: string | null): string {
  const n = Math.max(1, Math.round(observed.length / 10));
  const mean = (values: readonly number[]) =>
    values
      .toSorted((a, b) => b - a)
      .slice(0, n)
      .reduce((sum, value) => sum + value / n, 0);
  const seen = mean(observed);
  const parts = series.map(({ name, values }) => {
    const bias = mean(values) - seen;
    const size =
      unit === null
        ? `${Math.abs((100 * bias) / seen).toFixed(0)} %`
        : `${Math.abs(bias).toPrecision(2)}${unit}`;
    return `${size} too ${bias < 0 ? "low" : "high"} at ${name}`;
  });
  return `The highest tenth of the values is ${parts.join(" and ")}.`;
}
