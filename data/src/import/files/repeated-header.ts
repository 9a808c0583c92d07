/**
 * Lines inside a table that name the columns again, as in downloads of several gauges and in joined files. If they name the same
 * columns, they are skipped, with the line of units below them. If not, the rows below them would have another meaning.
 */
import { cannot } from "braid-engine";
import type { Row } from "../../tables/table.ts";
import { isTypeLine } from "./sniff.ts";

/** How many fields of a line must be names of columns: one may be a value that happens to be such a name. */
const leastNames = 2;

/** Tells rows of values from repeated headers, in the order of a file's lines. */
export function headerFilter(
  path: string,
  columns: readonly string[],
  units: readonly string[] | null,
): (row: Row) => boolean {
  const names = new Set(columns.filter((name) => name !== "" && /\p{L}/u.test(name)));
  const isUnits = (cells: readonly string[]) =>
    units?.every((unit, at) => unit === (cells[at] ?? "").replace(/^-$/, "")) ?? false;
  let afterHeader = false;
  return ({ line, cells }) => {
    const wasAfter = afterHeader;
    afterHeader = false;
    if (wasAfter && (isTypeLine(cells) || isUnits(cells))) return false;
    // Most lines end here.
    if (!isHeader(cells, names)) return true;
    const same = cells.every((cell, at) => withoutSeries(cell) === withoutSeries(columns[at] ?? ""));
    if (!same) throw otherHeader(path, line, columns, cells);
    afterHeader = true;
    return false;
  };
}

function isHeader(cells: readonly string[], names: ReadonlySet<string>): boolean {
  let found = 0;
  for (const cell of cells) if (names.has(cell)) found++;
  return found >= leastNames;
}

/** The USGS puts the number of a time series before its codes, another one for each gauge: 69928_00060_00003. */
function withoutSeries(name: string): string {
  return name.replace(/^\d+_(?=\d{5}_)/, "");
}

/** The error for a line that names other columns than the first. */
export function otherHeader(
  path: string,
  line: number,
  columns: readonly string[],
  cells: readonly string[],
): Error {
  return cannot("read", path, `line ${line} names the columns again, and not the same ones`, {
    facts: [
      ["column names", columns.join(" | ").slice(0, 100)],
      [`line ${line}`, cells.join(" | ").slice(0, 100)],
    ],
    hint: "Write the lines from there on into a file of their own: their columns mean something else.",
  });
}
