/** The Parquet table of a site: a row per model and day, with what was predicted and what was observed. */
import { safeNames } from "./cf.ts";
import { type Cell, type ColumnType, createParquet, seedType } from "./parquet.ts";
import type { SiteAxes, SiteVariable } from "./site-file.ts";

/** What one model predicted: [T] by column, NaN where there is nothing. */
export interface ModelSeries {
  readonly factor: number;
  readonly seed: number;
  readonly backend: string;
  readonly byColumn: ReadonlyMap<string, Float64Array>;
}

/** A table that takes models. */
export interface SiteTable {
  add(series: ModelSeries): Promise<void>;
  close(): Promise<void>;
}

/** Creates the table. Tables of synthetic data have a column `synthetic`. */
export async function createSiteTable(
  file: string,
  { site, seeds, days, partitions, partitionOf }: SiteAxes,
  variables: readonly SiteVariable[],
  attributes: Readonly<Record<string, string>>,
  synthetic: boolean,
): Promise<SiteTable> {
  const names = safeNames(variables.map(({ column }) => column));
  const observed = variables.map(({ column, observed }): [string, Cell[]] => [
    `${names.get(column)}_observed`,
    cellsOf(observed),
  ]);
  const constant = (value: Cell) => days.map(() => value);
  const shared: Readonly<Record<string, readonly Cell[]>> = {
    site_id: constant(site),
    partition: Array.from(partitionOf, (index) => partitions[index]!),
    date: days,
    ...Object.fromEntries(observed),
    ...(synthetic ? { synthetic: constant(true) } : {}),
  };
  const doubles = (columns: Iterable<string>) =>
    [...columns].map((name): [string, ColumnType] => [name, "double"]);
  const table = await createParquet(
    file,
    {
      ...{ site_id: "text", factor: "double", seed: seedType(seeds), partition: "text", date: "date" },
      ...Object.fromEntries(doubles(names.values())),
      ...Object.fromEntries(doubles(observed.map(([name]) => name))),
      backend: "text",
      ...(synthetic ? { synthetic: "boolean" } : {}),
    },
    attributes,
  );
  return {
    add: ({ factor, seed, backend, byColumn }) =>
      table.add({
        ...shared,
        ...{ factor: constant(factor), seed: constant(seed), backend: constant(backend) },
        ...Object.fromEntries(
          variables.map(({ column }) => [names.get(column)!, cellsOf(byColumn.get(column)!)]),
        ),
      }),
    close: () => table.close(),
  };
}

function cellsOf(values: Float64Array): Cell[] {
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value));
}
