/** Finds the sites whose data could not be prepared, and which the results of an experiment therefore lack. */
import { readFileSync, statSync } from "node:fs";
import { type History, readHistory, realFiles } from "braid-engine";
import { parse } from "csv-parse/sync";
import { sitePatterns } from "./model-files.ts";
import type { ResolvedExperiment } from "./resolve.ts";

/** A site that is left out; the reason is empty if the journal does not have it. */
export interface LeftOut {
  readonly site: string;
  readonly reason: string;
}

/** How a job finds out which sites exist: from a file below the experiment's folder. */
export interface Present<J> {
  sites(job: J): readonly string[];
  /** A file of the job, and where it lies below the working folder. */
  file(job: J): readonly [path: string, below: string];
}

/**
 * The params of a job that depend on the sites present. If all are present, the params are the same with and without
 * `strict`, so that setting it makes nothing run again.
 */
export function paramsBySites<J, P>(
  { name, sites, sitesMayFail }: Pick<ResolvedExperiment, "name" | "sites" | "sitesMayFail">,
  present: Present<J>,
  params: (present: readonly string[], leftOut: readonly LeftOut[]) => P,
): P | ((job: J) => P) {
  if (!sitesMayFail) return params(sites, []);
  return (job) => {
    const there = present.sites(job);
    const [path, below] = present.file(job);
    const folder = path.endsWith(below) ? path.slice(0, -below.length) : "";
    return params(there, leftOutOf(folder, name, sites, there));
  };
}

/** The sites left out of an experiment in a working folder, with the reasons that its journal has. */
export function leftOutOf(
  folder: string,
  name: string,
  sites: readonly string[],
  present: readonly string[],
): LeftOut[] {
  const missing = absent(sites, present);
  if (missing.length === 0) return [];
  const { failures } = historyOf(folder === "" ? process.cwd() : folder);
  return missing.map((site) => {
    const path = sitePatterns(name).prepared.replace("{site_id}", site);
    return { site, reason: reasonIn(failures.get(path)?.error ?? "") };
  });
}

function historyOf(folder: string): Pick<History, "failures"> {
  try {
    return readHistory(realFiles(folder));
  } catch {
    // An unreadable journal is reported where the run needs it.
    return { failures: new Map() };
  }
}

/** The first sentence of an error without the site's name, plus the value and its day if the error has them. */
function reasonIn(error: string): string {
  const [first = "", ...facts] = error.split("\n");
  const fact = (name: string) =>
    facts.map((line) => new RegExp(`^\\s+${name}\\s+(.*)$`).exec(line)?.[1]).find(Boolean);
  const [value, date] = [fact("value"), fact("date")];
  const place = [value, date === undefined ? undefined : `on ${date}`]
    .filter((one) => one !== undefined)
    .join(" ");
  const reason = first
    .replace(/^Cannot (?:prepare|read) site "[^"]*": /, "")
    .replace(/^Cannot read ".*?": /, "");
  return place === "" ? reason : `${reason}: ${place}`;
}

/** `02037500 (its primary was never observed), 03015500 (...)`. */
export function namedLeftOut(leftOut: readonly LeftOut[]): string {
  return leftOut.map(({ site, reason }) => (reason === "" ? site : `${site} (${reason})`)).join(", ");
}

/** A path of a site's file, and the part of it below the working folder. */
export function belowExperiment(path: string, name: string): readonly [path: string, below: string] {
  return [path, path.slice(Math.max(0, path.lastIndexOf(`${name}/site_id_`)))];
}

/** The sites that have at least one file among the paths. */
export function sitesInPaths(sites: readonly string[], paths: readonly string[]): string[] {
  const present = new Set(
    paths.map((path) => {
      const from = path.lastIndexOf("/site_id_") + "/site_id_".length;
      return path.slice(from, path.indexOf("/", from));
    }),
  );
  return sites.filter((site) => present.has(site));
}

/** The sites that have lines in a table with the column `site_id`. */
export function sitesInTable(sites: readonly string[], file: string): string[] {
  const { mtimeMs, size, ino } = statSync(file);
  const version = `${mtimeMs} ${size} ${ino}`;
  let known = tables.get(file);
  if (known?.version !== version) {
    known = { version, sites: sitesOf(file) };
    tables.set(file, known);
  }
  const present = known.sites;
  return sites.filter((site) => present.has(site));
}

/** Several rules ask for the sites of the one large table. */
const tables = new Map<
  string,
  { readonly version: string; readonly sites: ReadonlySet<string | undefined> }
>();

function sitesOf(file: string): ReadonlySet<string | undefined> {
  const [header = "", ...lines] = readFileSync(file, "utf8").split(/\r?\n/);
  const at = header.split(",").indexOf("site_id");
  return new Set(at < 0 ? [] : lines.map((line) => fieldOf(line, at)));
}

/** One field of a line. The full table has a hundred thousand lines, so they are not parsed whole. */
function fieldOf(line: string, at: number): string | undefined {
  if (line.includes('"')) return (parse(line, { relax_column_count: true }) as string[][])[0]?.[at];
  let from = 0;
  for (let i = 0; i < at; i++) {
    from = line.indexOf(",", from) + 1;
    if (from === 0) return undefined;
  }
  const to = line.indexOf(",", from);
  return line.slice(from, to < 0 ? line.length : to);
}

/** A caveat for readers of the results if sites are missing; else empty. */
export function missingSites(sites: readonly string[], leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return [];
  return [
    `${sites.length - leftOut.length} of ${sites.length} sites: all counts are of these. Left out, since ${leftOut.length === 1 ? "its" : "their"} data could not be prepared: ${namedLeftOut(leftOut)}.`,
  ];
}

/** A caveat if the config leaves sites out; else empty. */
export function excludedSites(excluded: readonly string[]): string[] {
  return excluded.length === 0 ? [] : [`excluded by the config: ${excluded.join(", ")}.`];
}

export function absent(sites: readonly string[], present: readonly string[]): string[] {
  const there = new Set(present);
  return sites.filter((site) => !there.has(site));
}
