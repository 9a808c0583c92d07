/** Finds the sites whose data could not be prepared, and which the results of an experiment therefore lack. */
import { readFileSync } from "node:fs";
import { type History, readHistory, realFiles } from "braid-engine";
import { parse } from "csv-parse/sync";
import { oncePerVersion } from "./file-version.ts";
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

/** The sites of `sites` in the input `metrics` of a job; below the working folder it is `table`. */
export function inMetrics(
  sites: readonly string[],
  table: string,
): Present<{ readonly input: { readonly metrics: string } }> {
  return {
    sites: ({ input }) => sitesInTable(sites, input.metrics),
    file: ({ input }) => [input.metrics, table],
  };
}

/**
 * The params of a job that depend on the sites present. If all are present, the params are the same with and without
 * `strict`, so that setting it makes nothing run again.
 */
export function paramsBySites<J, P>(
  experiment: Pick<ResolvedExperiment, "name" | "preparedBy" | "sites" | "sitesMayFail">,
  present: Present<J>,
  params: (present: readonly string[], leftOut: readonly LeftOut[]) => P,
): P | ((job: J) => P) {
  const { sites, sitesMayFail } = experiment;
  if (!sitesMayFail) return params(sites, []);
  return (job) => {
    const there = present.sites(job);
    const [path, below] = present.file(job);
    const folder = path.endsWith(below) ? path.slice(0, -below.length) : "";
    return params(there, leftOutOf(folder, experiment, there));
  };
}

/** Params, or a function that gives them, with more. */
export function withMore<J, P, M>(params: P | ((job: J) => P), more: M): (P & M) | ((job: J) => P & M) {
  if (typeof params !== "function") return { ...params, ...more };
  return (job) => ({ ...(params as (job: J) => P)(job), ...more });
}

/** The sites left out of an experiment in a working folder, with the reasons that its journal has. */
export function leftOutOf(
  folder: string,
  experiment: Pick<ResolvedExperiment, "name" | "preparedBy" | "sites">,
  present: readonly string[],
): LeftOut[] {
  const missing = absent(experiment.sites, present);
  if (missing.length === 0) return [];
  const { failures } = historyOf(folder === "" ? process.cwd() : folder);
  return missing.map((site) => {
    const path = sitePatterns(experiment).prepared.replace("{site_id}", site);
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

/** A path of a site's or a unit's file, and the part of it below the working folder. */
export function belowExperiment(path: string, name: string): readonly [path: string, below: string] {
  const from = Math.max(...["site_id", "unit", "ungauged"].map((of) => path.lastIndexOf(`${name}/${of}_`)));
  return [path, path.slice(Math.max(0, from))];
}

/** The sites that have lines in the metrics of at least one model among the paths: those of a unit have the same sites. */
export function sitesInMetrics(
  { sites, units }: Pick<ResolvedExperiment, "sites" | "units">,
  paths: readonly string[],
): string[] {
  if (units === undefined) return sitesInPaths(sites, paths);
  const ofUnits = new Map(paths.map((path) => [/.*\/(?:unit|ungauged)_[^/]+\//.exec(path)?.[0] ?? "", path]));
  const present = new Set([...ofUnits.values()].flatMap((path) => sitesInTable(sites, path)));
  return sites.filter((site) => present.has(site));
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
  const present = valuesInTable(file, "site_id");
  return sites.filter((site) => present.has(site));
}

/** The texts that stand in a column of a table; none where it has no such column. */
export function valuesInTable(file: string, column: string): ReadonlySet<string> {
  const known = columnsOf(file);
  const values = known.get(column) ?? readValues(file, column);
  known.set(column, values);
  return values;
}

/** The columns read so far. Several rules ask for the sites of the one large table. */
const columnsOf = oncePerVersion(() => new Map<string, ReadonlySet<string>>());

function readValues(file: string, column: string): ReadonlySet<string> {
  const [header = "", ...lines] = readFileSync(file, "utf8").split(/\r?\n/);
  const at = header.split(",").indexOf(column);
  const values = at < 0 ? [] : lines.map((line) => fieldOf(line, at));
  return new Set(values.filter((value) => value !== undefined));
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
