/** For tests: a new empty folder, and Parquet files. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { parseNumber } from "../tables/number.ts";

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "braid-data-"));
}

/** Writes plain CSV text as a Parquet table: ids are text, dates are dates, all else numbers or null. */
export function writeParquet(path: string, csv: string): void {
  const [header = [], ...rows] = csv
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  const columnData = header.map((name, at) => {
    const cells = rows.map((row) => row[at]!);
    if (name === "site_id") return { name, data: cells, type: "STRING" as const };
    if (name === "date")
      return { name, data: cells.map((cell) => new Date(cell)), type: "TIMESTAMP" as const };
    return {
      name,
      data: cells.map((cell) => (cell === "" ? null : parseNumber(cell))),
      type: "DOUBLE" as const,
    };
  });
  parquetWriteFile({ filename: path, columnData, rowGroupSize: 1000 });
}
