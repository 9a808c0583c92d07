/** What the rules of the fetch do: ask, assemble, gather. Everything comes through the job. */
import { appendFile, open, readFile, writeFile } from "node:fs/promises";
import { cannot } from "braid-engine";
import { surveyObservations } from "../folder/survey.ts";
import { chooseSites, describeFolder } from "../folder/write-folder.ts";
import { type Days, sharedDays, starterConfig, trainDays } from "../tables/starter-config.ts";
import { csvLine } from "../tables/write-csv.ts";
import { assembleSite, driverColumns, observationColumns, siteColumns } from "./assemble.ts";
import { checkPoint, daymetDrivers, daymetGone, daymetUrl, parseDaymet } from "./daymet.ts";
import { type Asking, fetchToFile, type Manners } from "./http.ts";
import { nwis } from "./nwis.ts";
import { type Parameter, readParameters, rolesOf } from "./parameters.ts";
import type { UsgsService } from "./service.ts";
import { waterdata } from "./waterdata.ts";

const versions = { nwis, waterdata };

/** Which client of the USGS to use, and the address of its service. */
export interface Usgs {
  readonly version: keyof typeof versions;
  readonly base: string;
}

/** What the answer about a station is stored as. */
export function siteFileOf({ version }: Usgs): UsgsService["siteFile"] {
  return versions[version].siteFile;
}

interface Output {
  readonly answer: string;
  readonly origin: string;
}

interface Ask {
  readonly output: Output;
  readonly wildcards: { readonly site_id: string };
  log(text: string): void;
  warn(text: string): void;
}

/** The parameters that the config names, if it does. */
interface Named {
  readonly parameters?: readonly string[];
}

interface Period {
  readonly from: string;
  readonly to: string;
}

/** Asks about a station. What the answer lacks is an error at once: another one would lack it too. */
export async function fetchSite(job: Ask & { params: { usgs: Usgs; manners: Manners } }): Promise<void> {
  const { usgs, manners } = job.params;
  const service = versions[usgs.version];
  const site = job.wildcards.site_id;
  const url = service.siteUrl(usgs.base, site);
  const body = await fetchToFile(url, job.output, service.checkStation, asking(job, manners, service));
  service.parseStation(body, site);
}

/** Asks for flow and water temperature. */
export async function fetchDaily(
  job: Ask & { params: Period & { usgs: Usgs; manners: Manners } },
): Promise<void> {
  const { usgs, from, to, manners } = job.params;
  const service = versions[usgs.version];
  const site = job.wildcards.site_id;
  const url = service.dailyUrl(usgs.base, site, from, to);
  const check = (body: string) => service.parseDailyValues(body, site);
  await fetchToFile(url, job.output, check, asking(job, manners, service), service.pages);
}

/** Asks for the parameters that the config names. */
export async function fetchParameters(
  job: Ask & { params: Period & Named & { usgs: Usgs; manners: Manners } },
): Promise<void> {
  const { usgs, from, to, manners, parameters } = job.params;
  const service = versions[usgs.version];
  const site = job.wildcards.site_id;
  const asked = readParameters(parameters);
  const url = service.dailyUrl(usgs.base, site, from, to, asked);
  const check = (body: string) => service.parseDailyValues(body, site, asked);
  await fetchToFile(url, job.output, check, asking(job, manners, service), service.pages);
}

/** Asks Daymet for the weather at the coordinates of the gauge. */
export async function fetchDaymet(
  job: Ask & { input: string; params: Period & { usgs: Usgs; daymet: string; manners: Manners } },
): Promise<void> {
  const { usgs, daymet, from, to, manners } = job.params;
  const { parseStation } = versions[usgs.version];
  const { latitude, longitude } = parseStation(await readFile(job.input, "utf8"), job.wildcards.site_id);
  const url = daymetUrl(daymet, latitude, longitude, from, to);
  const check = (body: string) => checkPoint(parseDaymet(body), latitude, longitude);
  await fetchToFile(url, job.output, check, asking(job, manners, { whenGone: daymetGone }));
}

