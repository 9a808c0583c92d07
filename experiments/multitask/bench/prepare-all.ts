/** A process of its own that prepares every site of a folder as `pnpm exp:a` does: its time and its peak memory. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "braid-engine/cli";
import { daysOf, drivers, siteIds } from "./made-up-files.ts";

const [folder = "", sites = "", years = ""] = process.argv.slice(2);
const { from, to } = daysOf(Number(years));
const config = join(folder, "config.yml");
writeFileSync(
  config,
  `data: .
experiments:
  expA:
    sites: all
    factors: [0]
    seeds: 0..0
    primary: discharge_cms
    auxiliary: [temp_c]
    drivers: [${drivers.join(", ")}]
    partitions: { train: ${from}..${to} }
    evaluate: [train]
    training: { epochs: 1, learningRate: 0.01 }
`,
);
writeFileSync(join(folder, "sites.csv"), `site_id\n${siteIds(Number(sites)).join("\n")}\n`);
const started = performance.now();
process.exitCode = await main({
  workflow: new URL("../workflow.ts", import.meta.url),
  defaultConfig: new URL("../config.yml", import.meta.url),
  name: "pnpm exp:a",
  argv: ["--configfile", config, "--directory", join(folder, "run"), "--until", "prep_io_data", "--quiet"],
});
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ seconds, peakMiB: process.resourceUsage().maxRSS / 1024 }));
