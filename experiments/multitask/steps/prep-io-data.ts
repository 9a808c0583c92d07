/**
 * prep_io_data: observations and drivers of a site become its prepared data and a table of exclusions.
 *
 * One call serves many sites: each file is indexed once per process, then read a group of sites at a time. The
 * checks of data:check guard it: what they call an error fails the site, what they call odd is logged.
 */
import { writeFile } from "node:fs/promises";
import { formatFinding } from "@braid/data/check";
import { readHeader, readRecords, type SiteRecord } from "@braid/data/records";
import { line } from "../csv.ts";
import { type CodeCount, countCodes } from "../reading/masks.ts";
import { observationColumns } from "../reading/observations.ts";
import type { Exclusion } from "../sequences/exclusions.ts";
import { prepareSite, type SiteSpec } from "../sequences/prepare-site.ts";
import { encodePrepared } from "../sequences/prepared.ts";
import type { BatchOf } from "./batch.ts";

interface PrepJob {
  readonly input: { readonly observations: string; readonly drivers: string };
  readonly output: { readonly prepared: string; readonly excluded: string };
  readonly wildcards: { readonly site_id: string };
  readonly params: SiteSpec;
}

/** Sites whose records are held in memory together: 40 years of 64 sites are about 100 MB. */
const sitesAtOnce = 64;

/** Prepares the sites of a batch; one that cannot be prepared fails alone. */
export async function prepIoData(batch: BatchOf<PrepJob>): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  const { input, params } = first;
  const codes = countCodes(params.variables, params.mask);
  const header = await readHeader(input.observations);
  let left = batch.length;
  // Warn once, after the last site, of a code that no site has: many sites have no ice.
  const ends = (job: Job) => {
    left -= 1;
    if (left === 0) for (const text of codes.findings(header)) job.warn(text);
  };
  for (let from = 0; from < batch.length; from += sitesAtOnce)
    await prepareSites(batch.slice(from, from + sitesAtOnce), codes, ends);
}

type Job = BatchOf<PrepJob>[number];

/** Calls `ends` before each job ends. */
async function prepareSites(
  batch: readonly Job[],
  codes: CodeCount,
  ends: (job: Job) => void,
): Promise<void> {
  const { input, params } = batch[0]!;
  const jobs = new Map(batch.map((job) => [job.wildcards.site_id, job]));
  const sites = [...jobs.keys()];
  const observations = new Map<string, SiteRecord | Error>();
  for await (const [site, record] of readRecords(
    input.observations,
    sites,
    observationColumns(params.variables),
  ))
    observations.set(site, record);
  for await (const [site, drivers] of readRecords(input.drivers, sites, { numbers: params.drivers })) {
    const job = jobs.get(site)!;
    try {
      const [driven, observed] = [orThrow(drivers), orThrow(observations.get(site)!)];
      codes.add(observed);
      for (const finding of [...driven.warnings, ...observed.warnings]) job.warn(formatFinding(finding));
      const { prepared, exclusions, warnings, notes } = prepareSite(driven, observed, params);
      for (const note of notes) job.log(note);
      for (const warning of warnings) job.warn(warning);
      await writeFile(job.output.prepared, encodePrepared(prepared));
      await writeFile(job.output.excluded, exclusionTable(site, exclusions));
      ends(job);
      job.done();
    } catch (error) {
      ends(job);
      job.fail(error);
    }
    observations.delete(site);
  }
}

function orThrow(record: SiteRecord | Error): SiteRecord {
  if (record instanceof Error) throw record;
  return record;
}

function exclusionTable(site: string, exclusions: readonly Exclusion[]): string {
  const rows = exclusions.map(({ column, partition, from, to, days, reason }) =>
    line([site, column, partition, from, to, days, reason]),
  );
  return line(["site_id", "column", "partition", "from", "to", "days", "reason"]) + rows.join("");
}
