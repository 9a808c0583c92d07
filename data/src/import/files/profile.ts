/** One pass over a file before its columns have a meaning: what the values of each column look like. */
import { type DateGuesser, type DateProfile, guessDates } from "./dates.ts";
import { type Decimal, isMissing, type NumberForm, numberForm, readNumber } from "./numbers.ts";
import type { Source } from "./source.ts";

/** Numbers of a column: how they are written; of those that are not plainly codes for "missing" how many, the greatest, their sum. */
export interface Numbers {
  readonly seen: Map<NumberForm, string>;
  valued: number;
  most: number;
  sum: number;
}

/** What the values of a column look like. */
export interface ColumnProfile extends Numbers {
  readonly name: string;
  /** Fields that hold something. */
  filled: number;
  /** How many of them are numbers in any form. */
  numbers: number;
  readonly dates: DateGuesser;
  /** By file: its dates and numbers alone, and whether its days repeat, as those of several sites do. */
  readonly files: (Numbers & { readonly dates: DateProfile; readonly repeats: boolean })[];
  /** Different texts, up to `mostTexts`. */
  readonly texts: Set<string>;
  /** The least of the numbers that are not plainly codes for "missing". */
  least: number;
}

/** A file's columns. */
export interface Profile {
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

/** Distinct texts of a column are counted up to this many. */
const mostTexts = 20_000;

/** Reads all rows of files of one header; `missing` are texts without a value besides the usual ones. The dates of a file without any in a form are left out of those of all files. */
export async function profileFiles(
  sources: readonly Source[],
  missing: readonly string[] = [],
): Promise<Profile> {
  const empty = new Set(missing);
  const columns = sources[0]!.columns.map(
    (name): ColumnProfile => ({
      name,
      filled: 0,
      numbers: 0,
      dates: guessDates(),
      files: [],
      texts: new Set(),
      least: Number.POSITIVE_INFINITY,
      ...noNumbers(),
    }),
  );
  let rows = 0;
  for (const source of sources) {
    const files = columns.map(openFile);
    for await (const batch of source.rows())
      for (const { line, cells } of batch) {
        rows += 1;
        for (const [at, column] of columns.entries())
          if (!empty.has(cells[at]!)) addCell(column, files[at]!, cells[at] ?? "", line);
      }
    for (const [at, file] of files.entries()) addFile(columns[at]!, file);
  }
  for (const { dates, files } of columns)
    if (dates.counted === 0) for (const file of files) dates.merge(file.dates);
  return { rows, columns };
}

function noNumbers(): Numbers {
  return { seen: new Map(), valued: 0, most: Number.NEGATIVE_INFINITY, sum: 0 };
}

/** What is seen of a column in one file. */
interface OpenFile extends Numbers {
  readonly dates: DateGuesser;
  /** The different dates, up to `mostTexts`, and how many there are with repetitions. */
  readonly days: Set<string>;
  filled: number;
}

function openFile(): OpenFile {
  return { dates: guessDates(), days: new Set(), filled: 0, ...noNumbers() };
}

/** Adds what was seen in one file to what all files hold. */
function addFile(column: ColumnProfile, { dates, days, filled, ...numbers }: OpenFile): void {
  column.files.push({ dates, repeats: days.size > 0 && filled >= 1.5 * days.size, ...numbers });
  if (dates.forms.size > 0) column.dates.merge(dates);
  for (const [form, text] of numbers.seen) if (!column.seen.has(form)) column.seen.set(form, text);
  column.valued += numbers.valued;
  column.most = Math.max(column.most, numbers.most);
  column.sum += numbers.sum;
}

function addCell(column: ColumnProfile, file: OpenFile, text: string, line: number): void {
  if (isMissing(text)) return;
  column.filled += 1;
  const { dates, seen } = file;
  dates.add(text, line);
  if (dates.isDate) {
    file.filled += 1;
    if (file.days.size < mostTexts) file.days.add(text);
  }
  if (column.texts.size < mostTexts) column.texts.add(text);
  const form = numberForm(text);
  if (form === null) return;
  column.numbers += 1;
  if (!seen.has(form)) seen.set(form, text);
  // For what a mean looks like, the sign that this text allows will do.
  const decimal: Decimal = /comma$/.test(form) ? "," : ".";
  const value = readNumber(text, decimal) ?? 0;
  // Codes for "missing" would move the mean.
  if (value <= -98 || Math.abs(value) >= 1e18) return;
  column.least = Math.min(column.least, value);
  if (!/^9{2,}([.,]9*0*)?$/.test(text)) file.most = Math.max(file.most, value);
  file.sum += value;
  file.valued += 1;
}

/** A column whose values are numbers, but for a few remarks. */
export function isNumeric({ filled, numbers }: ColumnProfile): boolean {
  return filled > 0 && numbers > 0.5 * filled;
}

/** The forms in which the numbers of a file's columns are written. */
export function numberForms(columns: readonly ColumnProfile[]): ReadonlyMap<NumberForm, string> {
  const seen = new Map<NumberForm, string>();
  for (const column of columns)
    if (isNumeric(column)) for (const [form, text] of column.seen) if (!seen.has(form)) seen.set(form, text);
  return seen;
}
