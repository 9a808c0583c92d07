/** What the rules of the fetch do: ask, assemble, gather. Everything comes through the job. */
import { open, readFile, writeFile } from "node:fs/promises";
import { type Days, sharedDays, starterConfig } from "../tables/starter-config.ts";
import { csvLine } from "../tables/write-csv.ts";
import { assembleSite, driverColumns, observationColumns, siteColumns } from "./assemble.ts";
import { checkPoint, daymetDrivers, daymetUrl, parseDaymet } from "./daymet.ts";
import { fetchToFile, type Manners } from "./http.ts";
import type { Station } from "./nwis.ts";
import { dailyUrl, parseDailyValues, parseStation, siteUrl } from "./nwis.ts";

interface Output {
  readonly answer: string;
  readonly origin: string;
}

interface Ask {
  readonly output: Output;
  readonly wildcards: { readonly site_id: string };
  log(text: string): void;
}

interface Period {
  readonly from: string;
  readonly to: string;
}

/** Asks the site service about a site. */
export function fetchSite(job: Ask & { params: { nwis: string; manners: Manners } }): Promise<void> {
  const { nwis, manners } = job.params;
  const site = job.wildcards.site_id;
  const check = (body: string) => parseStation(body, site);
  return fetchToFile(siteUrl(nwis, site), job.output, check, manners, job.log.bind(job));
}

/** Asks the daily-values service for flow and water temperature. */
export function fetchDaily(
  job: Ask & { params: Period & { nwis: string; manners: Manners } },
): Promise<void> {
  const { nwis, from, to, manners } = job.params;
  const site = job.wildcards.site_id;
  const check = (body: string) => parseDailyValues(body, site);
  return fetchToFile(dailyUrl(nwis, site, from, to), job.output, check, manners, job.log.bind(job));
}

/** Asks Daymet for the weather at the coordinates of the gauge. */
export async function fetchDaymet(
  job: Ask & { input: string; params: Period & { daymet: string; manners: Manners } },
): Promise<void> {
  const { daymet, from, to, manners } = job.params;
  const { latitude, longitude }: Station = parseStation(
    await readFile(job.input, "utf8"),
    job.wildcards.site_id,
  );
  const url = daymetUrl(daymet, latitude, longitude, from, to);
  const check = (body: string) => checkPoint(parseDaymet(body), latitude, longitude);
  await fetchToFile(url, job.output, check, manners, job.log.bind(job));
}

/** Makes the rows of a site of its three answers. */
export async function assemble(job: {
  input: { site: string; daily: string; daymet: string };
  output: { observations: string; drivers: string; site: string; notes: string };
  wildcards: { site_id: string };
  params: Period;
}): Promise<void> {
  const { input, output, params } = job;
  const site = job.wildcards.site_id;
  const tables = assembleSite(
    parseStation(await readFile(input.site, "utf8"), site),
    parseDailyValues(await readFile(input.daily, "utf8"), site),
    parseDaymet(await readFile(input.daymet, "utf8")),
    params.from,
    params.to,
  );
  await writeFile(output.observations, tables.observations);
  await writeFile(output.drivers, tables.drivers);
  await writeFile(output.site, tables.site);
  await writeFile(
    output.notes,
    tables.notes.map((note) => `${site}: ${note}\n`).join("") || `${site}: complete\n`,
  );
}

/** Puts the rows of all sites together, in the order of the config, and writes a config to start with. */
export async function gather(job: {
  input: Readonly<Record<"observations" | "drivers" | "sites" | "notes", readonly string[]>>;
  output: Readonly<Record<"observations" | "drivers" | "sites" | "report" | "config", string>>;
  params: Period;
}): Promise<void> {
  const { input, output, params } = job;
  const driven: Days[] = [];
  await concatenate(csvLine(observationColumns), input.observations, output.observations);
  await concatenate(csvLine(driverColumns), input.drivers, output.drivers, (rows) => {
    const dates = [rows.slice(0, 100), rows.slice(-100)].map((text) => text.match(/\d{4}-\d\d-\d\d/g));
    const [from, to] = [dates[0]?.[0], dates[1]?.at(-1)];
    if (from !== undefined && to !== undefined) driven.push({ from, to });
  });
  await concatenate(csvLine(siteColumns), input.sites, output.sites);
  await concatenate("What each site lacks, and what to beware of\n", input.notes, output.report);
  const drivers = Object.keys(daymetDrivers);
  const days = sharedDays(driven) ?? params;
  await writeFile(output.config, starterConfig({ by: "pnpm data:fetch", drivers, ...days }));
}

async function concatenate(
  head: string,
  parts: readonly string[],
  path: string,
  visit: (rows: string) => void = () => {},
): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(head);
    for (const part of parts) {
      const rows = await readFile(part, "utf8");
      visit(rows);
      await file.writeFile(rows);
    }
  } finally {
    await file.close();
  }
}
