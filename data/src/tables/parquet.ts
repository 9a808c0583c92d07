/**
 * A Parquet file as rows of text, one row group at a time (reader: hyparquet).
 * Site ids must be stored as text: a number has lost its leading zeros, and guessing them back is refused.
 */

import { cannot } from "braid-engine";
import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaElement,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { Row, Table } from "./table.ts";

/** A Parquet table, and which of its columns are stored as numbers. */
export interface ParquetTable extends Table {
  readonly numeric: ReadonlySet<string>;
}

/** Opens a Parquet file and reads its schema. `anyIds`: ids that are stored as numbers are left to the caller. */
export async function openParquet(
  path: string,
  { anyIds = false }: { readonly anyIds?: boolean } = {},
): Promise<ParquetTable> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const columns = parquetSchema(metadata).children.map((child) => child.element.name);
    const nested = parquetSchema(metadata).children.find((child) => child.children.length > 0);
    if (nested !== undefined)
      throw cannot("read", path, `its column "${nested.element.name}" is nested`, {
        hint: "A table of plain columns is needed: site_id, date and numbers.",
      });
    const numeric = parquetSchema(metadata)
      .children.filter(({ element }) => isNumber(element))
      .map(({ element }) => element.name);
    return {
      path,
      columns,
      numeric: new Set(numeric),
      remarks: () => [],
      async *rows() {
        let rowStart = 0;
        for (const group of metadata.row_groups) {
          const rowEnd = rowStart + Number(group.num_rows);
          const records = await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors });
          yield records.map(
            (record, i): Row => ({
              line: rowStart + i + 2,
              cells: columns.map((column) => {
                if (column === "site_id" && !anyIds) checkId(path, record[column]);
                return cellText(path, column, record[column]);
              }),
            }),
          );
          rowStart = rowEnd;
        }
      },
    };
  } catch (error) {
    if (error instanceof Error && error.name === "BraidError") throw error;
    throw cannot("read", path, `it is not a Parquet file that can be read: ${(error as Error).message}`, {
      hint: "Is the file complete? Write or download it again.",
    });
  }
}

/** Whether values of a column are numbers: dates are integers too, with a type of their own above. */
function isNumber({ type, converted_type, logical_type }: SchemaElement): boolean {
  if (type === undefined || /BYTE_ARRAY|BOOLEAN|INT96/.test(type)) return false;
  return !/DATE|TIME/.test(`${converted_type} ${logical_type?.type}`);
}

function checkId(path: string, value: unknown): void {
  if (value === null || value === undefined || typeof value === "string") return;
  throw cannot("read", path, `its column "site_id" is stored as a number (${String(value)})`, {
    hint: "Leading zeros are lost: write the file again with site ids as text.",
  });
}

function cellText(path: string, column: string, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  // pandas stores what is missing as NaN
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "boolean") return String(value);
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
