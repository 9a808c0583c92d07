/** `pnpm data camels FOLDER --out FOLDER`: a CAMELS folder becomes a data folder, which is then checked. */
import { join } from "node:path";
import { importCamels } from "./camels/import-camels.ts";
import { checkFolder } from "./check/check-folder.ts";
import { formatReport, hasErrors } from "./check/format-report.ts";
import { outFolder, runCommand } from "./command.ts";

const help = `Usage: pnpm data camels FOLDER --out FOLDER

Makes a data folder (obs_file.csv, input_file.csv, sites.csv) from a folder in the CAMELS layout:
<id>_lump_cida_forcing_leap.txt (Daymet) and <id>_streamflow_qc.txt, flat or in the folders of the archive.
Converts streamflow to m3/s and keeps its codes; CAMELS has no water temperature, so temp_c is empty.

  --out FOLDER   the data folder to write
  --help         print this help`;

await runCommand({
  help,
  folders: 1,
  options: { out: { type: "string" } },
  async run(values, folder) {
    const out = outFolder(values.out, `pnpm data camels ${folder}`);
    const { choices, incomplete } = await importCamels(folder, out);
    if (incomplete.length > 0)
      console.log(`Left out, one of their two files is missing: ${incomplete.join(", ")}\n`);
    const unusable = choices.filter(({ why }) => why !== null);
    if (unusable.length > 0)
      console.log(
        `Left out of the config to start with:\n${unusable.map(({ site, why }) => `  ${site}: ${why}\n`).join("")}`,
      );
    const usable = choices.filter(({ why }) => why === null).map(({ site }) => site);
    const report = await checkFolder(out, usable.length > 0 ? { sites: usable } : {});
    console.log(formatReport(report));
    console.log(`\nNext: pnpm exp:a --configfile ${join(out, "config.yml")} --directory runs/mine`);
    return hasErrors(report) ? 1 : 0;
  },
});
