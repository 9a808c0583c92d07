/** `pnpm data:check FOLDER`: what a data folder holds and whether a run can use it; exit code 1 where it cannot. */
import { checkFolder } from "./check/check-folder.ts";
import { formatReport, hasErrors } from "./check/format-report.ts";
import { runCommand } from "./command.ts";

const help = `Usage: pnpm data:check FOLDER [--all]

Checks the obs_file, input_file (.csv or .parquet) and sites.csv of a data folder: per site the days,
what is missing and the range of values; then what would break a run (errors) and what looks odd (warnings).

  --all    list every finding
  --help   this text

Exit code: 0 a run can use the folder, 1 it cannot, 2 wrong arguments`;

await runCommand({
  help,
  folders: 1,
  options: { all: { type: "boolean", default: false } },
  async run(values, folder) {
    const report = await checkFolder(folder);
    console.log(formatReport(report, values));
    return hasErrors(report) ? 1 : 0;
  },
});
