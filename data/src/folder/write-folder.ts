/**
 * The last step of every import: the three files of a data folder and a config that runs as it is. Files get their names
 * when they are complete; a config that is there already is the user's and stays.
 */
import { existsSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDischarge } from "../check/units-of.ts";
import { parseDay } from "../tables/day.ts";
import {
  type Choice,
  type Days,
  type Described,
  runFolder,
  sharedDays,
  starterConfig,
  trainDays,
} from "../tables/starter-config.ts";
import { csvLine } from "../tables/write-csv.ts";
import { type Survey, surveyObservations } from "./survey.ts";

/** The columns of the three files; `site_id` and `date` come before them. */
export interface FolderColumns {
  /** Of obs_file.csv: variables, and the codes beside them (`<variable>_qualifiers`). */
  readonly variables: readonly string[];
  /** Of input_file.csv. */
  readonly drivers: readonly string[];
  /** Of sites.csv. */
  readonly attributes: readonly string[];
}

/** A day: its ISO date and a text per column, in the unit that the column's name says; empty if it was not observed. */
export interface DayRow {
  readonly date: string;
  readonly values: readonly string[];
}

/** All that a folder holds of one site; days in order. */
export interface SiteRows {
  readonly site: string;
  readonly attributes: readonly string[];
  readonly observations: Iterable<DayRow>;
  readonly drivers: Iterable<DayRow>;
}

/** What the config says beyond what the files show. */
export interface ConfigWishes {
  /** The command that writes the folder. */
  readonly by: string;
  /** The variable to predict. */
  readonly primary: string;
  /** What is learnt beside the primary where it was observed; without it, temp_c. */
  readonly auxiliary?: readonly string[];
  /** The drivers that a model sees; without it, all of them. */
  readonly drivers?: readonly string[];
  /** The primary is discharge though its name does not say so. */
  readonly discharge?: readonly string[];
}

/** What was written. */
export interface WrittenFolder {
  /** Every site, and why a run cannot learn from it; null if it can. */
  readonly choices: readonly Choice[];
  /** The days of the config, on which all sites have drivers; null if there are none, and then none is written. */
  readonly days: Days | null;
  /** The user's own config was there already and has stayed. */
  readonly keptConfig: boolean;
}

