/** `pnpm data check FOLDER`: what a data folder holds and whether a run can use it; exit code 1 where it cannot. */
import { checkFolder } from "./check/check-folder.ts";
import { formatReport, hasErrors } from "./check/format-report.ts";
import { runCommand } from "./command.ts";

const help = `Usage: pnpm data check FOLDER [--primary NAME] [--all]
       pnpm data check --configfile FILE [options of the experiment]

Checks the obs_file, input_file (.csv or .parquet) and sites.csv of a data folder: per site the days,
what is missing and the range of values; then what would break a run (errors) and what looks odd (warnings).

With --configfile it checks what a run of that config needs, and nothing else: its sites, columns and days,
prepared as the run prepares them.

  --primary NAME   the variable that a run is to predict (default: discharge_cms, else the first variable);
                   a site where it was never observed, or is always the same, is an error
  --all            list every finding
  --help           this text

Exit code: 0 a run can use the folder, 1 it cannot, 2 wrong arguments`;

await runCommand({
  help,
  folders: 1,
  options: { primary: { type: "string" }, all: { type: "boolean", default: false } },
  async run({ primary, all }, folder) {
    const report = await checkFolder(folder, { primary });
    console.log(formatReport(report, { all }));
    return hasErrors(report) ? 1 : 0;
  },
});
