/**
 * One pass over the rows of obs_file or input_file: what each site holds, and what is wrong with it.
 * Memory is bounded by the number of sites, not of rows.
 */
import { basename } from "node:path";
import { formatDay, parseDay } from "../tables/day.ts";
import { parseNumber } from "../tables/number.ts";
import type { Row, Table } from "../tables/table.ts";
import { cmsPerCfs } from "../tables/units.ts";
import {
  type Column,
  type ColumnSummary,
  checkColumn,
  checkField,
  type Kind,
  type Report,
  startColumn,
} from "./column.ts";
import { type DaySet, daySet } from "./day-set.ts";
import type { Findings } from "./finding.ts";
import { oddExtremes } from "./plausible.ts";
import { rowFault, separatorOf } from "./row-fault.ts";
import { idFault, oddLength } from "./site-ids.ts";

/** What one file holds of one site; `first` and `last` are days since 1970-01-01. */
export interface SiteSummary {
  readonly site: string;
  readonly rows: number;
  readonly first: number;
  readonly last: number;
  readonly columns: ReadonlyMap<string, ColumnSummary>;
}

/** A site on its way through a file. */
interface Site extends SiteSummary {
  rows: number;
  first: number;
  last: number;
  readonly columns: ReadonlyMap<string, Column>;
  previousDay: number;
  readonly daysSeen: DaySet;
}

/** Where the columns stand. */
interface Layout {
  readonly width: number;
  readonly date: number;
  readonly numbers: readonly { readonly name: string; readonly at: number }[];
  /** Positions of tmin_c and tmax_c, where both are there. */
  readonly extremes: readonly [number, number] | null;
}

/** Summaries by site, in the order of the file; findings go to `findings`. `foreign` are sites whose ids are not of the USGS. */
export async function checkTable(
  table: Table,
  kind: Kind,
  findings: Findings,
  foreign: ReadonlySet<string> = new Set(),
): Promise<ReadonlyMap<string, SiteSummary>> {
  const file = basename(table.path);
  const sites = new Map<string, Site>();
  const layout = readLayout(table.columns, file, findings);
  if (layout === null) return sites;
  for await (const rows of table.rows())
    for (const row of rows) checkRow(row, layout, sites, kind, file, findings);
  for (const remark of table.remarks()) findings.add("warning", file, null, remark);
  if (sites.size === 0) findings.add("error", file, null, "it has no rows");
  for (const site of sites.values()) {
    checkId(site.site, file, foreign, findings);
    checkSite(site, kind, file, findings);
  }
  return sites;
}

/** Names of columns of codes: ours, and dataretrieval's. */
const ofCodes = /_(qualifiers|cd)$/;

function readLayout(columns: readonly string[], file: string, findings: Findings): Layout | null {
  const error = (text: string, example?: string) => findings.add("error", file, null, text, example);
  const separated = separatorOf(columns);
  if (separated !== null) {
    error(separated, columns.join(",").slice(0, 100));
    return null;
  }
  const missing = ["site_id", "date"].filter((column) => !columns.includes(column));
  for (const column of missing) error(`it has no column "${column}"`, `its columns: ${columns.join(", ")}`);
  if (missing.length > 0) return null;
  if (columns[0] !== "site_id") {
    error('its first column is not "site_id"');
    return null;
  }
  // Codes beside values (discharge_cms_qualifiers) are text.
  const numbers = columns
    .map((name, at) => ({ name, at }))
    .filter(({ name }) => name !== "site_id" && name !== "date" && !ofCodes.test(name));
  for (const name of columns)
    if (ofCodes.test(name) && !name.endsWith("_qualifiers"))
      findings.add(
        "warning",
        file,
        null,
        `the column "${name}" looks like codes, and a run masks those of columns "<variable>_qualifiers" alone: rename it`,
      );
  if (numbers.length === 0) error("it has no column of numbers");
  const [tmin, tmax] = [columns.indexOf("tmin_c"), columns.indexOf("tmax_c")];
  const extremes = tmin > 0 && tmax > 0 ? ([tmin, tmax] as const) : null;
  return { width: columns.length, date: columns.indexOf("date"), numbers, extremes };
}

function checkRow(
  { line, cells }: Row,
  layout: Layout,
  sites: Map<string, Site>,
  kind: Kind,
  file: string,
  findings: Findings,
): void {
  const id = cells[0]!;
  const day = cells.length === layout.width ? parseDay(cells[layout.date]!) : null;
  const fault = rowFault(cells, day, layout.width, layout.date);
  if (fault !== null || day === null) {
    findings.add("error", file, id, fault!, `line ${line}: ${cells.join(",").slice(0, 60)}`);
    return;
  }
  let site = sites.get(id);
  if (site === undefined) {
    site = startSite(id, day, layout);
    sites.set(id, site);
  }
  const date = cells[layout.date]!;
  if (site.daysSeen.has(day)) findings.add("error", file, id, "a day occurs twice", `line ${line}: ${date}`);
  if (day < site.previousDay)
    findings.add("warning", file, id, "days are not in order", `line ${line}: ${date}`);
  site.daysSeen.add(day);
  site.previousDay = day;
  site.rows += 1;
  site.first = Math.min(site.first, day);
  site.last = Math.max(site.last, day);
  for (const { name, at } of layout.numbers) {
    const report: Report = (level, what) => {
      const place = `line ${line}, ${date}: ${JSON.stringify(cells[at]!.slice(0, 40))}`;
      findings.add(level, file, id, `${name} ${what}`, place);
    };
    const value = checkField(site.columns.get(name)!, cells[at]!, report);
    if (kind === "drivers" && Number.isNaN(value)) report("error", "is missing");
  }
  if (layout.extremes === null) return;
  const [tmin, tmax] = layout.extremes.map((at) => parseNumber(cells[at]!) ?? Number.NaN) as [number, number];
  const odd = oddExtremes(tmin, tmax);
  if (odd !== null) findings.add("warning", file, id, odd, `line ${line}, ${date}`);
}

function startSite(site: string, day: number, { numbers }: Layout): Site {
  return {
    site,
    rows: 0,
    first: day,
    last: day,
    columns: new Map(numbers.map(({ name }) => [name, startColumn(name)])),
    previousDay: day,
    daysSeen: daySet(),
  };
}

function checkId(site: string, file: string, foreign: ReadonlySet<string>, findings: Findings): void {
  const [fault, odd] = [idFault(site), foreign.has(site) ? null : oddLength(site)];
  if (fault !== null) findings.add("error", file, site, fault);
  else if (odd !== null) findings.add("warning", file, site, odd);
}

function checkSite(
  { site, first, last, columns, daysSeen }: Site,
  kind: Kind,
  file: string,
  findings: Findings,
): void {
  if (kind === "drivers")
    for (let day = first; day <= last; day++)
      if (!daysSeen.has(day))
        findings.add("error", file, site, "a day is missing between the first and the last", formatDay(day));
  for (const [name, column] of columns) {
    checkColumn(column, (level, what, example) =>
      findings.add(level, file, site, `${name} ${what}`, example),
    );
  }
  const [cfs, cms] = [columns.get("discharge_cfs"), columns.get("discharge_cms")];
  if (
    cfs &&
    cms &&
    cfs.seen === cms.seen &&
    Math.abs(cms.sum - cfs.sum * cmsPerCfs) > 0.02 * Math.abs(cms.sum)
  )
    findings.add("warning", file, site, "discharge_cms is not discharge_cfs x 0.0283168");
}