function asking(
  job: Ask,
  manners: Manners,
  service: Pick<UsgsService, "whenGone" | "whenLimited" | "headers">,
): Asking {
  return {
    manners,
    whenGone: service.whenGone,
    whenLimited: service.whenLimited?.(),
    headers: service.headers?.(),
    log: job.log.bind(job),
    warn: job.warn.bind(job),
  };
}

/** Makes the rows of a site of its three answers. */
export async function assemble(job: {
  input: { site: string; daily: string; daymet: string };
  output: { observations: string; drivers: string; site: string; notes: string };
  wildcards: { site_id: string };
  params: Period & Named & { usgs: Usgs };
}): Promise<void> {
  const { input, output, params } = job;
  const parameters = readParameters(params.parameters);
  const { parseStation, parseDailyValues } = versions[params.usgs.version];
  const site = job.wildcards.site_id;
  const tables = assembleSite(
    parseStation(await readFile(input.site, "utf8"), site),
    parseDailyValues(await readFile(input.daily, "utf8"), site, parameters),
    parseDaymet(await readFile(input.daymet, "utf8")),
    params.from,
    params.to,
    parameters,
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
  params: Period &
    Named & {
      /** Sites whose answers could not be fetched. */
      readonly missing: readonly string[];
    };
}): Promise<void> {
  const { input, output, params } = job;
  const parameters = readParameters(params.parameters);
  const [primary, ...auxiliary] = rolesOf(parameters);
  const columns = observationColumns(parameters);
  const driven: (Days | null)[] = [];
  await concatenate(csvLine(driverColumns), input.drivers, output.drivers, (rows) => {
    const dates = [rows.slice(0, 100), rows.slice(-100)].map((text) => text.match(/\d{4}-\d\d-\d\d/g));
    const [from, to] = [dates[0]?.[0], dates[1]?.at(-1)];
    driven.push(from !== undefined && to !== undefined ? { from, to } : null);
  });
  const days = sharedDays(driven.filter((one) => one !== null)) ?? params;
  const ids: string[] = [];
  await concatenate(csvLine(columns), input.observations, output.observations, (rows) => {
    ids.push(rows.slice(0, rows.indexOf(",")));
  });
  const survey = await surveyObservations(output.observations, primary, trainDays(days));
  const sites = chooseSites(new Map(ids.map((site, at) => [site, driven[at]!])), survey);
  const without = parameters.find(({ column }) => !survey.seen.has(column));
  if (without !== undefined && params.parameters !== undefined)
    throw withoutData(without, parameters, params, sites.length);
  await concatenate(csvLine(siteColumns(parameters)), input.sites, output.sites);
  await concatenate("Missing data and warnings of each site\n", input.notes, output.report);
  if (params.missing.length > 0)
    await appendFile(
      output.report,
      `Not fetched, so in none of the files; the same command tries them again\n${params.missing.map((site) => `  ${site}\n`).join("")}`,
    );
  const leftOut = sites.filter(({ why }) => why !== null).map(({ site, why }) => `  ${site}: ${why}\n`);
  if (leftOut.length > 0) await appendFile(output.report, `Left out of the new config\n${leftOut.join("")}`);
  const drivers = Object.keys(daymetDrivers);
  const wishes = { by: "pnpm data fetch", primary, auxiliary, drivers };
  await writeFile(output.config, starterConfig(describeFolder(wishes, days, sites, survey)));
}

/** A parameter that the user asked for, and that would be an empty column. */
function withoutData(one: Parameter, all: readonly Parameter[], { from, to }: Period, sites: number): Error {
  const others = all.filter((other) => other !== one).map(({ code }) => code);
  return cannot(
    "fetch parameter",
    one.code,
    `${sites === 1 ? "the site has no" : `none of the ${sites} sites has a`} daily value of it from ${from} to ${to}`,
    {
      facts: [
        ["column", one.column],
        ["statistic", one.statistic],
      ],
      hint: `Is the code right? help.waterdata.usgs.gov/codes-and-parameters lists all. Many parameters are sampled by hand and have no daily values; few have a statistic other than the mean (00003).${others.length === 0 ? "" : ` Without it: --parameters ${others.join(" ")}`}`,
    },
  );
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
