/** A folder with a small made-up data set and a config: what the experiment needs, in seconds. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyFolder } from "./command.ts";

export const sites = ["01022500", "08070200", "14185000"];

export interface Settings {
  readonly factors: readonly number[];
  readonly seeds: string;
  readonly epochs: number;
}

const usual: Settings = { factors: [0, 1], seeds: "0..2", epochs: 3 };

/** Three years of three streams that answer to rain and warmth; returns the folder, with config.yml in it. */
export function madeUpExperiment(settings: Partial<Settings> = {}): string {
  const folder = emptyFolder();
  mkdirSync(join(folder, "made-up"));
  let observations = "site_id,date,discharge_cms,temp_c\n";
  let drivers = "site_id,date,prcp_mm,tmax_c\n";
  sites.forEach((site, s) => {
    let storage = 5;
    for (let day = 0; day < 3 * 365; day++) {
      const date = new Date(Date.UTC(2000, 9, 1 + day)).toISOString().slice(0, 10);
      const rain = ((day * (7 + s)) % 11 === 0 ? 12 : 0) + ((day * 5) % 7 === 0 ? 3 : 0);
      const warmth = 12 - 10 * Math.cos((2 * Math.PI * (day - 105)) / 365.25);
      storage = 0.93 * storage + 0.2 * rain;
      observations += `${site},${date},${storage.toFixed(4)},${(day + s) % 9 === 0 ? "" : (0.8 * warmth).toFixed(2)}\n`;
      drivers += `${site},${date},${rain.toFixed(1)},${warmth.toFixed(2)}\n`;
    }
  });
  writeFileSync(join(folder, "made-up/obs_file.csv"), observations);
  writeFileSync(join(folder, "made-up/input_file.csv"), drivers);
  writeFileSync(join(folder, "made-up/sites.csv"), `site_id\n${sites.join("\n")}\n`);
  writeConfig(folder, settings);
  return folder;
}

/** Writes config.yml anew, as a user edits it. */
export function writeConfig(folder: string, settings: Partial<Settings> = {}): void {
  const { factors, seeds, epochs } = { ...usual, ...settings };
  writeFileSync(
    join(folder, "config.yml"),
    `data: made-up
experiments:
  expA:
    sites: all
    factors: [${factors.join(", ")}]
    seeds: ${seeds}
    primary: discharge_cms
    auxiliary: [temp_c]
    drivers: [prcp_mm, tmax_c]
    partitions: { train: 2000-10-01..2002-09-30, validation: 2002-10-01..2003-09-29 }
    sequence: { length: 120, warmup: 0 }
    model: { hidden: 8 }
    training: { epochs: ${epochs}, learningRate: 0.01 }
    simd: baseline
`,
  );
}
