/** The tables of the statistics drawn together over sites: what the summary and the terminal tell. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { median, quantile } from "@braid/statistics";
import { numberIn, type Row, readTable } from "./tables.ts";
import { type Unscored, whyUnscored } from "./unscored.ts";

/** One factor over all sites; each value is a median over sites of the site's own. */
export interface FactorFinding {
  readonly factor: number;
  readonly sites: number;
  /** Of the medians over seeds: quartiles and median over sites. */
  readonly q25: number;
  readonly median: number;
  readonly q75: number;
  /** Median over sites of the median paired difference to factor 0. */
  readonly difference: number;
  /** Median over sites of the NSE of the seed-ensemble mean. */
  readonly ensemble: number;
  /** Sites that chose it on validation. */
  readonly chosenBy: number;
}

/** Gains in one calendar month, over sites. */
export interface MonthFinding {
  readonly month: number;
  readonly sites: number;
  readonly reductionPercent: number;
  readonly sitesBetter: number;
}

export interface Findings {
  readonly partition: string;
  /** Sites with scores, which the findings cover. */
  readonly sites: number;
  /** Sites without scores, which no count includes. */
  readonly unscored: readonly Unscored[];
  /** All sites of the tables. */
  readonly siteIds: ReadonlySet<string>;
  /** Seeds compared, at the site that has most. */
  readonly seeds: number;
  readonly counts: readonly Row[];
  /** Sites where single-task models are worse than the mean of the observations. */
  readonly belowZero: number;
  readonly factors: readonly FactorFinding[];
  /** Whether gains are those of the factor chosen at each site, or of one factor everywhere. */
  readonly gainsOf: "chosen" | number;
  readonly months: readonly MonthFinding[];
  /** Medians over sites of the reduction of RMSE, percent: in months above the median flow, and in the others. */
  readonly highMonths: number;
  readonly otherMonths: number;
  /** Sites whose reduction is larger in their high-flow months, of those that have both kinds. */
  readonly largerInHigh: readonly [sites: number, of: number];
  /** Median over sites of the reduction of RMSE on days above the 90th percentile, percent. */
  readonly highDays: number;
}

/** Where the tables of an experiment lie. */
export function tablePaths(name: string) {
  const at = <const F extends string>(file: F) => `${name}/statistics/${file}` as const;
  return {
    tests: at("tests.csv"),
    factors: at("factors.csv"),
    highFlows: at("high_flows.csv"),
    flowDays: at("high_flow_days.csv"),
    joint: at("joint.csv"),
    months: at("months.csv"),
    days: at("ensemble_days.csv"),
    counts: at("counts.csv"),
    auxiliaryTests: at("auxiliary_tests.csv"),
    auxiliaryCounts: at("auxiliary_counts.csv"),
    ensembles: at("ensemble_metrics.csv"),
    summary: at("summary.md"),
    experiment: at("experiment.json"),
    crate: `${name}/ro-crate-metadata.json` as const,
  };
}

export type TablePaths = Readonly<Record<keyof ReturnType<typeof tablePaths>, string>>;

/** The findings below the folder `folder`; null if they are not made. */
export async function madeFindings(
  folder: string,
  name: string,
  naiveFactor: number,
): Promise<Findings | null> {
  const files = tablePaths(name);
  if (!existsSync(join(folder, files.counts))) return null;
  return readFindings((key) => join(folder, files[key]), naiveFactor);
}

/** Whether a file is there and no older than the one that it tells of. */
export function isFresh(file: string, source: string): boolean {
  return existsSync(file) && statSync(file).mtimeMs >= statSync(source).mtimeMs;
}