/** Writes a data folder, one site in memory at a time. */
export async function writeFolder(
  out: string,
  columns: FolderColumns,
  sites: AsyncIterable<SiteRows> | Iterable<SiteRows>,
  wishes: ConfigWishes,
): Promise<WrittenFolder> {
  await mkdir(out, { recursive: true });
  const paths = ["obs_file.csv", "input_file.csv", "sites.csv"].map((name) => join(out, name));
  const files = await Promise.all(paths.map((path) => open(partial(path), "w")));
  const driven = new Map<string, Days | null>();
  const seen: Days[] = [];
  const primaryAt = columns.variables.indexOf(wishes.primary);
  try {
    const [observations, drivers, list] = files as [FileHandle, FileHandle, FileHandle];
    await observations.writeFile(csvLine(["site_id", "date", ...columns.variables]));
    await drivers.writeFile(csvLine(["site_id", "date", ...columns.drivers]));
    await list.writeFile(csvLine(["site_id", ...columns.attributes]));
    for await (const one of sites) {
      const observed = await writeDays(observations, one.site, one.observations, primaryAt);
      if (observed !== null) seen.push(observed);
      driven.set(one.site, await writeDays(drivers, one.site, one.drivers));
      await list.writeFile(csvLine([one.site, ...one.attributes]));
    }
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
  for (const path of paths) await rename(partial(path), path);

  const short = shortRecords(driven);
  const shared = sharedDays(
    [...driven].flatMap(([site, one]) => (one === null || short.has(site) ? [] : [one])),
  );
  const days = shared === null ? null : usefulDays(shared, seen);
  if (days === null)
    return { choices: [...driven.keys()].map((site) => ({ site, why: null })), days, keptConfig: false };
  const survey = await surveyObservations(paths[0]!, wishes.primary, trainDays(days));
  const choices = chooseSites(driven, survey).map((choice) => ({
    ...choice,
    why: choice.why ?? short.get(choice.site) ?? null,
  }));
  const config = join(out, "config.yml");
  const keptConfig = existsSync(config);
  if (!keptConfig)
    await writeFile(
      config,
      starterConfig({
        ...describeFolder({ ...wishes, drivers: wishes.drivers ?? columns.drivers }, days, choices, survey),
        run: runFolder(out),
      }),
    );
  return { choices, days, keptConfig };
}

/** What a config is written for, given the survey of the observations: without temperature, flow is learnt alone. */
export function describeFolder(
  wishes: ConfigWishes & { readonly drivers: readonly string[] },
  days: Days,
  sites: readonly Choice[],
  { observed }: Survey,
): Described {
  const auxiliary = (wishes.auxiliary ?? usualAuxiliary).filter(
    (name) => name !== wishes.primary && observed.has(name),
  );
  // A run recognises these by their names; the config says which have scores of discharge.
  const named = [wishes.primary, ...auxiliary].filter(isDischarge);
  const discharge = [...new Set([...(wishes.discharge ?? []), ...named])];
  return { ...wishes, ...days, sites, auxiliary, discharge };
}

/** The variables that are learnt beside the primary where there are any. */
const usualAuxiliary = ["temp_c"];

/** The sites of a folder, those without drivers or observations among them. */
export function chooseSites(driven: ReadonlyMap<string, Days | null>, { choices }: Survey): Choice[] {
  const seen = new Map(choices.map(({ site, why }) => [site, why]));
  return [...driven].map(([site, days]) => {
    if (days === null) return { site, why: "no drivers" };
    const why = seen.get(site);
    return { site, why: why === undefined ? "no observations" : why };
  });
}

/** Sites with drivers on less than half of the typical period, which would shorten the days of all others; and why they are left out. */
function shortRecords(driven: ReadonlyMap<string, Days | null>): ReadonlyMap<string, string> {
  const records = [...driven.values()].filter((one) => one !== null);
  if (records.length === 0) return new Map();
  const usual = { from: median(records.map(({ from }) => from))!, to: median(records.map(({ to }) => to))! };
  const length = (one: Days | null) => (one === null ? 0 : parseDay(one.to)! - parseDay(one.from)! + 1);
  return new Map(
    [...driven].flatMap(([site, one]): [string, string][] => {
      if (one === null || 2 * length(sharedDays([one, usual])) >= length(usual)) return [];
      return [[site, `drivers only from ${one.from} to ${one.to}, less than half of the typical period`]];
    }),
  );
}

function median(dates: string[]): string | undefined {
  return dates.toSorted()[dates.length >> 1];
}

/** Of days with drivers those between the median first and the median last observation: weather may begin long before. */
function usefulDays(shared: Days, seen: readonly Days[]): Days {
  const first = median(seen.map(({ from }) => from)) ?? shared.from;
  const last = median(seen.map(({ to }) => to)) ?? shared.to;
  return sharedDays([shared, { from: first, to: last }]) ?? shared;
}

/**
 * Writes the rows of a site and returns its first and last day, of those with a value in the column `at` if it is given;
 * null if there is none.
 */
async function writeDays(
  file: FileHandle,
  site: string,
  rows: Iterable<DayRow>,
  at?: number,
): Promise<Days | null> {
  const lines: string[] = [];
  let first: string | undefined;
  let last = "";
  for (const { date, values } of rows) {
    lines.push(csvLine([site, date, ...values]));
    if (at !== undefined && values[at] === "") continue;
    first ??= date;
    last = date;
  }
  await file.writeFile(lines.join(""));
  return first === undefined ? null : { from: first, to: last };
}

function partial(path: string): string {
  return `${path}.partial`;
}
