/** `pnpm data sample`: makes the synthetic sample by hand; the workflow does it by itself. */
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { cannot } from "braid-engine";
import { runCommand } from "./command.ts";
import { layOutStations } from "./sample/lay-out-stations.ts";
import { makeSample, sampleFolder } from "./sample/make.ts";
import { formatStations } from "./sample/station.ts";

const help = `Usage: pnpm data sample [--out FOLDER] [--seed N] [--stations]

Makes the SYNTHETIC sample: obs_file.csv and input_file.csv, 101 stations x 25 water years.

  --out FOLDER   the folder to write, with a copy of sites.csv (default: data/sample, where sites.csv is)
  --seed N       seed of the weather and errors, for the same stations (default: 1)
  --stations     only rewrite the station list data/sample/sites.csv
  --help         print this help`;

await runCommand({
  help,
  folders: 0,
  options: {
    out: { type: "string", default: sampleFolder },
    seed: { type: "string", default: "1" },
    stations: { type: "boolean", default: false },
  },
  async run({ out, seed, stations }) {
    const list = join(sampleFolder, "sites.csv");
    if (stations) {
      await writeFile(list, formatStations(layOutStations()));
      return 0;
    }
    if (!/^\d{1,9}$/.test(seed))
      throw cannot("make the sample with seed", seed, "a seed is a whole number, 0 or more");
    await mkdir(out, { recursive: true });
    const observations = join(out, "obs_file.csv");
    const drivers = join(out, "input_file.csv");
    await makeSample({ observations, drivers }, { seed: Number(seed) });
    if (resolve(out) !== resolve(sampleFolder)) await copyFile(list, join(out, "sites.csv"));
    console.log(`Made the SYNTHETIC sample:\n  ${observations}\n  ${drivers}`);
    return 0;
  },
});
