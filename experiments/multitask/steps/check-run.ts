/**
 * Checks the data of an experiment as its run reads them: prepares each site with the functions of the run, for its days and
 * columns only, and writes nothing.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
  checkListed,
  collectFindings,
  type Finding,
  type Findings,
  lacksPrecipitation,
  type SiteSums,
} from "@braid/data/check";
import { readHeader, readRecords, type SiteRecord } from "@braid/data/records";
import { openTable, writeCsv } from "@braid/data/tables";
import { score } from "../metrics.ts";
import { countCodes } from "../reading/masks.ts";
import { observationColumns, observed } from "../reading/observations.ts";
import { rowsByDay } from "../reading/rows-by-day.ts";
import type { ResolvedExperiment } from "../resolve.ts";
import { daysOf } from "../sequences/partitions.ts";
import { pool } from "../sequences/pool.ts";
import { type GapCount, prepareSite, type SiteSpec } from "../sequences/prepare-site.ts";
import type { Prepared } from "../sequences/prepared.ts";
import { whyUnscored } from "../statistics/unscored.ts";

/** A site that can be used, and the observed days of the primary in each partition. */
export interface CheckedSite {
  readonly site: string;
  readonly days: Readonly<Record<string, number>>;
  /** Interpolated days and windows left out; absent without `fillGaps`. */
  readonly gaps?: GapCount;
}

export interface CheckedRun {
  readonly usable: readonly CheckedSite[];
  readonly findings: readonly Finding[];
  /** Columns of the drivers' file that the config does not name; absent if the file cannot be read. */
  readonly unusedDrivers?: readonly string[];
}

const sitesAtOnce = 64;

