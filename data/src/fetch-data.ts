/** `pnpm data:fetch`: runs the fetching workflow in the data folder that `--out` names, and prints its report. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { main } from "@braid/engine/cli";

const name = "pnpm data:fetch";
const argv = process.argv
  .slice(2)
  .map((arg) => (arg === "--out" ? "--directory" : arg.replace(/^--out=/, "--directory=")));
const at = argv.findIndex((arg) => arg === "--directory" || arg.startsWith("--directory="));
const out = argv[at] === "--directory" ? argv[at + 1] : argv[at]?.slice("--directory=".length);
const asks = argv.some((arg) => arg === "--help" || arg === "-h" || arg === "--version");

if (!asks && !out) {
  console.error(
    "Cannot fetch: no folder to write to is given\n" +
      `  ${name} --sites 01022500 01435000 --from 1980-10-01 --to 2014-09-30 --out data/usgs`,
  );
  process.exitCode = 2;
} else {
  const folder = resolve(out ?? ".");
  process.exitCode = await main({
    workflow: new URL("./usgs/workflow.ts", import.meta.url),
    defaultConfig: new URL("./fetch.yml", import.meta.url),
    name,
    argv,
  });
  const planned = argv.some((arg) => arg === "-n" || arg === "--dry-run");
  if (process.exitCode === 0 && !asks && !planned)
    console.log(`\n${await readFile(join(folder, "report.txt"), "utf8")}`);
}
