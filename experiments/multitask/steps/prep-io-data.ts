/**
 * prep_io_data: observations and drivers of a site become its prepared data and a table of exclusions.
 *
 * One call serves many sites: each file is indexed once per process and of it only these sites are read.
 */
import { writeFile } from "node:fs/promises";
import { line } from "../csv.ts";
import { observationColumns } from "../reading/observations.ts";
import { readRecords, type SiteRecord } from "../reading/site-record.ts";
import type { Exclusion } from "../sequences/exclusions.ts";
import { type PrepareSpec, prepare } from "../sequences/prepare.ts";
import { encodePrepared } from "../sequences/prepared.ts";
import type { BatchOf } from "./batch.ts";

interface PrepJob {
  readonly input: { readonly observations: string; readonly drivers: string };
  readonly output: { readonly prepared: string; readonly excluded: string };
  readonly wildcards: { readonly site_id: string };
  readonly params: PrepareSpec;
}

/** Prepares the sites of a batch; one that cannot be prepared fails alone. */
export async function prepIoData(batch: BatchOf<PrepJob>): Promise<void> {
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
      const { prepared, exclusions, warnings } = prepare(
        orThrow(drivers),
        orThrow(observations.get(site)!),
        params,
      );
      for (const warning of warnings) job.log(`Warning: ${warning}`);
      await writeFile(job.output.prepared, encodePrepared(prepared));
      await writeFile(job.output.excluded, exclusionTable(site, exclusions));
      job.done();
    } catch (error) {
      job.fail(error);
    }
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
