/** `pnpm data:sample`: makes the synthetic sample's two big files by hand; the workflow does it by itself. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { layOutStations } from "./sample/lay-out-stations.ts";
import { makeSample, sampleFolder } from "./sample/make.ts";
import { formatStations } from "./sample/station.ts";

const help = `Usage: pnpm data:sample [--out FOLDER] [--seed N] [--stations]

Makes the SYNTHETIC sample: obs_file.csv and input_file.csv, 101 stations x 25 water years.

  --out FOLDER   where the two files go (default: data/sample, where the experiment looks)
  --seed N       another sample of the same stations (default: 1)
  --stations     write the station list data/sample/sites.csv anew instead
  --help         this text`;

function stop(message: string): never {
  console.error(message);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      args: process.argv.slice(2).filter((arg) => arg !== "--"),
      options: {
        out: { type: "string", default: sampleFolder },
        seed: { type: "string", default: "1" },
        stations: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    stop(`Cannot read the arguments: ${(error as Error).message}\n\n${help}`);
  }
}

const options = readArguments();
if (options.help) {
  console.log(help);
} else if (options.stations) {
  await writeFile(join(sampleFolder, "sites.csv"), formatStations(layOutStations()));
} else {
  if (!/^\d{1,9}$/.test(options.seed))
    stop(`Cannot make the sample with seed "${options.seed}": a seed is a whole number, 0 or more`);
  await mkdir(options.out, { recursive: true });
  const observations = join(options.out, "obs_file.csv");
  const drivers = join(options.out, "input_file.csv");
  await makeSample({ observations, drivers }, { seed: Number(options.seed) });
  console.log(`Made the synthetic sample:\n  ${observations}\n  ${drivers}`);
}
