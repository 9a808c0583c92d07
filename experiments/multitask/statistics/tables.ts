/** The tables of the statistics: CSV files with named columns, an empty field where there is no value. */
import { readFile, writeFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import { line } from "../csv.ts";

/** One line by column, as text. */
export type Row = Readonly<Record<string, string>>;

/** A value to write: numbers in seven significant digits, null as an empty field. */
export type Value = string | number | null;

/** Writes lines whose keys are the columns; all have the same. */
export async function writeTable<C extends string>(
  file: string,
  columns: readonly C[],
  rows: readonly Readonly<Record<C, Value>>[],
): Promise<void> {
  const text = rows.map((row) => line(columns.map((column) => rounded(row[column]))));
  await writeFile(file, line(columns) + text.join(""));
}

/** The lines of a table. */
export async function readTable(file: string): Promise<Row[]> {
  return parse(await readFile(file), { columns: true }) as Row[];
}

/** The number in a field, null where it is empty. */
export function numberIn(text: string | undefined): number | null {
  return text === undefined || text === "" ? null : Number(text);
}

function rounded(value: Value): Value {
  return typeof value === "number" ? Number(value.toPrecision(7)) : value;
}
