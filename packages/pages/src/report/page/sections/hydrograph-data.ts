/** The series of a site that the figures of days share: observed, single-task, and those of the factor that is shown. */
import { unpackSeries } from "../../../shared/packed.ts";
import { loadScores, loadSeries } from "../data.ts";
import { median, seedsOf } from "../numbers.ts";
import type { Context } from "./context.ts";
import { siteRows } from "./site-rows.ts";

/** Milliseconds. */
export const dayLength = 86_400_000;

export interface Day {
  readonly date: Date;
  /** A partition may be of several ranges: a line must not leap from one to the next. */
  readonly range: number;
  readonly observed: number;
  /** Medians over the seeds: at factor 0, and at the factor that is shown with the 10th and 90th percentile. */
  readonly single: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  /** Precipitation; NaN where it is not known. */
  readonly rain: number;
}

export interface Model {
  readonly kind: "best" | "worst";
  readonly seed: number;
  readonly values: Float64Array;
}

export interface SiteDays {
  readonly days: readonly Day[];
  /** The factor that is shown. */
  readonly factor: number;
  /** Whether there are predictions at it, and beside it at factor 0. */
  readonly predicted: boolean;
  readonly beside: boolean;
  readonly models: readonly Model[];
  readonly rain: boolean;
}

/** The chosen site, partition and variable; a text if nothing was observed. */
export async function siteDays(context: Context): Promise<SiteDays | string> {
  const { site, partition, variable } = context.choices.now;
  const part = (await loadSeries(site)).partitions[partition];
  const packed = part?.observed[variable];
  if (part === undefined || packed === undefined || part.days.length === 0)
    return `${site} was not observed on ${partition}.`;
  const factor = await shownFactor(context);
  const own = part.predicted[variable]?.[String(factor)];
  const zero = factor === 0 ? undefined : part.predicted[variable]?.["0"];
  const unpacked = (series: Parameters<typeof unpackSeries>[0] | undefined) =>
    series === undefined ? null : unpackSeries(series);
  const [observed, single, rain] = [unpackSeries(packed), unpacked(zero?.middle), unpacked(part.rain)];
  const [low, middle, high] = [unpacked(own?.low), unpacked(own?.middle), unpacked(own?.high)];
  let range = 0;
  const days = part.days.map((date, i): Day => {
    if (i > 0 && date !== part.days[i - 1]! + 1) range++;
    const at = (values: Float64Array | null) => values?.[i] ?? Number.NaN;
    return {
      ...{ date: new Date(date * dayLength), range, observed: observed[i]!, rain: at(rain) },
      ...{ single: at(single), low: at(low), middle: at(middle), high: at(high) },
    };
  });
  const models = (["best", "worst"] as const).flatMap((kind): Model[] => {
    const one = own?.[kind];
    return one === undefined ? [] : [{ kind, seed: one.seed, values: unpackSeries(one.values) }];
  });
  return {
    ...{ days, factor, models, rain: rain?.some(Number.isFinite) ?? false },
    ...{ predicted: own !== undefined, beside: zero !== undefined },
  };
}

/** The factor that is chosen; for `best` that of the table of sites. */
export async function shownFactor(context: Context): Promise<number> {
  const { factor, site } = context.choices.now;
  if (factor !== "best") return Number(factor);
  const row = (await siteRows(context)).find(({ id }) => id === site);
  return row?.factor ?? context.report.factors[0]!;
}

/** The median NSE over the seeds of the chosen site, partition and variable at a factor; NaN where there is none. */
export async function medianNse({ report, choices }: Context, factor: number): Promise<number> {
  if (!report.scores.includes("nse")) return Number.NaN;
  const { site, partition, variable } = choices.now;
  const cube = await loadScores(partition, variable, "nse");
  const s = report.sites.findIndex((each) => each.id === site);
  return median(seedsOf(report, cube, s, report.factors.indexOf(factor)));
}

/** Whether a logarithmic axis is chosen and the variable is one of flow. */
export function isLogarithmic({ report, choices: { now } }: Context): boolean {
  return now.axis === "log" && report.discharge.includes(now.variable);
}
