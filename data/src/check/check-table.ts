/**
 * One pass over the rows of obs_file or input_file: what each site holds, and what is wrong with it.
 * Memory is bounded by the number of sites, not of rows: days seen are bits.
 */
import { basename } from "node:path";
import { formatDay, parseDay } from "../tables/day.ts";
import { parseNumber } from "../tables/number.ts";
import type { Row, Table } from "../tables/table.ts";
import { cmsPerCfs } from "../tables/units.ts";
import type { Findings, Level } from "./finding.ts";
import { isMissingCode, type Plausible, plausible } from "./plausible.ts";

/** Observations may miss values and days; drivers may not. */
export type Kind = "observations" | "drivers";

/** The values of one column at one site. */
export interface ColumnSummary {
  seen: number;
  missing: number;
  sum: number;
  least: number;
  most: number;
}

/** What one file holds of one site; `first` and `last` are days since 1970-01-01. */
export interface SiteSummary {
  readonly site: string;
  rows: number;
  first: number;
  last: number;
  readonly columns: ReadonlyMap<string, ColumnSummary>;
}

/** Codes beside values (`discharge_cms_qualifiers`) are text and not checked as numbers. */
export function isTextColumn(column: string): boolean {
  return column.endsWith("_qualifiers");
}

interface Progress extends SiteSummary {
  previousDay: number;
  readonly daysSeen: Uint8Array;
  /** Per column: the value before and how often it came in a row. */
  readonly runs: { value: number; length: number }[];
}

interface NumberColumn {
  readonly name: string;
  readonly at: number;
  readonly limits: Plausible | undefined;
}

const firstDay = parseDay("1800-01-01")!;
const lastDay = parseDay("2199-12-31")!;

/** Summaries by site, in the order of the file; findings go to `findings`. */
export async function checkTable(
  table: Table,
  kind: Kind,
  findings: Findings,
): Promise<ReadonlyMap<string, SiteSummary>> {
  const file = basename(table.path);
  const sites = new Map<string, Progress>();
  const dateAt = table.columns.indexOf("date");
  const tminAt = table.columns.indexOf("tmin_c");
  const tmaxAt = table.columns.indexOf("tmax_c");
  for (const column of ["site_id", "date"])
    if (!table.columns.includes(column))
      findings.add(
        "error",
        file,
        null,
        `it has no column "${column}"`,
        `its columns: ${table.columns.join(", ")}`,
      );
  if (table.columns[0] !== "site_id" || dateAt < 0) {
    if (table.columns.includes("site_id"))
      findings.add("error", file, null, 'its first column is not "site_id"');
    return sites;
  }
  const numbers: NumberColumn[] = table.columns
    .map((name, at) => ({ name, at, limits: plausible(name) }))
    .filter(({ name }) => name !== "site_id" && name !== "date" && !isTextColumn(name));
  if (numbers.length === 0) findings.add("error", file, null, "it has no column of numbers");

  const dayOf = rememberDays();
  for await (const rows of table.rows()) for (const row of rows) checkRow(row);
  for (const remark of table.remarks()) findings.add("warning", file, null, remark);
  if (sites.size === 0) findings.add("error", file, null, "it has no rows");
  for (const progress of sites.values()) checkSite(progress, kind, file, findings);
  return sites;

  function checkRow({ line, cells }: Row): void {
    const site = cells[0]!;
    const day = cells.length === table.columns.length ? dayOf(cells[dateAt]!) : null;
    const fault = rowFault(cells, day);
    if (fault !== null || day === null) {
      findings.add("error", file, site, fault!, `line ${line}: ${cells.join(",").slice(0, 60)}`);
      return;
    }
    let progress = sites.get(site);
    if (progress === undefined) {
      progress = startSite(site, day, numbers);
      sites.set(site, progress);
    }
    const bit = day - firstDay;
    if ((progress.daysSeen[bit >> 3]! >> (bit & 7)) & 1)
      findings.add("error", file, site, "a day stands twice", `line ${line}: ${cells[dateAt]}`);
    progress.daysSeen[bit >> 3]! |= 1 << (bit & 7);
    if (day < progress.previousDay)
      findings.add("warning", file, site, "days are not in order", `line ${line}: ${cells[dateAt]}`);
    progress.previousDay = day;
    progress.rows += 1;
    progress.first = Math.min(progress.first, day);
    progress.last = Math.max(progress.last, day);
    for (let i = 0; i < numbers.length; i++) checkCell(progress, numbers[i]!, i, cells, line);
    if (tminAt > 0 && tmaxAt > 0 && Number(cells[tminAt]) > Number(cells[tmaxAt]))
      findings.add("warning", file, site, "tmin_c is above tmax_c", `line ${line}, ${cells[dateAt]}`);
  }

  function rowFault(cells: readonly string[], day: number | null): string | null {
    if (cells.length !== table.columns.length)
      return `a line has not the ${table.columns.length} fields of the header`;
    if (cells[0] === "") return "the site id is empty";
    if (day === null) return "a date is not written like 2018-01-31";
    return day < firstDay || day > lastDay ? "a date is not between 1800 and 2199" : null;
  }

  function checkCell(
    progress: Progress,
    { name, at, limits }: NumberColumn,
    i: number,
    cells: readonly string[],
    line: number,
  ): void {
    const text = cells[at]!;
    const value = parseNumber(text);
    const add = (level: Level, what: string) =>
      findings.add(
        level,
        file,
        progress.site,
        `${name} ${what}`,
        `line ${line}, ${cells[dateAt]}: ${JSON.stringify(text.slice(0, 40))}`,
      );
    const column = progress.columns.get(name)!;
    if (value === null) add("error", "is not a number");
    else if (Number.isNaN(value)) {
      column.missing += 1;
      if (kind === "drivers") add("error", "is missing");
    } else if (isMissingCode(value)) add("error", 'holds a code for "missing": leave the field empty');
    else {
      column.seen += 1;
      column.sum += value;
      column.least = Math.min(column.least, value);
      column.most = Math.max(column.most, value);
      if (limits === undefined) return;
      if (value < limits.least)
        add("warning", limits.least === 0 ? "is negative" : `is below ${limits.least}`);
      if (value > limits.most) add("warning", `is above ${limits.most}`);
      const run = progress.runs[i]!;
      run.length = value === run.value ? run.length + 1 : 1;
      run.value = value;
      if (run.length === limits.stuckDays && value !== 0)
        add("warning", `is the same for ${limits.stuckDays} days or more`);
    }
  }
}

