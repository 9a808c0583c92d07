/** Reads sites.csv: the ids, the areas of the basins and the data sets that they are from. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BraidError } from "braid-engine";
import { parseNumber } from "../tables/number.ts";
import { openTable } from "../tables/open-table.ts";
import { km2PerSquareMile } from "../tables/units.ts";
import { attributeFault } from "./attribute-fault.ts";
import type { Findings } from "./finding.ts";
import { separatorOf } from "./row-fault.ts";

/** A site of sites.csv. */
export interface Listed {
  readonly site: string;
  /** In km2; NaN where none is given. */
  readonly area: number;
  /** Its column `source` names another data set than the USGS, whose ids have other lengths. */
  readonly foreign: boolean;
}

/** The sites of sites.csv; null if there is no such list. */
export async function readList(folder: string, findings: Findings): Promise<Listed[] | null> {
  const path = join(folder, "sites.csv");
  if (!existsSync(path)) {
    const text = "the file does not exist: every plan reads the drivers for its sites";
    findings.add("warning", "sites.csv", null, text);
    return null;
  }
  try {
    const table = await openTable(path);
    const at = table.columns.indexOf("site_id");
    if (at < 0) {
      findings.add("error", "sites.csv", null, separatorOf(table.columns) ?? 'it has no column "site_id"');
      return null;
    }
    const [areaAt, unit] = findArea(table.columns);
    const sourceAt = table.columns.indexOf("source");
    const sites: Listed[] = [];
    for await (const rows of table.rows())
      for (const { cells } of rows) {
        sites.push({
          site: cells[at] ?? "",
          area: (parseNumber(cells[areaAt] ?? "") ?? Number.NaN) * unit,
          foreign: !/^(|.*usgs.*|synthetic)$/i.test(cells[sourceAt] ?? ""),
        });
        checkAttributes(table.columns, cells, at, findings);
      }
    return sites;
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    findings.add("error", "sites.csv", null, error.message);
    return null;
  }
}

/** Reports the numbers of a row of sites.csv that cannot be right. */
function checkAttributes(
  columns: readonly string[],
  cells: readonly string[],
  siteAt: number,
  findings: Findings,
): void {
  for (const [i, column] of columns.entries()) {
    const [text, value] = [cells[i] ?? "", parseNumber(cells[i] ?? "") ?? Number.NaN];
    const fault = i === siteAt || Number.isNaN(value) ? null : attributeFault(column, value, text);
    if (fault !== null)
      findings.add(fault.level, "sites.csv", cells[siteAt] || null, `${column} ${fault.what}`, `"${text}"`);
  }
}

/** The columns that hold a drainage area, and their units in km2. */
const areaColumns = [
  ["drainage_area_km2", 1],
  ["area_km2", 1],
  ["area_gages2", 1],
  ["drain_area_sqmi", km2PerSquareMile],
  ["drain_area_va", km2PerSquareMile],
] as const;

function findArea(columns: readonly string[]): readonly [at: number, unit: number] {
  const [name, unit] = areaColumns.find(([column]) => columns.includes(column)) ?? areaColumns[0];
  return [columns.indexOf(name), unit];
}
