/** Finds the sites that are missing from the results of an experiment (`sitesMayFail`). */
import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { ResolvedExperiment } from "./resolve.ts";

/**
 * The params of a job that depend on the sites present. If all are present, the params are the same with and without
 * `sitesMayFail`, so that setting it makes nothing run again.
 */
export function paramsBySites<J, P>(
  { sites, sitesMayFail }: Pick<ResolvedExperiment, "sites" | "sitesMayFail">,
  present: (job: J) => readonly string[],
  params: (present: readonly string[]) => P,
): P | ((job: J) => P) {
  return sitesMayFail ? (job) => params(present(job)) : params(sites);
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
  const [header = "", ...lines] = readFileSync(file, "utf8").split(/\r?\n/);
  const at = header.split(",").indexOf("site_id");
  const present = new Set(at < 0 ? [] : lines.map((line) => fieldOf(line, at)));
  return sites.filter((site) => present.has(site));
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
export function missingSites(sites: readonly string[], present: readonly string[]): string[] {
  const missing = absent(sites, present);
  if (missing.length === 0) return [];
  const are = missing.length === 1 ? "1 is missing" : `${missing.length} are missing`;
  return [
    `of ${sites.length} sites ${are}, since their data could not be prepared: ${missing.join(", ")}. All counts are of the other ${present.length}.`,
  ];
}

export function absent(sites: readonly string[], present: readonly string[]): string[] {
  const there = new Set(present);
  return sites.filter((site) => !there.has(site));
}
