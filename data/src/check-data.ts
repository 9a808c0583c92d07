/** `pnpm data:check FOLDER`: what a data folder holds and whether a run can use it; exit code 1 where it cannot. */
import { parseArgs } from "node:util";
import { checkFolder } from "./check/check-folder.ts";
import { formatReport, hasErrors } from "./check/format-report.ts";
import { messageOf } from "./messages.ts";

const help = `Usage: pnpm data:check FOLDER [--all]

Checks the obs_file, input_file (.csv or .parquet) and sites.csv of a data folder: per site the days,
what is missing and the range of values; then what would break a run (errors) and what looks odd (warnings).

  --all    list every finding
  --help   this text

Exit code: 0 a run can use the folder, 1 it cannot, 2 wrong arguments`;

async function check(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2).filter((arg) => arg !== "--"),
    allowPositionals: true,
    options: { all: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (positionals.length !== 1) {
    console.error(help);
    return 2;
  }
  const report = await checkFolder(positionals[0]!);
  console.log(formatReport(report, values));
  return hasErrors(report) ? 1 : 0;
}

process.exitCode = await check().catch((error: unknown) => {
  console.error(messageOf(error));
  return 2;
});
