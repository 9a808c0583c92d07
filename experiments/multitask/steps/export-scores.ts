/**
 * export_scores: overall_metrics.csv as NetCDF and as Parquet, whose columns are those of the CSV file with their types.
 *
 * Reads the file twice, line by line: memory holds the scores of the NetCDF file as numbers, and one row group of the Parquet table.
 */
import { openTable, parseNumber } from "@braid/data/tables";
import { cannot } from "braid-engine";
import { type FileFacts, fileAttributes } from "../export/cf.ts";
import { type Cell, type ColumnType, createParquet, seedType } from "../export/parquet.ts";
import { arraysOf, newArray, trainedWords, writeScoreFile } from "../export/score-file.ts";
import { flowScoreNames } from "../flow-scores.ts";
import { scoreNames } from "../metrics.ts";
import { readSites } from "../report/read-sites.ts";
import { formerColumns, metricsColumns } from "./metrics-table.ts";

interface ExportScoresJob {
  readonly input: { readonly metrics: string; readonly sites: readonly string[] };
  readonly output: { readonly netcdf: string; readonly parquet: string };
  readonly params: Omit<FileFacts, "trainedBy"> & {
    readonly variables: readonly string[];
    readonly discharge: readonly string[];
    /** Those that have lines in the table. */
    readonly sites: readonly string[];
    readonly factors: readonly number[];
    readonly seeds: readonly number[];
    readonly evaluate: readonly string[];
  };
}

const hint = "Gather the scores again: -R combine_metrics";

/** Writes the two files. */
export async function exportScores({ input, output, params }: ExportScoresJob): Promise<void> {
  const { factors, seeds, evaluate: partitions } = params;
  const { scores, backends } = await readScores(input.metrics, params);
  const attributes = await fileAttributes("Scores", "export_scores", {
    ...params,
    trainedBy: [...backends].sort().join(", "),
  });
  const sites = await readSites(input.sites[0] ?? null, params.sites);
  await writeScoreFile(output.netcdf, { sites, factors, seeds, partitions }, scores, attributes);
  await writeTable(input.metrics, output.parquet, attributes, params);
}

async function readScores(file: string, params: ExportScoresJob["params"]) {
  const { variables, discharge, sites, factors, seeds, evaluate } = params;
  const size = sites.length * factors.length * seeds.length * evaluate.length;
  const scores = variables.map((column) => {
    const names = arraysOf(discharge.includes(column));
    return { column, arrays: new Map(names.map((name) => [name, newArray(name, size)])) };
  });
  const backends = new Set<string>();
  const places = [sites, factors, seeds, evaluate].map(
    (values) => new Map(values.map((value, i) => [String(value), i])),
  );
  let lines = 0;
  for await (const row of rowsOf(file)) {
    lines++;
    backends.add(row.backend!);
    const index = ["site_id", "factor", "seed", "partition"].reduce((sum, key, k) => {
      const place = places[k]!.get(row[key]!);
      if (place === undefined) throw foreign(file, key, row[key]!);
      return sum * places[k]!.size + place;
    }, 0);
    const own = scores.find(({ column }) => column === row.variable);
    if (own === undefined) throw foreign(file, "variable", row.variable!);
    for (const [name, values] of own.arrays)
      values[index] =
        name === "trained" ? trainedWords.indexOf(row.trained!) : numberIn(file, name, row[name] ?? "");
  }
  if (lines !== size * variables.length)
    throw cannot("export", file, `it has ${lines} lines of scores, not ${size * variables.length}`, { hint });
  return { scores, backends };
}

async function writeTable(
  file: string,
  to: string,
  attributes: Readonly<Record<string, string>>,
  { synthetic, seeds }: Pick<ExportScoresJob["params"], "synthetic" | "seeds">,
): Promise<void> {
  const table = await createParquet(
    to,
    {
      ...Object.fromEntries(
        metricsColumns.map((column) => [column, column === "seed" ? seedType(seeds) : typeOf(column)]),
      ),
      ...(synthetic ? { synthetic: "boolean" as const } : {}),
    },
    attributes,
  );
  for await (const row of rowsOf(file)) {
    const cells = metricsColumns.map((column): [string, Cell[]] => {
      const text = row[column] ?? "";
      if (typeOf(column) === "text") return [column, [text]];
      return [column, [text === "" ? null : numberIn(file, column, text)]];
    });
    await table.add({ ...Object.fromEntries(cells), ...(synthetic ? { synthetic: [true] } : {}) });
  }
  await table.close();
}

function typeOf(column: string): ColumnType {
  if (column === "seed" || column.startsWith("n_")) return "int";
  return column === "factor" || ([...scoreNames, ...flowScoreNames] as readonly string[]).includes(column)
    ? "double"
    : "text";
}

/** The lines of the table by column. */
async function* rowsOf(file: string): AsyncGenerator<Readonly<Record<string, string>>> {
  const table = await openTable(file);
  // Tables of earlier versions lack the scores that came later.
  const lacking = formerColumns.find((column) => !table.columns.includes(column));
  if (lacking !== undefined) throw cannot("export", file, `it has no column "${lacking}"`);
  for await (const rows of table.rows())
    for (const { cells } of rows)
      yield Object.fromEntries(table.columns.map((column, i) => [column, cells[i] ?? ""]));
}

/** The number in a field, NaN where it is empty. */
function numberIn(file: string, column: string, text: string): number {
  const value = parseNumber(text);
  if (value !== null) return value;
  throw cannot("export", file, `"${column}" is ${JSON.stringify(text)}, not a number`);
}

function foreign(file: string, key: string, value: string): Error {
  return cannot("export", file, `it has the ${key} "${value}", which the experiment does not have`, { hint });
}
