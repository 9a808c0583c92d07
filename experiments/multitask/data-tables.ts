/** The tables of a data folder: where they are, whether they have the columns that are asked for, and which sites. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkColumns, readHeader } from "@braid/data/records";
import { findTable, openTable } from "@braid/data/tables";
import { cannot } from "braid-engine";
import { checkQualifiers } from "./reading/observations.ts";
import { knownSites } from "./sites.ts";

type TableName = "obs_file" | "input_file";

/** A Parquet table and the CSV file that a rule makes of it in the working folder. */
export interface Converted {
  readonly from: string;
  readonly to: `${string}.csv`;
}

/** The two tables, as the rules read them, and the Parquet files that they are converted from. */
export interface Tables {
  readonly observations: string;
  readonly drivers: string;
  readonly parquet: readonly Converted[];
}

/** The two tables of a data folder; `data` is its full path, `into` the folder of converted files. */
export function tablesOf(name: string, data: string, into = "data/from_parquet"): Tables {
  const parquet = (["obs_file", "input_file"] as const).flatMap((table) =>
    findTable(data, table)?.endsWith(".parquet")
      ? [{ from: join(name, `${table}.parquet`), to: `${into}/${table}.csv` as const }]
      : [],
  );
  const fileOf = (table: TableName) =>
    parquet.find(({ to }) => to.endsWith(`/${table}.csv`))?.to ?? join(name, `${table}.csv`);
  return { observations: fileOf("obs_file"), drivers: fileOf("input_file"), parquet };
}

/** The file of the user that a table is, or is converted from. */
export function sourceOf(table: string, parquet: readonly Converted[]): string {
  return parquet.find(({ to }) => to === table)?.from ?? table;
}

/** The header of a table, or of what it is converted from; undefined if a rule has yet to make it. */
export async function headerOf(
  folder: string,
  file: string,
  parquet: readonly Converted[],
): Promise<readonly string[] | undefined> {
  const source = sourceOf(file, parquet);
  const path = resolve(folder, source);
  if (!existsSync(path)) return undefined;
  return source === file ? readHeader(path) : (await openTable(path)).columns;
}

/** The columns that an experiment reads. */
interface WantedColumns {
  readonly drivers: readonly string[];
  readonly variables: readonly string[];
  readonly mask: readonly string[];
}

/** The headers of both files, where they are there already: a column that no site can do without is missed here. */
export async function checkFiles(
  folder: string,
  { observations, drivers, parquet }: Tables,
  wanted: WantedColumns,
): Promise<(readonly string[] | undefined)[]> {
  const driven = await headerOf(folder, drivers, parquet);
  if (driven !== undefined) checkColumns(sourceOf(drivers, parquet), driven, ["date", ...wanted.drivers]);
  const observed = await headerOf(folder, observations, parquet);
  if (observed !== undefined) {
    const source = sourceOf(observations, parquet);
    checkColumns(source, observed, ["date", ...wanted.variables]);
    checkQualifiers(source, observed, wanted.variables, wanted.mask);
  }
  return [driven, observed];
}

/** The sites of a data folder, and the file that lists them (null: its drivers do). */
export async function sitesOf(
  folder: string,
  name: string,
  { drivers, parquet }: Pick<Tables, "drivers" | "parquet">,
): Promise<{ readonly known: readonly string[]; readonly list: string | null }> {
  const data = resolve(folder, name);
  const list = existsSync(join(data, "sites.csv")) ? join(name, "sites.csv") : null;
  const source = sourceOf(drivers, parquet);
  if (list === null && source !== drivers)
    throw cannot("list the sites of", name, "it has no sites.csv", {
      facts: [["drivers", source]],
      hint: "Write a sites.csv with the column site_id beside the Parquet tables: a run does not read whole tables to plan.",
    });
  return { known: await knownSites(data, resolve(folder, drivers)), list };
}
