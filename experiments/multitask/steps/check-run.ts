/**
 * Checks the data of an experiment as its run reads them: prepares each site with the functions of the run, for its days and
 * columns only, and writes nothing.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { collectFindings, type Finding, type Findings } from "@braid/data/check";
import { readHeader, readRecords, type SiteRecord } from "@braid/data/records";
import { openTable, writeCsv } from "@braid/data/tables";
import { score } from "../metrics.ts";
import { countCodes } from "../reading/masks.ts";
import { observationColumns, observed } from "../reading/observations.ts";
import { rowsByDay } from "../reading/rows-by-day.ts";
import type { ResolvedExperiment } from "../resolve.ts";
import { daysOf } from "../sequences/partitions.ts";
import { type PrepareSpec, prepare } from "../sequences/prepare.ts";
import { whyUnscored } from "../statistics/unscored.ts";

/** A site that can be used, and the observed days of the primary in each partition. */
export interface CheckedSite {
  readonly site: string;
  readonly days: Readonly<Record<string, number>>;
}

export interface CheckedRun {
  readonly usable: readonly CheckedSite[];
  readonly findings: readonly Finding[];
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
  { sites, prepare: spec, evaluate }: ResolvedExperiment,
  files: { readonly observations: string; readonly drivers: string },
): Promise<CheckedRun> {
  const findings = collectFindings();
  const usable = new Map<string, CheckedSite>();
  const codes = countCodes(spec.variables, spec.mask);
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
        for (const { level, file, text, example } of [...drivers.warnings, ...observations.warnings])
          findings.add(level, basename(file), site, text, example ?? undefined);
        try {
          for (const warning of prepare(drivers, observations, spec).warnings)
            findings.add("warning", "the data", null, warning);
          usable.set(site, { site, days: daysObserved(observations, spec, evaluate, findings) });
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
  for (const text of codes.findings(await readHeader(files.observations)))
    findings.add("warning", basename(files.observations), null, text);
  return { usable: sites.flatMap((site) => usable.get(site) ?? []), findings: findings.all() };
}

/** Observed days of the primary by partition; reports partitions that cannot be scored. */
function daysObserved(
  record: SiteRecord,
  { variables, partitions, mask }: PrepareSpec,
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
