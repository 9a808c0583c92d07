/** Opening a table by the name of its file: CSV or Parquet. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cannot } from "braid-engine";
import { openCsv } from "./csv.ts";
import { openParquet } from "./parquet.ts";
import type { Table } from "./table.ts";

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
