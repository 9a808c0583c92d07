/** `pnpm data:camels FOLDER --out FOLDER`: a CAMELS folder becomes a data folder, which is then checked. */
import { parseArgs } from "node:util";
import { importCamels } from "./camels/import-camels.ts";
import { checkFolder } from "./check/check-folder.ts";
import { formatReport, hasErrors } from "./check/format-report.ts";
import { messageOf } from "./messages.ts";

const help = `Usage: pnpm data:camels FOLDER --out FOLDER

Makes a data folder (obs_file.csv, input_file.csv, sites.csv) of a folder in the CAMELS layout:
<id>_lump_cida_forcing_leap.txt (Daymet) and <id>_streamflow_qc.txt, flat or in the folders of the archive.
Streamflow becomes m3/s, its code stands beside it; CAMELS has no water temperature, so temp_c is empty.

  --out FOLDER   the data folder to write
  --help         this text`;

async function run(): Promise<number> {
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
  if (folder === undefined || positionals.length > 1 || values.out === undefined) {
    console.error(help);
    return 2;
  }
  const { incomplete } = await importCamels(folder, values.out);
  if (incomplete.length > 0)
    console.log(`Left out, one of their two files is missing: ${incomplete.join(", ")}\n`);
  const report = await checkFolder(values.out);
  console.log(formatReport(report));
  return hasErrors(report) ? 1 : 0;
}

process.exitCode = await run().catch((error: unknown) => {
  console.error(messageOf(error));
  return 2;
});
