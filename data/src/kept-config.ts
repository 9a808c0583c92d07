/** Finds what a config names and the data beside it lack, and what of the data it does not use, after an import or a fetch that kept the config. */
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { listed } from "./check/listed.ts";
import { openTable } from "./tables/open-table.ts";
import type { Days } from "./tables/starter-config.ts";

/** The keys of an experiment that name columns and sites. */
interface Entry {
  readonly primary?: unknown;
  readonly auxiliary?: unknown;
  readonly drivers?: unknown;
  readonly sites?: unknown;
  readonly partitions?: unknown;
}

/** What a config for the new data would use. */
export interface Usable {
  readonly sites: readonly string[];
  /** Null if the sites share no day. */
  readonly days: Days | null;
}

/** Lines for each experiment of a config; none if the config reads another folder than its own. */
export interface Comparison {
  /** What the data lack: `expA: drivers tmin_c, tmax_c: not in input_file.csv`. */
  readonly missing: readonly string[];
  /** What the config does not use: `expA: in the data, and not among its drivers: prcp_mm`. */
  readonly unused: readonly string[];
}

/** Compares a config with the data folder in which it lies; its sites and days only with what is `usable`, if this is given. */
export async function compareConfig(config: string, usable?: Usable): Promise<Comparison> {
  const folder = dirname(config);
  const written = await readFile(config, "utf8");
  let content: {
    readonly data?: unknown;
    readonly experiments?: Readonly<Record<string, Entry | null>>;
  } | null;
  try {
    content = parse(written, { merge: true });
  } catch (error) {
    return { missing: [`it is not YAML: ${(error as Error).message.split("\n")[0]}`], unused: [] };
  }
  if (typeof content?.data === "string" && resolve(folder, content.data) !== resolve(folder))
    return { missing: [], unused: [] };
  const columnsOf = async (file: string) => new Set((await openTable(join(folder, file))).columns);
  const known = {
    "obs_file.csv": await columnsOf("obs_file.csv"),
    "input_file.csv": await columnsOf("input_file.csv"),
    "sites.csv": await sitesOf(join(folder, "sites.csv")),
  };
  const entries = Object.entries(content?.experiments ?? {});
  const missing = entries.flatMap(([name, entry]) => {
    const named = (what: keyof Entry, file: keyof typeof known) => {
      const absent = texts(entry?.[what]).filter((one) => !known[file].has(one));
      return absent.length === 0 ? [] : [`${name}: ${what} ${listed(absent)}: not in ${file}`];
    };
    return [
      ...named("primary", "obs_file.csv"),
      ...named("auxiliary", "obs_file.csv"),
      ...named("drivers", "input_file.csv"),
      ...(Array.isArray(entry?.sites) ? named("sites", "sites.csv") : []),
    ];
  });
  const unused = entries.flatMap(([name, entry]) => [
    ...unusedDrivers(name, entry, known["input_file.csv"]),
    ...(usable === undefined ? [] : unusedSites(name, entry, usable.sites)),
    ...(usable === undefined || usable.days === null ? [] : unusedDays(name, entry, usable.days)),
  ]);
  return { missing, unused };
}

function unusedDrivers(name: string, entry: Entry | null, columns: ReadonlySet<string>): string[] {
  if (entry?.drivers === undefined) return [];
  const drivers = new Set(["site_id", "date", ...texts(entry.drivers)]);
  const others = [...columns].filter((column) => !drivers.has(column));
  return others.length === 0 ? [] : [`${name}: in the data, and not among its drivers: ${listed(others)}`];
}

function unusedSites(name: string, entry: Entry | null, sites: readonly string[]): string[] {
  if (!Array.isArray(entry?.sites)) return [];
  const named = new Set(texts(entry.sites));
  const others = sites.filter((site) => !named.has(site));
  return others.length === 0 ? [] : [`${name}: in the data, and not among its sites: ${listed(others)}`];
}

/** Days of the data before the first or after the last day of the partitions: a config for shorter data ends early. */
function unusedDays(name: string, entry: Entry | null, { from, to }: Days): string[] {
  const dates = Object.values(entry?.partitions ?? {})
    .flatMap(texts)
    .flatMap((range) => range.match(/\d{4}-\d\d-\d\d/g) ?? [])
    .sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined || (first <= from && last >= to)) return [];
  return [`${name}: its partitions are from ${first} to ${last}, and the data from ${from} to ${to}`];
}

async function sitesOf(file: string): Promise<ReadonlySet<string>> {
  const table = await openTable(file);
  const at = table.columns.indexOf("site_id");
  const sites = new Set<string>();
  for await (const rows of table.rows()) for (const { cells } of rows) sites.add(cells[at] ?? "");
  return sites;
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string");
}