function startSite(site: string, day: number, numbers: readonly NumberColumn[]): Progress {
  const empty = () => ({
    seen: 0,
    missing: 0,
    sum: 0,
    least: Number.POSITIVE_INFINITY,
    most: Number.NEGATIVE_INFINITY,
  });
  return {
    site,
    rows: 0,
    first: day,
    last: day,
    columns: new Map(numbers.map(({ name }) => [name, empty()])),
    previousDay: day,
    daysSeen: new Uint8Array((lastDay - firstDay + 8) >> 3),
    runs: numbers.map(() => ({ value: Number.NaN, length: 0 })),
  };
}

function checkSite(progress: Progress, kind: Kind, file: string, findings: Findings): void {
  const { site, columns } = progress;
  if (/^\d{7}$/.test(site))
    findings.add(
      "warning",
      file,
      site,
      "the id has seven digits: USGS ids have eight or more, was a leading zero lost?",
    );
  if (kind === "drivers") {
    for (let day = progress.first; day <= progress.last; day++) {
      const bit = day - firstDay;
      if (!((progress.daysSeen[bit >> 3]! >> (bit & 7)) & 1))
        findings.add("error", file, site, "a day is missing between the first and the last", formatDay(day));
    }
  }
  for (const [name, { seen, sum }] of columns) {
    if (seen === 0) {
      if (kind === "observations") findings.add("warning", file, site, `${name} was never observed`);
      continue;
    }
    const limits = plausible(name)?.mean;
    const mean = sum / seen;
    if (limits && seen >= 300 && (mean < (limits.least ?? -Infinity) || mean > (limits.most ?? Infinity)))
      findings.add(
        "warning",
        file,
        site,
        `${name} has an unlikely mean: is its unit ${limits.perhaps}?`,
        `mean ${mean.toPrecision(4)}`,
      );
  }
  const cfs = columns.get("discharge_cfs");
  const cms = columns.get("discharge_cms");
  if (
    cfs?.seen &&
    cms?.seen === cfs.seen &&
    Math.abs(cms.sum - cfs.sum * cmsPerCfs) > 0.02 * Math.abs(cms.sum)
  )
    findings.add("warning", file, site, "discharge_cms is not discharge_cfs x 0.0283168");
}

/** `parseDay`, which remembers: a file says the same days once for every site. */
function rememberDays(): (text: string) => number | null {
  const known = new Map<string, number | null>();
  return (text) => {
    let day = known.get(text);
    if (day === undefined) {
      if (known.size > 200_000) known.clear();
      day = parseDay(text);
      known.set(text, day);
    }
    return day;
  };
}