/** Checks the data of an experiment; paths are relative to the working folder. */
export async function checkRun(experiment: ResolvedExperiment): Promise<CheckedRun> {
  const folder = await mkdtemp(join(tmpdir(), "braid-check-"));
  try {
    return await checkFiles(experiment, {
      observations: await asCsv(experiment, experiment.observations, folder),
      drivers: await asCsv(experiment, experiment.drivers, folder),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The CSV file, or the one that a run would convert from Parquet. */
async function asCsv({ parquet }: ResolvedExperiment, file: string, folder: string): Promise<string> {
  const table = parquet.find(({ to }) => to === file);
  if (table === undefined) return file;
  const made = join(folder, basename(file));
  await writeCsv(await openTable(table.from), made);
  return made;
}

async function checkFiles(
  experiment: ResolvedExperiment,
  files: { readonly observations: string; readonly drivers: string },
): Promise<CheckedRun> {
  const { sites, prepare: spec, evaluate } = experiment;
  const findings = collectFindings();
  const prepared = new Map<string, Prepared>();
  const usable = new Map<string, CheckedSite>();
  const codes = countCodes(spec.variables, spec.mask);
  const sums = { observed: new Map<string, SiteSums>(), driven: new Map<string, SiteSums>() };
  const fail = (site: string | null, error: unknown) => {
    const [text = "", ...facts] = (error instanceof Error ? error.message : String(error)).split("\n");
    const told = facts.map((fact) => fact.trim().replace(/\s{2,}/g, " ")).join("; ");
    findings.add("error", "the data", site, text, told === "" ? undefined : told);
  };
  for (let from = 0; from < sites.length; from += sitesAtOnce) {
    const group = sites.slice(from, from + sitesAtOnce);
    try {
      const seen = new Map<string, SiteRecord>();
      const columns = observationColumns(spec.variables);
      for await (const [site, record] of readRecords(files.observations, group, columns))
        if (record instanceof Error) fail(site, record);
        else seen.set(site, record);
      for await (const [site, drivers] of readRecords(files.drivers, group, { numbers: spec.drivers })) {
        const observations = seen.get(site);
        if (drivers instanceof Error) fail(site, drivers);
        if (drivers instanceof Error || observations === undefined) continue;
        codes.add(observations);
        sums.observed.set(site, sumsOf(observations));
        sums.driven.set(site, sumsOf(drivers));
        for (const { level, file, text, example } of [...drivers.warnings, ...observations.warnings])
          findings.add(level, basename(file), site, text, example ?? undefined);
        try {
          const checked = checkSite(drivers, observations, spec, evaluate, findings);
          usable.set(site, checked.site);
          // Only units need them all at once.
          if (experiment.units !== undefined) prepared.set(site, checked.prepared);
        } catch (error) {
          fail(site, error);
        }
      }
    } catch (error) {
      // An error in a file as a whole applies to all sites.
      fail(null, error);
      return { usable: [], findings: findings.all() };
    }
  }
  for (const [unit, problem] of poolUnits(experiment, prepared, findings)) {
    fail(null, problem);
    for (const site of experiment.units!.members[unit]!) usable.delete(site);
  }
  await checkListed(experiment.siteList, sums.observed, sums.driven, findings);
  const driven = await readHeader(files.drivers);
  checkColumns(experiment, files, driven, codes.findings(await readHeader(files.observations)), findings);
  const used = new Set(["site_id", "date", ...spec.drivers]);
  return {
    usable: sites.flatMap((site) => usable.get(site) ?? []),
    findings: findings.all(),
    unusedDrivers: driven.filter((column) => !used.has(column)),
  };
}

/** Reports a flow without precipitation, and the codes that mask nothing. */
function checkColumns(
  { discharge: [flow], prepare }: ResolvedExperiment,
  files: { readonly observations: string; readonly drivers: string },
  driven: readonly string[],
  unmasked: readonly string[],
  findings: Findings,
): void {
  const missing = flow === undefined ? null : lacksPrecipitation(flow, prepare.drivers, driven);
  if (missing !== null) findings.add("warning", basename(files.drivers), null, missing);
  for (const text of unmasked) findings.add("warning", basename(files.observations), null, text);
}

/** The sums of the columns of a record, without missing values. */
function sumsOf({ numbers }: SiteRecord): SiteSums {
  const columns = Object.entries(numbers).map(([name, values]) => {
    const known = values.filter((value) => !Number.isNaN(value));
    return [name, { seen: known.length, sum: known.reduce((sum, value) => sum + value, 0) }] as const;
  });
  return { columns: new Map(columns) };
}

/** Pools the sites of each unit as a run does; returns the units that cannot be pooled, with the errors. */
function poolUnits(
  { units, prepare: { logarithms } }: ResolvedExperiment,
  prepared: ReadonlyMap<string, Prepared>,
  findings: Findings,
): [unit: string, problem: unknown][] {
  return Object.entries(units?.members ?? {}).flatMap(([unit, sites]): [string, unknown][] => {
    try {
      const members = sites.flatMap((site) => prepared.get(site) ?? []);
      for (const warning of pool(unit, members, { ...units!, logarithms }).warnings)
        findings.add("warning", "the data", null, warning);
      return [];
    } catch (error) {
      return [[unit, error]];
    }
  });
}

/** Prepares one site as a run does. @throws if it cannot be prepared. */
function checkSite(
  drivers: SiteRecord,
  observations: SiteRecord,
  spec: SiteSpec,
  evaluate: readonly string[],
  findings: Findings,
): { readonly site: CheckedSite; readonly prepared: Prepared } {
  const { prepared, warnings, kept, gaps } = prepareSite(drivers, observations, spec);
  for (const warning of warnings) findings.add("warning", "the data", null, warning);
  const days = daysObserved(observations, { ...spec, partitions: kept }, evaluate, findings);
  return { prepared, site: { site: drivers.site, days, ...(gaps === null ? {} : { gaps }) } };
}

/** Observed days of the primary by partition; reports partitions that cannot be scored. */
function daysObserved(
  record: SiteRecord,
  { variables, partitions, mask }: SiteSpec,
  evaluate: readonly string[],
  findings: Findings,
): CheckedSite["days"] {
  const rowOf = rowsByDay(record.days);
  const days: Record<string, number> = {};
  for (const variable of variables) {
    const { values } = observed(record, variable, mask);
    for (const [partition, ranges] of Object.entries(partitions)) {
      const there = daysOf(ranges).map((day) => values[rowOf(day) ?? -1] ?? Number.NaN);
      const known = Float64Array.from(there.filter((value) => !Number.isNaN(value)));
      days[partition] ??= known.length;
      const scores = score(known, known, null);
      if (scores.nse !== null || !evaluate.includes(partition)) continue;
      const why = whyUnscored(known.length, partition);
      findings.add(
        "warning",
        basename(record.file),
        record.site,
        `${variable} has no score on ${partition}: ${why}`,
      );
    }
  }
  return days;
}
