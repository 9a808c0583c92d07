/**
 * measure_gains where the primary is not discharge: months and days of high flow are classed by the discharge that the
 * experiment predicts beside it. Without any discharge, no month has a class.
 */
import { formatDay } from "@braid/data/tables";
import { median, quantile } from "@braid/statistics";
import { comparisonOf } from "../statistics/compare.ts";
import { numberIn, type Row, readTable, type Value, writeTable } from "../statistics/tables.ts";
import { measureGains, monthColumns } from "./measure-gains.ts";
import type { TestParams } from "./test-factors.ts";
import { type Truth, type TruthParams, truthOf } from "./truth.ts";

interface FlowGainsJob {
  readonly input: {
    readonly observations: string;
    /** The days of every site and factor, sites slowest. */
    readonly days: readonly string[];
  };
  readonly output: { readonly months: string; readonly days: string; readonly flowDays: string };
  readonly params: TestParams & { readonly flow: string | null; readonly truth: TruthParams };
}

/** The columns of high_flow_days.csv: a line per site and factor above 0, over the days above the 90th percentile of flow. */
export const flowDayColumns = [
  "site_id",
  "factor",
  "partition",
  "n_days",
  "rmse_single",
  "rmse_multi",
  "reduction_percent",
] as const;

type FlowDayRow = Readonly<Record<(typeof flowDayColumns)[number], Value>>;

/** Measures the gains of every site and factor, and classes them by flow. */
export async function gainsByFlow({ input, output, params }: FlowGainsJob): Promise<void> {
  const { flow, truth, factors } = params;
  await measureGains({ input: input.days, output, params });
  const { sites, judged } = comparisonOf(params);
  const high = new Map<string, ReadonlyMap<number, boolean>>();
  const days: FlowDayRow[] = [];
  for (const [s, site] of sites.entries()) {
    if (flow === null) continue;
    const observed = (await truthOf(input.observations, site, judged, truth)).find(
      ({ variable }) => variable === flow,
    )!;
    high.set(site, highMonths(observed));
    const files = input.days.slice(s * factors.length, (s + 1) * factors.length);
    const tables = await Promise.all(files.map(readTable));
    days.push(...flowDays(site, judged, observed, factors, tables));
  }
  const months = await readTable(output.months);
  await writeTable(
    output.months,
    monthColumns,
    months.map((row) => ({
      ...(row as Record<(typeof monthColumns)[number], string>),
      high_flow: classOf(row, high),
    })),
  );
  await writeTable(output.flowDays, flowDayColumns, days);
}

function classOf({ site_id, month }: Row, high: ReadonlyMap<string, ReadonlyMap<number, boolean>>): string {
  const isHigh = high.get(site_id!)?.get(Number(month));
  return isHigh === undefined ? "" : isHigh ? "yes" : "no";
}

/** Of each calendar month with observed flow, whether its mean flow is above the median month's. */
function highMonths({ days, values }: Truth): ReadonlyMap<number, boolean> {
  const byMonth = Map.groupBy(days.keys(), (d) => Number(formatDay(days[d]!).slice(5, 7)));
  const means = new Map(
    [...byMonth].map(([month, places]) => [
      month,
      places.reduce((sum, d) => sum + values[d]!, 0) / places.length,
    ]),
  );
  if (means.size === 0) return new Map();
  const middle = median([...means.values()]);
  return new Map([...means].map(([month, mean]) => [month, mean > middle]));
}

/** RMSE of a model, averaged over seeds, on days whose flow is above the 90th percentile of the partition's; by factor above 0. */
function flowDays(
  site: string,
  partition: string,
  { days, values }: Truth,
  factors: readonly number[],
  tables: readonly Row[][],
): FlowDayRow[] {
  const limit = values.length === 0 ? Number.NaN : quantile([...values], 0.9);
  const flooded = new Set(days.flatMap((day, d) => (values[d]! > limit ? [formatDay(day)] : [])));
  const errorOf = (rows: readonly Row[]) => {
    const squares = rows.filter(({ date }) => flooded.has(date!)).map((row) => Number(row.squared_error));
    return {
      n: squares.length,
      rmse: Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / squares.length),
    };
  };
  const single = errorOf(tables[factors.indexOf(0)]!);
  const some = (value: number) => numberIn(Number.isFinite(value) ? String(value) : "");
  return factors
    .map((factor, f) => ({ factor, ...errorOf(tables[f]!) }))
    .filter(({ factor }) => factor !== 0)
    .map(({ factor, n, rmse }) => ({
      site_id: site,
      factor,
      partition,
      n_days: n,
      rmse_single: some(single.rmse),
      rmse_multi: some(rmse),
      reduction_percent: some((100 * (single.rmse - rmse)) / single.rmse),
    }));
}
