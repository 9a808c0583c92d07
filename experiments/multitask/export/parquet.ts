/** Writes Parquet tables row group by row group, so that memory does not grow with the table. */
import type { SchemaElement } from "hyparquet-writer";
import { fitInt32 } from "../seeds.ts";

/** text and numbers may be missing (null); `int` has 32 bits, `long` 64, given as numbers up to 2^53; `date` is a timestamp of days since 1970-01-01, without a time zone. */
export type ColumnType = "text" | "int" | "long" | "double" | "date" | "boolean";

export type Cell = string | number | boolean | null;

/** A table being written; `add` takes the cells of a column each, all of one length. */
export interface ParquetTable {
  add(columns: Readonly<Record<string, readonly Cell[]>>): Promise<void>;
  close(): Promise<void>;
}

const millisecondsPerDay = 86_400_000n;

const elements: Readonly<Record<ColumnType, Omit<SchemaElement, "name">>> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  int: { type: "INT32" },
  long: { type: "INT64" },
  double: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
  // A date would reach pandas as an object, and a timestamp in UTC as a time of another zone.
  date: { type: "INT64", logical_type: { type: "TIMESTAMP", isAdjustedToUTC: false, unit: "MILLIS" } },
};

/** Rows of a row group: readers skip whole groups, and a group is held in memory. */
const rowsPerGroup = 65_536;

/** Creates a table. `metadata` is its text about itself, which pandas has in `df.attrs`. */
export async function createParquet(
  file: string,
  columns: Readonly<Record<string, ColumnType>>,
  metadata: Readonly<Record<string, string>>,
): Promise<ParquetTable> {
  // Loaded here: every start of a run imports this module.
  const { fileWriter, ParquetWriter } = await import("hyparquet-writer");
  const names = Object.keys(columns);
  const writer = new ParquetWriter({
    writer: fileWriter(file),
    schema: [
      { name: "root", num_children: names.length },
      ...names.map((name) => ({ name, repetition_type: "OPTIONAL" as const, ...elements[columns[name]!] })),
    ],
    kvMetadata: [
      ...Object.entries(metadata).map(([key, value]) => ({ key, value })),
      { key: "PANDAS_ATTRS", value: JSON.stringify(metadata) },
    ],
    createdBy: "Braid",
  });
  const held: Record<string, Cell[]> = Object.fromEntries(names.map((name) => [name, []]));
  const heldRows = () => held[names[0]!]!.length;
  const flush = async () => {
    const rows = heldRows();
    if (rows === 0) return;
    await writer.write({
      columnData: names.map((name) => ({
        name,
        data: encoded(columns[name]!, held[name]!),
      })),
      rowGroupSize: rows,
    });
    for (const name of names) held[name] = [];
  };
  return {
    async add(cells) {
      for (const name of names) for (const cell of cells[name]!) held[name]!.push(cell);
      if (heldRows() >= rowsPerGroup) await flush();
    },
    async close() {
      await flush();
      await writer.finish();
    },
  };
}

/** The cells as the writer takes them: integers of 64 bits are bigints. */
function encoded(type: ColumnType, cells: Cell[]): (Cell | bigint)[] {
  if (type !== "date" && type !== "long") return cells;
  const unit = type === "date" ? millisecondsPerDay : 1n;
  return cells.map((cell) => (cell === null ? null : BigInt(cell as number) * unit));
}

/** The type of a column of seeds. */
export function seedType(seeds: readonly number[]): ColumnType {
  return fitInt32(seeds) ? "int" : "long";
}
