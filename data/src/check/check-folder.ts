/** The three files of a data folder, each checked and then compared with each other. */
import { existsSync } from "node:fs";
import { BraidError, cannot } from "braid-engine";
import { formatDay } from "../tables/day.ts";
import { findTable, openTable } from "../tables/open-table.ts";
import { lacksPrecipitation } from "./check-precipitation.ts";
import { checkRunoff } from "./check-runoff.ts";
import { checkTable, type SiteSummary } from "./check-table.ts";
import { checkVariables, primaryOf } from "./check-variables.ts";
import type { Kind } from "./column.ts";
import { collectFindings, type Finding, type Findings } from "./finding.ts";
import { type Listed, readList } from "./read-list.ts";
import { coreOf, differenceOf, idFault, oddLength } from "./site-ids.ts";
import { isDischarge } from "./units-of.ts";

/** What a folder holds and what is wrong with it. */
export interface FolderReport {
  readonly folder: string;
  readonly observations: ReadonlyMap<string, SiteSummary>;
  readonly drivers: ReadonlyMap<string, SiteSummary>;
  /** The ids of sites.csv; null if there is no such file. */
  readonly listed: readonly string[] | null;
  /** The variable that a run is to predict; null if there are no observations. */
  readonly primary: string | null;
  readonly findings: readonly Finding[];
}

/** What is known of the run that will use a folder. */
export interface Use {
  /** The variable to predict; where it is not given, the one that `primaryOf` takes. */
  readonly primary?: string | undefined;
  /** The sites to learn from; where they are not given, those of sites.csv. */
  readonly sites?: readonly string[];
}

/** Checks a data folder in one pass over each file. @throws if the folder does not exist. */
export async function checkFolder(folder: string, use: Use = {}): Promise<FolderReport> {
  if (!existsSync(folder))
    throw cannot("check", folder, "the folder does not exist", {
      hint: "A data folder holds obs_file.csv, input_file.csv and sites.csv.",
    });
  const findings = collectFindings();
  const list = await readList(folder, findings);
  const foreign = new Set(list?.filter((one) => one.foreign).map(({ site }) => site));
  const observations = await checkFile(folder, "obs_file", "observations", findings, foreign);
  const drivers = await checkFile(folder, "input_file", "drivers", findings, foreign);
  const listed = list === null ? null : list.map(({ site }) => site);
  compareIds([...observations.keys(), ...drivers.keys(), ...(listed ?? [])], findings);
  if (observations.size > 0 && drivers.size > 0) compare(observations, drivers, findings);
  if (list !== null) compareList(list, observations, drivers, findings);
  const areas = new Map(list?.map(({ site, area }) => [site, area]));
  checkRunoff(areas, observations, drivers, findings);
  const primary = use.primary ?? primaryOf(observations);
  const used = use.sites ?? listed;
  checkVariables(primary, observations, used === null ? null : new Set(used), findings);
  checkPrecipitation(primary, drivers, findings);
  return { folder, observations, drivers, listed, primary, findings: findings.all() };
}

function checkPrecipitation(
  primary: string | null,
  drivers: ReadonlyMap<string, SiteSummary>,
  findings: Findings,
): void {
  const [first] = drivers.values();
  if (primary === null || !isDischarge(primary) || first === undefined) return;
  const warning = lacksPrecipitation(primary, [...first.columns.keys()]);
  if (warning !== null) findings.add("warning", "input_file.csv", null, warning);
}

async function checkFile(
  folder: string,
  name: string,
  kind: Kind,
  findings: Findings,
  foreign: ReadonlySet<string>,
): Promise<ReadonlyMap<string, SiteSummary>> {
  try {
    const path = findTable(folder, name);
    if (path === null) {
      findings.add("error", `${name}.csv`, null, "the file does not exist");
      return new Map();
    }
    return await checkTable(await openTable(path), kind, findings, foreign);
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    findings.add("error", `${name}.csv`, null, error.message);
    return new Map();
  }
}

/** Reports ids of two files that are the same site, changed in one of the files. */
function compareIds(ids: readonly string[], findings: Findings): void {
  const byCore = new Map<string, string>();
  for (const site of new Set(ids)) {
    const core = coreOf(site);
    const other = byCore.get(core);
    if (other !== undefined) findings.add("error", "the files", site, differenceOf(site, other));
    byCore.set(core, site);
  }
}

function compare(
  observations: ReadonlyMap<string, SiteSummary>,
  drivers: ReadonlyMap<string, SiteSummary>,
  findings: Findings,
): void {
  for (const [site, observed] of observations) {
    const driven = drivers.get(site);
    if (driven === undefined) {
      findings.add("error", "input_file.csv", site, "the site has observations and no drivers");
      continue;
    }
    if (observed.first < driven.first || observed.last > driven.last)
      findings.add(
        "warning",
        "obs_file.csv",
        site,
        "observations reach beyond the drivers and are not used there",
        `drivers from ${formatDay(driven.first)} to ${formatDay(driven.last)}`,
      );
  }
  for (const site of drivers.keys())
    if (!observations.has(site))
      findings.add("error", "obs_file.csv", site, "the site has drivers and no observations");
}

function compareList(
  sites: readonly Listed[],
  observations: ReadonlyMap<string, SiteSummary>,
  drivers: ReadonlyMap<string, SiteSummary>,
  findings: Findings,
): void {
  const known = new Set<string>();
  for (const { site, foreign } of sites) {
    const [fault, odd] = [idFault(site), foreign ? null : oddLength(site)];
    if (site === "") findings.add("error", "sites.csv", null, "a site id is empty");
    else if (fault !== null) findings.add("error", "sites.csv", site, fault);
    else if (odd !== null && !drivers.has(site) && !observations.has(site))
      findings.add("warning", "sites.csv", site, odd);
    if (site === "") continue;
    if (known.has(site)) findings.add("error", "sites.csv", site, "the site is listed twice");
    else if (observations.size > 0 && drivers.size > 0 && !observations.has(site) && !drivers.has(site))
      findings.add("error", "sites.csv", site, "the site is listed and has neither observations nor drivers");
    known.add(site);
  }
  for (const site of drivers.keys())
    if (!known.has(site))
      findings.add("warning", "sites.csv", site, "the site is not listed: `sites: all` leaves it out");
}
