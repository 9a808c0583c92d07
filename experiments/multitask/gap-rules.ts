/**
 * What `fillGaps` changes in the rules: steps that score predictions also read which windows of their site were left out,
 * and score the other days only. Without `fillGaps`, inputs and params are those of versions before it.
 */
import { readFileSync } from "node:fs";
import { expand } from "braid-engine";
import { count } from "braid-engine/quantities";
import { parse } from "csv-parse/sync";
import { oncePerVersion } from "./file-version.ts";
import { sitePatterns } from "./model-files.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import type { Exclusion } from "./sequences/exclusions.ts";
import { isFilled, isLeftOut, keptDays } from "./sequences/left-out.ts";
import type { Partitions } from "./sequences/partitions.ts";

type Experiment = Pick<ResolvedExperiment, "name" | "preparedBy" | "sites" | "prepare">;

interface OfSite {
  readonly input: { readonly excluded: string };
}

interface OfSites {
  readonly input: { readonly excluded: readonly string[] };
}

/** The table of exclusions of a job's site, as an input of its own; nothing without `fillGaps`. */
export function excludedOfSite(experiment: Experiment) {
  return experiment.prepare.fillGaps === undefined ? {} : { excluded: sitePatterns(experiment).excluded };
}

/** The tables of exclusions of all sites; nothing without `fillGaps`. */
export function excludedOfSites(experiment: Experiment, sites = experiment.sites) {
  if (experiment.prepare.fillGaps === undefined) return {};
  return { excluded: expand(sitePatterns(experiment).excluded, { site_id: sites }) };
}

/** Params whose partitions hold the days that a site has predictions of. */
export function paramsOfKeptDays<P extends { readonly partitions: Partitions }, J = unknown>(
  { prepare }: Experiment,
  params: P | ((job: J) => P),
): P | ((job: J) => P) {
  if (prepare.fillGaps === undefined) return params;
  return (job) => {
    const given = typeof params === "function" ? params(job) : params;
    const rows = exclusionsIn((job as OfSite).input.excluded);
    return { ...given, partitions: keptDays(given.partitions, rows, prepare.variables[0]!) };
  };
}

type WithKept<P> = P & { readonly kept?: Readonly<Record<string, Partitions>> };

/** Params with, for each site of a unit that lost windows, the days that it has predictions of. */
export function paramsOfKeptDaysBySite<P extends { readonly partitions: Partitions }, J = unknown>(
  { prepare }: Experiment,
  params: P,
): WithKept<P> | ((job: J) => WithKept<P>) {
  if (prepare.fillGaps === undefined) return params;
  return (job) => {
    const tables = (job as OfSites).input.excluded.map(exclusionsIn).filter((rows) => rows.some(isLeftOut));
    const kept = tables.map((rows) => [
      rows[0]!.site,
      keptDays(params.partitions, rows, prepare.variables[0]!),
    ]);
    return { ...params, kept: Object.fromEntries(kept) };
  };
}

/** Params with `add` applied to what the tables of exclusions say of gaps, for readers of the results. */
export function paramsWithGaps<P, J>(
  { prepare }: Experiment,
  params: P | ((job: J) => P),
  add: (params: P, caveats: readonly string[]) => P,
): P | ((job: J) => P) {
  const { fillGaps } = prepare;
  if (fillGaps === undefined) return params;
  return (job) => {
    const given = typeof params === "function" ? (params as (job: J) => P)(job) : params;
    const tables = (job as OfSites).input.excluded.map(exclusionsIn);
    return add(given, [gapCaveat(tables.flat(), prepare.variables[0]!, fillGaps.days)]);
  };
}

/** A sentence on interpolated days and windows left out; `rows` are those of all sites. */
export function gapCaveat(rows: readonly SiteExclusion[], variable: string, days: number): string {
  const filled = rows.filter(isFilled);
  const left = rows.filter((row) => row.column === variable && isLeftOut(row));
  const about = (some: readonly SiteExclusion[]) => {
    const bySite = [...Map.groupBy(some, ({ site }) => site)].map(
      ([site, own]) => `${site}: ${count(daysIn(own), "day")}`,
    );
    const more = bySite.length > mostNamed ? ` and ${bySite.length - mostNamed} more` : "";
    return `at ${count(bySite.length, "site")} (${bySite.slice(0, mostNamed).join(", ")}${more})`;
  };
  return [
    `fillGaps is ${days}.`,
    filled.length === 0
      ? "No gap of the drivers had to be interpolated."
      : `Drivers were interpolated ${about(filled)}, counted for each driver.`,
    left.length === 0
      ? "No window was left out for a longer gap."
      : `${count(left.length, "window")} with longer gaps ${left.length === 1 ? "was" : "were"} left out ${about(left)}: neither trained on nor scored.`,
    ...(filled.length + left.length === 0 ? [] : ["excluded.csv of each site lists them."]),
  ].join(" ");
}

const mostNamed = 10;

function daysIn(rows: readonly Exclusion[]): number {
  return rows.reduce((sum, { days }) => sum + days, 0);
}

export interface SiteExclusion extends Exclusion {
  readonly site: string;
}

/** All jobs of a site read the same table. */
const exclusionsIn = oncePerVersion((file): readonly SiteExclusion[] => {
  const rows = parse(readFileSync(file), { columns: true }) as Record<string, string>[];
  return rows.map(({ site_id = "", column = "", partition = "", from = "", to = "", days, reason = "" }) => {
    return { site: site_id, column, partition, from, to, days: Number(days), reason };
  });
});
