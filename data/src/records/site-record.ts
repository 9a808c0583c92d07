/**
 * The record of one site from a CSV file with columns `site_id,date,...`: days in order, numbers as float64.
 * An empty field is a missing value (NaN). Fields pass the checks of `pnpm data check`: what they call an error is
 * one here, with its place; what they call odd comes along as a warning.
 */
import { basename } from "node:path";
import { cannot, nearest } from "braid-engine";
import { checkColumn, checkField, type Report, startColumn } from "../check/column.ts";
import { collectFindings, type Finding, type Findings } from "../check/finding.ts";
import { oddExtremes } from "../check/plausible.ts";
import { rowFault } from "../check/row-fault.ts";
import { asSeen, coreOf } from "../check/site-ids.ts";
import { parseLine } from "../tables/csv.ts";
import { type Day, formatDay, parseDay } from "../tables/day.ts";
import type { Row } from "../tables/table.ts";
import { decodeLines, indexSites, linesOf, type Piece, type SiteIndex } from "./site-index.ts";

/** Columns [D], D days in ascending order without duplicates; days may be missing between them. */
export interface SiteRecord {
  readonly site: string;
  /** The file it was read from, for messages. */
  readonly file: string;
  readonly days: Int32Array;
  readonly numbers: Readonly<Record<string, Float64Array>>;
  readonly texts: Readonly<Record<string, readonly string[]>>;
  /** What looks odd in the columns that were read. */
  readonly warnings: readonly Finding[];
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
  for await (const [site, pieces] of linesOf(file, index, sites)) {
    try {
      yield [site, parseRecord(file, index, site, pieces, columns)];
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
  const spoilt = known.find((other) => coreOf(other) === coreOf(site));
  if (spoilt !== undefined)
    return cannot("read site", site, `"${file}" has it as "${spoilt}"`, {
      hint:
        asSeen(spoilt) === asSeen(site)
          ? "The two look the same but have different characters: write both in the same way."
          : "Ids are text: programs that read them as numbers drop zeros and digits. Write the file again.",
    });
  return cannot("read site", site, `"${file}" has no line of it`, {
    facts: [["closest", nearest(site, known).join(", ") || "none: the file has no sites"]],
  });
}

function parseRecord(
  file: string,
  { header, unended }: SiteIndex,
  site: string,
  pieces: readonly Piece[],
  { numbers, texts = [] }: Columns,
): SiteRecord {
  const rows: DatedRow[] = [];
  for (const piece of pieces) addRows(rows, file, header, site, piece);
  if (rows.some(({ day }, i) => i > 0 && day < rows[i - 1]!.day)) rows.sort((a, b) => a.day - b.day);
  const twice = rows.find(({ day }, i) => i > 0 && day === rows[i - 1]!.day);
  if (twice !== undefined)
    throw cannot("read", file, `site ${site} has two lines for ${formatDay(twice.day)}`, {
      facts: [["line", String(twice.line)]],
      hint: "Keep one line per site and date.",
    });
  const findings = collectFindings();
  if (unended?.site === site)
    findings.add(
      "warning",
      file,
      site,
      "the last line does not end in a line feed: is the file complete?",
      `line ${unended.line}`,
    );
  const read = Object.fromEntries(
    numbers.map((name) => [name, readColumn(file, site, name, header.indexOf(name), rows, findings)]),
  );
  const { tmin_c, tmax_c } = read;
  for (const [i, { line, day }] of rows.entries()) {
    const odd = oddExtremes(tmin_c?.[i] ?? Number.NaN, tmax_c?.[i] ?? Number.NaN);
    if (odd !== null) findings.add("warning", file, site, odd, `line ${line}, ${formatDay(day)}`);
  }
  const found = texts.filter((name) => header.includes(name));
  return {
    site,
    file,
    days: Int32Array.from(rows, ({ day }) => day),
    numbers: read,
    texts: Object.fromEntries(
      found.map((name) => [name, rows.map(({ cells }) => cells[header.indexOf(name)]!)]),
    ),
    warnings: findings.all(),
  };
}

interface DatedRow extends Row {
  readonly day: Day;
}

function addRows(
  rows: DatedRow[],
  file: string,
  header: readonly string[],
  site: string,
  piece: Piece,
): void {
  const dateAt = header.indexOf("date");
  for (const [i, text] of decodeLines(file, piece).entries()) {
    if (text === "") continue;
    const line = piece.line + i;
    const cells = parseLine(file, line, text);
    const day = parseDay(cells[dateAt] ?? "");
    const fault = rowFault(cells, day, header.length, dateAt);
    if (fault !== null || day === null)
      throw cannot("read", file, `${fault}`, {
        facts: [
          ["line", `${line}: ${text.slice(0, 100)}`],
          ["site", site],
        ],
      });
    rows.push({ line, cells, day });
  }
}

const observationHint =
  "Leave the field empty where nothing was observed; codes go into a column of their own.";

/** An empty field of a driver is the next error, unless the run fills gaps. */
const driverHint =
  "A driver needs a number on every day: write it, or leave the field empty and set `fillGaps: N` in the config, which interpolates gaps of up to N days.";

/** Whether a file holds drivers: input_file.csv of any data folder, or made from its Parquet file. */
function isDriverFile(file: string): boolean {
  return basename(file).startsWith("input_file.");
}

/** One column, [D]; what is odd goes to `findings`. @throws for what is no number, or a code for "missing". */
function readColumn(
  file: string,
  site: string,
  name: string,
  at: number,
  rows: readonly DatedRow[],
  findings: Findings,
): Float64Array {
  const column = startColumn(name);
  const values = new Float64Array(rows.length);
  let row = rows[0]!;
  // One function for all rows, not one for each: this is where a big file spends its time.
  const report: Report = (level, what) => {
    const { line, cells, day } = row;
    if (level === "warning")
      return findings.add(
        level,
        file,
        site,
        `${name} ${what}`,
        `line ${line}, ${formatDay(day)}: ${cells[at]}`,
      );
    throw cannot("read", file, `${name} ${what}`, {
      facts: [
        ["value", JSON.stringify(cells[at]!.slice(0, 40))],
        ["site", site],
        ["date", formatDay(day)],
        ["line", String(line)],
      ],
      hint: isDriverFile(file) ? driverHint : observationHint,
    });
  };
  for (let i = 0; i < rows.length; i++) {
    row = rows[i]!;
    values[i] = checkField(column, row.cells[at]!, report) ?? Number.NaN;
  }
  checkColumn(column, (level, what, example) => findings.add(level, file, site, `${name} ${what}`, example));
  return values;
}
