/** `pnpm data parquet FOLDER --out FOLDER`: converts the Parquet tables of a folder to the CSV files that a run reads. */
import { copyFile, mkdir, rename } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { cannot } from "braid-engine";
import { outFolder, runCommand } from "./command.ts";
import { findTable, openTable } from "./tables/open-table.ts";
import { writeCsv } from "./tables/write-csv.ts";

const help = `Usage: pnpm data parquet FOLDER --out FOLDER

Converts obs_file.parquet, input_file.parquet and sites.parquet of a folder to CSV files, with one row group in
memory at a time, and copies tables that are CSV already. Site ids must be stored as text.

  --out FOLDER   the data folder to write; it must be another folder
  --help         print this help`;

await runCommand({
  help,
  folders: 1,
  options: { out: { type: "string" } },
  async run(values, folder) {
    const out = outFolder(values.out, `pnpm data parquet ${folder}`);
    if (resolve(out) === resolve(folder))
      throw cannot("convert", folder, "the CSV files would be beside the Parquet files", {
        hint: "Give another folder with --out: it would not be clear which of the two is read.",
      });
    const files = ["obs_file", "input_file", "sites"]
      .map((name) => findTable(folder, name))
      .filter((file) => file !== null);
    if (!files.some((file) => file.endsWith(".parquet")))
      throw cannot("convert", folder, "it has no obs_file.parquet, input_file.parquet or sites.parquet");
    await mkdir(out, { recursive: true });
    for (const from of files) {
      const to = join(out, `${basename(from).replace(/\.\w+$/, "")}.csv`);
      if (from.endsWith(".csv")) await copyFile(from, to);
      else {
        await writeCsv(await openTable(from), `${to}.partial`);
        await rename(`${to}.partial`, to);
      }
      console.log(`${from} -> ${to}`);
    }
    return 0;
  },
});
