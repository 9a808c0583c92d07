/**
 * The record of one site from a CSV file with columns `site_id,date,...`: days in order, numbers as float64.
 * An empty field is a missing value (NaN); anything else that is no number is an error, never a guess.
 */

import { cannot } from "@braid/engine";
import { parse } from "csv-parse/sync";
import { closest } from "./closest.ts";
import { type Day, formatDay, parseDay } from "./dates.ts";
import { indexSites, linesOf } from "./site-index.ts";

/** Columns [D], D days in ascending order without duplicates; days may be missing between them. */
export interface SiteRecord {
  readonly site: string;
  /** The file it was read from, for messages. */
  readonly file: string;
  readonly days: Int32Array;
  readonly numbers: Readonly<Record<string, Float64Array>>;
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

/** Which columns to read; of `texts`, only those the file has. */
export interface Columns {
  readonly numbers: readonly string[];
  readonly texts?: readonly string[];
}

/**
 * The records of `sites`, each as soon as it is read, in the order of the file; a site that cannot be read
 * comes with its error, so that it spoils no other one.
 * @throws where the file or one of the number columns is missing.
 */
export async function* readRecords(
  file: string,
  sites: readonly string[],
  columns: Columns,
): AsyncGenerator<readonly [site: string, record: SiteRecord | Error]> {
  const index = await indexSites(file);
  checkColumns(file, index.header, ["date", ...columns.numbers]);
  for (const site of sites)
    if (!index.spans.has(site)) yield [site, unknownSite(file, site, [...index.spans.keys()])];
  for await (const [site, text] of linesOf(file, index, sites)) {
    try {
      yield [site, parseRecord(file, index.header, site, text, columns)];
    } catch (error) {
      yield [site, error as Error];
    }
  }
}

/** @throws where `header` lacks one of `columns`. */
export function checkColumns(file: string, header: readonly string[], columns: readonly string[]): void {
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length === 0) return;
  throw cannot("read", file, `it has no column ${missing.map((column) => `"${column}"`).join(", ")}`, {
    facts: [["its columns", header.join(", ")]],
    hint: "Name columns in the config (primary, auxiliary, drivers) as the file names them.",
  });
}

function unknownSite(file: string, site: string, known: readonly string[]): Error {
  return cannot("read site", site, `"${file}" has no line of it`, {
    facts: [["closest", closest(site, known).join(", ") || "none: the file has no sites"]],
  });
}

function parseRecord(
  file: string,
  header: readonly string[],
  site: string,
  text: string,
  { numbers, texts = [] }: Columns,
): SiteRecord {
  const rows = splitRows(file, site, text).filter((row) => row[0] === site);
  const at = (column: string) => header.indexOf(column);
  const dated = rows.map((row) => ({ row, day: dayOf(file, site, header, row, at("date")) }));
  if (dated.some(({ day }, i) => i > 0 && day < dated[i - 1]!.day)) dated.sort((a, b) => a.day - b.day);
  const twice = dated.find(({ day }, i) => i > 0 && day === dated[i - 1]!.day);
  if (twice !== undefined)
    throw cannot("read", file, `site ${site} has two lines for ${formatDay(twice.day)}`, {
      hint: "Keep one line per site and date.",
    });
  const numberColumn = (column: string) => {
    const index = at(column);
    return Float64Array.from(dated, ({ row, day }) => numberOf(file, site, column, day, row[index]!));
  };
  return {
    site,
    file,
    days: Int32Array.from(dated, ({ day }) => day),
    numbers: Object.fromEntries(numbers.map((column) => [column, numberColumn(column)])),
    texts: Object.fromEntries(
      texts
        .filter((column) => at(column) >= 0)
        .map((column) => [column, dated.map(({ row }) => row[at(column)]!)]),
    ),
  };
}

function splitRows(file: string, site: string, text: string): string[][] {
  try {
    return parse(text, { trim: true, relax_column_count: true, skip_empty_lines: true }) as string[][];
  } catch (error) {
    throw cannot("read", file, `the lines of site ${site} are not CSV: ${(error as Error).message}`);
  }
}

function dayOf(
  file: string,
  site: string,
  header: readonly string[],
  row: readonly string[],
  at: number,
): Day {
  if (row.length !== header.length)
    throw cannot(
      "read",
      file,
      `a line of site ${site} has ${row.length} fields, the first line has ${header.length}`,
      {
        facts: [["line", row.join(",").slice(0, 100)]],
      },
    );
  const day = parseDay(row[at]!);
  if (day !== null) return day;
  throw cannot("read", file, `${JSON.stringify(row[at])} of site ${site} is not a date`, {
    hint: "Dates are written 2018-01-31.",
  });
}

function numberOf(file: string, site: string, column: string, day: Day, text: string): number {
  if (text === "") return Number.NaN;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw cannot("read", file, `${JSON.stringify(text)} is not a number`, {
    facts: [
      ["site", site],
      ["column", column],
      ["date", formatDay(day)],
    ],
    hint: "Leave the field empty where nothing was observed; codes go into a column of their own.",
  });
}
