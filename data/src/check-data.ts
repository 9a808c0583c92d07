/** `pnpm data check FOLDER`: checks all of a data folder; exit code 1 if it has errors. */
import { checkFolder } from "./check/check-folder.ts";
import { formatReport, hasErrors } from "./check/format-report.ts";
import { runCommand } from "./command.ts";

const help = `Usage: pnpm data check FOLDER [--primary NAME] [--all]
       pnpm data check --configfile FILE [options of the experiment]

Checks obs_file, input_file (.csv or .parquet) and sites.csv of a data folder. Lists the days, missing values and
range of values per site, then errors (which would break a run) and warnings (odd data).

With --configfile, checks only the sites, columns and days that a run of that config needs, prepared as in the run.

  --primary NAME   the variable to predict (default: discharge_cms, else the first variable); it is an
                   error if a site has no values of it, or only one value
  --all            list every finding
  --help           print this help

Exit code: 0 no errors, 1 errors, 2 wrong arguments`;

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
