/**
 * The region of each site: the first two digits of its hydrologic unit code, from `huc` or `huc_cd` of sites.csv.
 *
 * Codes are text of an even length (2 to 12 digits): one of an odd length lost its leading zero on the way.
 */
import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";

/** Region by site; empty where the file has neither column. */
export async function readRegions(file: string | null): Promise<ReadonlyMap<string, string>> {
  if (file === null) return new Map();
  const rows = parse(await readFile(file), { bom: true, columns: true, trim: true }) as Record<
    string,
    string
  >[];
  return new Map(
    rows.flatMap((row): [string, string][] => {
      const region = regionOf(row.huc ?? row.huc_cd ?? "");
      return region === null ? [] : [[row.site_id!, region]];
    }),
  );
}

/** The region of a code, null where it is none: "01050002" and "1050002" are both in "01". */
export function regionOf(code: string): string | null {
  if (!/^\d{1,12}$/.test(code)) return null;
  return (code.length % 2 === 0 ? code : `0${code}`).slice(0, 2);
}

/** `sites` by region, or why they cannot be grouped. */
export function grouped(
  sites: readonly string[],
  regions: ReadonlyMap<string, string>,
): readonly (readonly string[])[] | string {
  const without = sites.filter((site) => !regions.has(site));
  if (without.length > 0)
    return `sites.csv gives no hydrologic unit (huc or huc_cd) of ${without.length === sites.length ? "the sites" : without.slice(0, 3).join(", ")}`;
  const groups = Map.groupBy(sites, (site) => regions.get(site)!);
  return groups.size < 2 ? "all sites are of one region" : [...groups.values()];
}
