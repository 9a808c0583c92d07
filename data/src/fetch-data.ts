/**
 * `pnpm data fetch`: runs the fetching workflow in the data folder that `--out` names, and prints its report. A config
 * to start with is put beside the data once: from then on it is the user's.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { main } from "braid-engine/cli";
import { compareConfig } from "./kept-config.ts";
import { runFolder } from "./tables/starter-config.ts";

const name = "pnpm data fetch";
const argv = process.argv
  .slice(2)
  .map((arg) => (arg === "--out" ? "--directory" : arg.replace(/^--out=/, "--directory=")));
const at = argv.findIndex((arg) => arg === "--directory" || arg.startsWith("--directory="));
const out = argv[at] === "--directory" ? argv[at + 1] : argv[at]?.slice("--directory=".length);
const asks = argv.some((arg) => arg === "--help" || arg === "-h" || arg === "--version");

const given = (option: string) => argv.some((arg) => arg === option || arg.startsWith(`${option}=`));
// Other commands of the engine (status, why) and single files need no more than the folder.
const wholeFetch = argv[0] === undefined || argv[0] === "run" || argv[0].startsWith("-");
// A config file of one's own may say these.
const needed = wholeFetch && !given("--configfile") ? ["--sites", "--from", "--to"] : [];
const missing = [...(out ? [] : ["--out"]), ...needed.filter((option) => !given(option))];

if (!asks && missing.length > 0) {
  console.error(
    `Cannot fetch: ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not given\n` +
      `  ${name} --sites 01022500 01435000 --from 1980-10-01 --to 2014-09-30 --out data/usgs`,
  );
  process.exitCode = 2;
} else {
  const folder = resolve(out ?? ".");
  const planned = argv.some((arg) => arg === "-n" || arg === "--dry-run");
  // A dry run leaves nothing behind: what a folder that is not there yet would get is what an empty one lacks.
  const empty = planned && !existsSync(folder) ? await mkdtemp(join(tmpdir(), "braid-fetch-")) : null;
  if (empty !== null) argv.splice(at, argv[at] === "--directory" ? 2 : 1, "--directory", empty);
  try {
    process.exitCode = await main({
      workflow: new URL("./usgs/workflow.ts", import.meta.url),
      defaultConfig: new URL("./fetch.yml", import.meta.url),
      name,
      note: "Downloads daily flow, water temperature and weather for USGS sites, and writes a data folder: --sites, --from, --to, --out FOLDER. Here, --out is the same as --directory.",
      argv,
    });
  } finally {
    if (empty !== null) await rm(empty, { recursive: true });
  }
  if (process.exitCode === 0 && wholeFetch && !asks && !planned) {
    console.log(`\n${await readFile(join(folder, "report.txt"), "utf8")}`);
    const config = join(folder, "config.yml");
    const run = runFolder(folder);
    if (!existsSync(config)) {
      const text = await readFile(join(folder, "raw/config.yml"), "utf8");
      await writeFile(config, text.replace("--directory runs/NAME", `--directory ${run}`));
    }
    const { missing, unused } = await compareConfig(config);
    if (unused.length > 0) console.log(`${config} does not use all of the data:\n  ${unused.join("\n  ")}\n`);
    if (missing.length > 0)
      console.log(`${config} names columns or sites that the data do not have:\n  ${missing.join("\n  ")}`);
    else
      console.log(
        `Next: pnpm data check --configfile ${join(out ?? "", "config.yml")}\n      pnpm exp:a --configfile ${join(out ?? "", "config.yml")} --directory ${run}`,
      );
  }
}
