/** What the list of sites knows of each: its name, where it is, and every column of numbers. */
import { readFile } from "node:fs/promises";
import type { Site } from "braid-pages/report";
import { parse } from "csv-parse/sync";

const names = ["name", "station_nm"];
const latitudes = ["latitude", "lat", "dec_lat_va"];
const longitudes = ["longitude", "lon", "lng", "dec_long_va"];
/** Of a column with more words than this each is a site's own. */
const mostGroups = 60;
/** Numbers that count nothing. */
const codes = /^(site_id|huc.*|.*_id)$/;

/** The sites in the given order; `file` is null where the data have no list. */
export async function readSites(file: string | null, ids: readonly string[]): Promise<Site[]> {
  const rows =
    file === null
      ? []
      : (parse(await readFile(file), {
          bom: true,
          columns: true,
          trim: true,
          skip_empty_lines: true,
        }) as Record<string, string>[]);
  const byId = new Map(rows.map((row) => [row.site_id, row]));
  const chosen = ids.map((id) => byId.get(id) ?? {});
  const places = [...latitudes, ...longitudes];
  const columns = Object.keys(rows[0] ?? {}).filter((column) => {
    if (codes.test(column) || places.includes(column)) return false;
    const values = chosen.map((row) => row[column] ?? "").filter((text) => text !== "");
    // A property that is the same everywhere explains no difference.
    return (
      values.length > 0 && values.every((text) => Number.isFinite(Number(text))) && new Set(values).size > 1
    );
  });
  const groups = groupsIn(chosen, [...columns, ...places, ...names]);
  return ids.map((id, i) => {
    const row = chosen[i]!;
    return {
      id,
      name: first(row, names) ?? "",
      latitude: number(first(row, latitudes)),
      longitude: number(first(row, longitudes)),
      properties: Object.fromEntries(columns.map((column) => [column, number(row[column])])),
      texts: Object.fromEntries(groups.map((column) => [column, row[column] ?? ""])),
    };
  });
}

/** Columns of few words that sort the sites into groups, as a state or whether flow is regulated. */
function groupsIn(rows: readonly Readonly<Record<string, string>>[], others: readonly string[]): string[] {
  return Object.keys(rows.find((row) => Object.keys(row).length > 0) ?? {}).filter((column) => {
    if (codes.test(column) || others.includes(column)) return false;
    const values = new Set(rows.map((row) => row[column] ?? "").filter((text) => text !== ""));
    const isWord = [...values].some((text) => !Number.isFinite(Number(text)));
    return isWord && values.size > 1 && values.size <= mostGroups;
  });
}

function first(row: Readonly<Record<string, string>>, columns: readonly string[]): string | undefined {
  return columns.map((column) => row[column]).find((text) => text !== undefined && text !== "");
}

function number(text: string | undefined): number | null {
  return text === undefined || text === "" || !Number.isFinite(Number(text)) ? null : Number(text);
}
