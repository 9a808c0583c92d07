/** A table written as CSV, in order, with memory for one batch of rows. */
import { open } from "node:fs/promises";
import type { Table } from "./table.ts";

/** One line of CSV, line feed included; quotes where needed. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\n`;
}

/** Writes all rows of a table, as a Parquet file that is to be read as CSV. */
export async function writeCsv(table: Table, path: string): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(csvLine(table.columns));
    for await (const rows of table.rows())
      await file.writeFile(rows.map(({ cells }) => csvLine(cells)).join(""));
  } finally {
    await file.close();
  }
}
