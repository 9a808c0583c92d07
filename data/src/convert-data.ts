/** `pnpm data:parquet FOLDER`: writes the Parquet tables of a folder as the CSV files that a run reads. */
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cannot } from "@braid/engine";
import { messageOf } from "./messages.ts";
import { findTable, openTable } from "./tables/open-table.ts";
import { writeCsv } from "./tables/write-csv.ts";

const help = `Usage: pnpm data:parquet FOLDER [--out FOLDER]

Writes obs_file.parquet, input_file.parquet and sites.parquet of a folder as CSV files, one row group in memory
at a time. Site ids must be stored as text.

  --out FOLDER   where the CSV files go (default: beside the Parquet files)
  --help         this text`;

async function convert(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2).filter((arg) => arg !== "--"),
    allowPositionals: true,
    options: { out: { type: "string" }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) {
    console.error(help);
    return 2;
  }
  let written = 0;
  for (const name of ["obs_file", "input_file", "sites"]) {
    const from = findTable(folder, name);
    if (!from?.endsWith(".parquet")) continue;
    const to = join(values.out ?? folder, `${name}.csv`);
    await writeCsv(await openTable(from), `${to}.partial`);
    await rename(`${to}.partial`, to);
    console.log(`${from} -> ${to}`);
    written += 1;
  }
  if (written === 0)
    throw cannot("convert", folder, "it holds no obs_file.parquet, input_file.parquet or sites.parquet");
  return 0;
}

process.exitCode = await convert().catch((error: unknown) => {
  console.error(messageOf(error));
  return 2;
});
