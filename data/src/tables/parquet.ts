/**
 * A Parquet file as rows of text, one row group at a time (reader: hyparquet).
 * Site ids must be stored as text: a number has lost its leading zeros, and guessing them back is refused.
 */

import { cannot } from "braid-engine";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { Row, Table } from "./table.ts";

/** Opens a Parquet file and reads its schema. */
export async function openParquet(path: string): Promise<Table> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const columns = parquetSchema(metadata).children.map((child) => child.element.name);
    const nested = parquetSchema(metadata).children.find((child) => child.children.length > 0);
    if (nested !== undefined)
      throw cannot("read", path, `its column "${nested.element.name}" is nested`, {
        hint: "A table of plain columns is needed: site_id, date and numbers.",
      });
    return {
      path,
      columns,
      remarks: () => [],
      async *rows() {
        let rowStart = 0;
        for (const group of metadata.row_groups) {
          const rowEnd = rowStart + Number(group.num_rows);
          const records = await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors });
          yield records.map(
            (record, i): Row => ({
              line: rowStart + i + 2,
              cells: columns.map((column) => cellText(path, column, record[column])),
            }),
          );
          rowStart = rowEnd;
        }
      },
    };
  } catch (error) {
    if (error instanceof Error && error.name === "BraidError") throw error;
    throw cannot("read", path, `it is not a Parquet file that can be read: ${(error as Error).message}`);
  }
}

function cellText(path: string, column: string, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (column === "site_id" && typeof value !== "string")
    throw cannot("read", path, `its column "site_id" is stored as a number (${String(value)})`, {
      hint: "Leading zeros are lost: write the file again with site ids as text.",
    });
  if (typeof value === "string") return value;
  // pandas stores what is missing as NaN
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  if (typeof value === "bigint") return String(value);
  if (value instanceof Date) return dateText(value);
  throw cannot("read", path, `its column "${column}" holds ${typeof value} values`, {
    hint: "Dates, text and numbers can be read.",
  });
}

/** Days for a time at midnight; else the whole time, which is then no date and is reported as that. */
function dateText(time: Date): string {
  const text = time.toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text;
}
