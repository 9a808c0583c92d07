/** A file to import, as rows of text: any text table, or Parquet. */
import { existsSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { cannot } from "braid-engine";
import { asSeen } from "../../check/site-ids.ts";
import { readRows } from "../../tables/csv.ts";
import { openParquet } from "../../tables/parquet.ts";
import type { Row } from "../../tables/table.ts";
import { headerFilter } from "./repeated-header.ts";
import { type Sniffed, sniff } from "./sniff.ts";

/** A file before its columns have a meaning. */
export interface Source {
  readonly path: string;
  /** Its name without folders: what a mapping calls it. */
  readonly name: string;
  readonly columns: readonly string[];
  /** The texts of a line of units, one per column; null if there is none. */
  readonly units: readonly string[] | null;
  /** How the text is written; null for Parquet. */
  readonly dialect: Sniffed | null;
  /** Columns that a Parquet file stores as numbers: an id there has lost its zeros. */
  readonly numeric: ReadonlySet<string>;
  /** A day of a site has a row for each variable. */
  readonly tidy?: boolean;
  /** Columns of the file that are not among `columns`. */
  readonly dropped?: readonly string[];
  rows(): AsyncIterable<readonly Row[]>;
  /** What is odd about the file's end, once its rows are read. */
  remarks(): readonly string[];
}

/** Opens a file. @throws for a file that is missing, a folder, or not readable as a table. */
export async function openSource(
  path: string,
  given: { separator?: string; encoding?: string } = {},
): Promise<Source> {
  if (!existsSync(path)) throw cannot("read", path, "it does not exist");
  if (statSync(path).isDirectory())
    throw cannot("read", path, "it is a folder", {
      hint: `Give its files: ${path.replace(/\/$/, "")}/*.csv`,
    });
  const name = asSeen(basename(path));
  if (path.endsWith(".parquet")) {
    const table = await openParquet(path, { anyIds: true });
    const columns = table.columns.map(asSeen);
    checkColumns(path, columns);
    const numeric = new Set([...table.numeric].map(asSeen));
    return {
      path,
      name,
      columns,
      units: null,
      dialect: null,
      numeric,
      rows: () => table.rows(),
      remarks: () => [],
    };
  }
  await refuseOtherKinds(path);
  const dialect = await sniff(path, given);
  const columns = dialect.columns.map(asSeen);
  checkColumns(path, columns);
  const below = dialect.units === null ? 0 : 1;
  const remarks: string[] = [];
  const at = { ...dialect, header: dialect.header + below };
  return {
    path,
    name,
    columns,
    units: dialect.units,
    dialect,
    numeric: new Set(),
    rows: () => tableRows(path, columns, dialect.units, readRows(path, at, remarks)),
    remarks: () => remarks,
  };
}

const netcdf =
  "Give the folder of a published data set that holds it (Caravan), or write its variables as CSV.";

/** The first bytes of files that are no text, and what to do with them. */
const otherKinds: readonly (readonly [start: string, what: string, hint: string])[] = [
  ["PK", "a spreadsheet or a zip archive", "Save each sheet of a spreadsheet as CSV; unpack an archive."],
  ["\xd0\xcf\x11\xe0", "a spreadsheet", "Save each of its sheets as CSV."],
  ["\x1f\x8b", "compressed by gzip", "Unpack it first: gunzip."],
  ["BZh", "compressed by bzip2", "Unpack it first: bunzip2."],
  ["\xfd7zXZ", "compressed by xz", "Unpack it first: unxz."],
  ["\x28\xb5\x2f\xfd", "compressed by zstd", "Unpack it first: unzstd."],
  ["CDF", "a NetCDF file", netcdf],
  ["\x89HDF", "a NetCDF-4 or HDF5 file", netcdf],
  ["PAR1", "a Parquet file", "Give it a name that ends in .parquet."],
];

/** @throws for a file that is no text, by its first bytes: a name may say anything. */
async function refuseOtherKinds(path: string): Promise<void> {
  const file = await open(path, "r");
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0).finally(() => file.close());
  const start = buffer.subarray(0, bytesRead).toString("latin1");
  const found = otherKinds.find(([bytes]) => start.startsWith(bytes));
  if (found !== undefined)
    throw cannot(
      "read",
      path,
      `it is ${found[1]}; only text tables (CSV) and Parquet files can be imported`,
      {
        hint: found[2],
      },
    );
}

function checkColumns(path: string, columns: readonly string[]): void {
  const twice = columns.find((column, i) => column !== "" && columns.indexOf(column) !== i);
  if (twice !== undefined)
    throw cannot("read", path, `it has two columns named "${twice}"`, {
      hint: "Give each column a name of its own.",
    });
  if (
    columns.every((column) => column === "" || /^[-+\d.,:/ ]+$/.test(column)) &&
    !columns.some((column) => /[a-z]/i.test(column))
  )
    throw cannot("read", path, "its first line has values instead of column names", {
      facts: [["first line", columns.join(" | ").slice(0, 80)]],
      hint: "Write a line with the names of the columns above it.",
    });
}

/** The rows of values, each as wide as the header; a separator at the end of lines counts for nothing. */
async function* tableRows(
  path: string,
  columns: readonly string[],
  units: readonly string[] | null,
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  const holdsValues = headerFilter(path, columns, units);
  for await (const rows of batches) {
    const filled = rows.filter(
      (row) => !row.cells[0]?.startsWith("#") && row.cells.some((cell) => cell !== "") && holdsValues(row),
    );
    for (const { line, cells } of filled) {
      const extra = cells.length - columns.length;
      if (extra === 0 || (extra === 1 && cells.at(-1) === "")) continue;
      throw cannot(
        "read",
        path,
        `line ${line} has ${cells.length} fields, the line of the column names has ${columns.length}`,
        {
          facts: [
            ["column names", columns.join(" | ").slice(0, 100)],
            ["line", cells.join(" | ").slice(0, 100)],
          ],
          hint: "Remove lines above the column names and below the table that do not belong to it, or mend the line.",
        },
      );
    }
    yield filled;
  }
}
