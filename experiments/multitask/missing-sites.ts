/** The sites that an experiment had to do without (`sitesMayFail`), as what was made shows them. */
import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { ResolvedExperiment } from "./resolve.ts";

/**
 * The params of a job that follow from the sites that there are. Where all are there they are the same, whether sites may
 * fail or not: nothing is made again for it.
 */
export function paramsBySites<J, P>(
  { sites, sitesMayFail }: Pick<ResolvedExperiment, "sites" | "sitesMayFail">,
  present: (job: J) => readonly string[],
  params: (present: readonly string[]) => P,
): P | ((job: J) => P) {
  return sitesMayFail ? (job) => params(present(job)) : params(sites);
}

/** Of the sites those of which at least one file is among the paths. */
export function sitesInPaths(sites: readonly string[], paths: readonly string[]): string[] {
  const present = new Set(
    paths.map((path) => {
      const from = path.lastIndexOf("/site_id_") + "/site_id_".length;
      return path.slice(from, path.indexOf("/", from));
    }),
  );
  return sites.filter((site) => present.has(site));
}

/** Of the sites those that a table with the column `site_id` has lines of. */
export function sitesInTable(sites: readonly string[], file: string): string[] {
  const [header = "", ...lines] = readFileSync(file, "utf8").split(/\r?\n/);
  const at = header.split(",").indexOf("site_id");
  const present = new Set(at < 0 ? [] : lines.map((line) => fieldOf(line, at)));
  return sites.filter((site) => present.has(site));
}

/** A field of a line; a table of all models has a hundred thousand, of which few columns are of interest. */
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

/** What readers of the results must know where sites are missing; empty where none is. */
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
