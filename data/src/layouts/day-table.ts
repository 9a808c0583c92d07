/** Layouts with one CSV file per site, weather and flow side by side: a row per day, the column `date` holds the dates. */
import { readFile } from "node:fs/promises";
import { cannot } from "braid-engine";
import { dateFault } from "../check/date-fault.ts";
import { parseLine, trimReturn } from "../tables/csv.ts";
import { parseDay } from "../tables/day.ts";
import { type FolderFiles, filesBySite } from "./files.ts";
import type { Layout, OpenLayout, SiteDays } from "./layout.ts";
import { valueText } from "./values.ts";

/** Opens such a layout; its `sign` has the site of a file as the group `site`. */
export async function openDayTables(files: FolderFiles, layout: Layout): Promise<OpenLayout> {
  const bySite = filesBySite(files, (path) => layout.sign.exec(path)?.groups?.site);
  const wanted = wantedColumns(layout);
  return {
    sites: [...bySite.keys()].sort(),
    leftOut: [],
    notes: [],
    read: (site) => readDayTable(bySite.get(site)!, wanted),
  };
}

/** The columns of drivers and flow, by the names of the data set. */
export function wantedColumns({ drivers, flow }: Layout): ReadonlySet<string> {
  return new Set([...drivers.flatMap(({ from }) => from), ...flow.map(({ from }) => from)]);
}

/** Reads the wanted columns of a CSV file. @throws if a row is cut, a date is none, or days are out of order. */
export async function readDayTable(path: string, wanted: ReadonlySet<string>): Promise<SiteDays> {
  const lines = (await readFile(path, "utf8")).split("\n");
  const endsInLine = lines.at(-1) !== "";
  const header = parseLine(path, 1, trimReturn(lines[0]!.replace(/^\uFEFF/, "")));
  const dateAt = header.indexOf("date");
  if (dateAt < 0)
    throw cannot("read", path, lines[0] === "" ? "it is empty" : 'it has no column "date"', {
      facts: [["header", header.join(",").slice(0, 100)]],
      hint: "Use the file as it was published.",
    });
  const twice = header.find((name, at) => wanted.has(name) && header.indexOf(name) !== at);
  if (twice !== undefined)
    throw cannot("read", path, `it has two columns named "${twice}"`, {
      hint: "Use the file as it was published.",
    });
  const dates: string[] = [];
  const columns = header.flatMap((name, at) =>
    wanted.has(name) ? [{ name, at, values: [] as string[] }] : [],
  );
  for (let i = 1; i < lines.length; i++) {
    const text = trimReturn(lines[i]!);
    if (text === "") continue;
    const cells = parseLine(path, i + 1, text);
    if (cells.length !== header.length)
      throw cannot("read", path, `line ${i + 1} has ${cells.length} fields and the header ${header.length}`, {
        hint: "Is the file complete? Download it again.",
      });
    dates.push(nextDate(cells[dateAt]!, dates.at(-1), path, i + 1));
    for (const { name, at, values } of columns) values.push(valueText(cells[at]!, path, i + 1, name));
  }
  return { dates, endsInLine, columns: new Map(columns.map(({ name, values }) => [name, values])) };
}

/** The date of a row, after that of the row before. @throws if it is none, or not after it. */
export function nextDate(text: string, before: string | undefined, path: string, line: number): string {
  // A time of midnight says no more than the date.
  const date = text.replace(/[T ]00:00(:00)?(\.0+)?Z?$/, "");
  if (parseDay(date) === null)
    throw cannot("read", path, `line ${line}: "${text.slice(0, 40)}": ${dateFault(date)}`, {
      hint: /^\d{1,2}[./-]\d{1,2}[./-]\d{4}$/.test(text)
        ? "Spreadsheets rewrite dates when they save a file: use the file as it was published."
        : "Use the file as it was published.",
    });
  if (before === date)
    throw cannot("read", path, `line ${line}: ${date} occurs twice`, {
      hint: "Keep one line per day.",
    });
  if (before !== undefined && date < before)
    throw cannot("read", path, `line ${line}: ${date} does not come after ${before}`, {
      hint: "Days must be in order: sort the lines, or download the file again.",
    });
  return date;
}
