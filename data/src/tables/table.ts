/**
 * A table of a data folder, CSV or Parquet, as rows of text in one pass: memory does not grow with the file.
 * Site ids stay the text they are.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cannot } from "@braid/engine";
import { openCsv } from "./csv.ts";
import { openParquet } from "./parquet.ts";

/** A row and where it stands: the line of a CSV file (the header is line 1), the row of a Parquet file plus 1. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The column names, and all rows in batches; a row may have more or fewer cells than there are columns. */
export interface Table {
  readonly path: string;
  readonly columns: readonly string[];
  rows(): AsyncIterable<readonly Row[]>;
  /** What the text as a whole shows, known after the last row: a file cut in the middle of a line. */
  remarks(): readonly string[];
}

/** Opens a .csv or .parquet file. @throws for a file that is missing, empty or not readable as what it is. */
export async function openTable(path: string): Promise<Table> {
  if (!existsSync(path)) throw cannot("read", path, "it does not exist");
  return path.endsWith(".parquet") ? openParquet(path) : openCsv(path);
}

/** The file of a folder's table: `<name>.csv`, else `<name>.parquet`, else null. @throws where both are there. */
export function findTable(folder: string, name: string): string | null {
  const found = [`${name}.csv`, `${name}.parquet`].filter((file) => existsSync(join(folder, file)));
  if (found.length === 2)
    throw cannot("read", join(folder, name), "there are both a CSV and a Parquet file of that name", {
      hint: "Keep one of them: it would not be clear which is read.",
    });
  return found[0] === undefined ? null : join(folder, found[0]);
}