/** Reads the tables; `path` says where each is. */
export async function readFindings(
  path: (table: "tests" | "factors" | "highFlows" | "months" | "days" | "counts" | "ensembles") => string,
  naiveFactor: number,
): Promise<Findings> {
  const [tests, factors, highFlows, months, counts, ensembles] = (await Promise.all(
    (["tests", "factors", "highFlows", "months", "counts", "ensembles"] as const).map((table) =>
      readTable(path(table)),
    ),
  )) as [Row[], Row[], Row[], Row[], Row[], Row[]];
  const partition = factors[0]!.partition!;
  const chosen = new Map(
    tests
      .filter((line) => line.test === "chosen_factor" && line.factor !== "")
      .map((line) => [line.site_id!, line.factor!]),
  );
  const values = [...new Set(factors.map((line) => line.factor!))];
  const everywhere =
    values.find((factor) => Number(factor) === naiveFactor) ?? values.find((one) => one !== "0")!;
  const gainsOf = chosen.size > 0 ? "chosen" : Number(everywhere);
  const isGain = (line: Row) =>
    line.factor === (gainsOf === "chosen" ? chosen.get(line.site_id!) : everywhere);
  const gained = months.filter(isGain);
  const contrast = highAgainstOthers(gained);
  const siteIds = new Set(factors.map((line) => line.site_id!));
  const unscored = unscoredIn(factors, ensembles, partition);
  return {
    partition,
    sites: siteIds.size - unscored.length,
    unscored,
    siteIds,
    seeds: Math.max(...numbers(factors, "models")),
    counts,
    belowZero: numbers(
      factors.filter((line) => line.factor === "0"),
      "nse_median",
    ).filter((nse) => nse < 0).length,
    factors: values.map((factor) => ({
      ...factorFinding(
        factors.filter((line) => line.factor === factor),
        ensembles.filter((line) => line.factor === factor && line.partition === partition),
      ),
      factor: Number(factor),
      chosenBy: [...chosen.values()].filter((one) => one === factor).length,
    })),
    gainsOf,
    months: monthFindings(gained),
    ...contrast,
    highDays: median(numbers(highFlows.filter(isGain), "reduction_percent")),
  };
}

/** Sites without a compared model for any factor, with their number of observed days. */
function unscoredIn(factors: readonly Row[], ensembles: readonly Row[], partition: string): Unscored[] {
  // The primary is the first of an experiment's variables.
  const primary = ensembles[0]?.variable;
  const observed = new Map(
    ensembles
      .filter((line) => line.partition === partition && line.variable === primary)
      .map((line) => [line.site_id!, Number(line.n_obs)]),
  );
  return [...Map.groupBy(factors, (line) => line.site_id!)]
    .filter(([, lines]) => lines.every((line) => line.models === "0"))
    .map(([site]) => ({ site, reason: whyUnscored(observed.get(site) ?? 0, partition) }));
}

function factorFinding(lines: readonly Row[], ensembles: readonly Row[]) {
  const medians = numbers(lines, "nse_median");
  // The primary is the first of an experiment's variables.
  const primary = ensembles.filter((line) => line.variable === ensembles[0]!.variable);
  return {
    sites: medians.length,
    q25: quantile(medians, 0.25),
    median: median(medians),
    q75: quantile(medians, 0.75),
    difference: median(numbers(lines, "median_difference")),
    ensemble: median(numbers(primary, "nse")),
  };
}

function monthFindings(lines: readonly Row[]): MonthFinding[] {
  const present = [...new Set(lines.map((line) => Number(line.month)))].sort((a, b) => a - b);
  return present.map((month) => {
    const reductions = numbers(
      lines.filter((line) => Number(line.month) === month),
      "reduction_percent",
    );
    return {
      month,
      sites: reductions.length,
      reductionPercent: median(reductions),
      sitesBetter: reductions.filter((reduction) => reduction > 0).length,
    };
  });
}

/** Of each site the mean reduction over its months of either kind, then medians over sites. */
function highAgainstOthers(lines: readonly Row[]) {
  const bySite = [...Map.groupBy(lines, (line) => line.site_id!).values()].map((ofSite) => ({
    high: average(
      numbers(
        ofSite.filter((line) => line.high_flow === "yes"),
        "reduction_percent",
      ),
    ),
    other: average(
      numbers(
        ofSite.filter((line) => line.high_flow === "no"),
        "reduction_percent",
      ),
    ),
  }));
  const both = bySite.filter(({ high, other }) => !Number.isNaN(high) && !Number.isNaN(other));
  return {
    highMonths: median(both.map(({ high }) => high)),
    otherMonths: median(both.map(({ other }) => other)),
    largerInHigh: [both.filter(({ high, other }) => high > other).length, both.length] as const,
  };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function numbers(lines: readonly Row[], column: string): number[] {
  return lines.map((line) => numberIn(line[column])).filter((value) => value !== null);
}
