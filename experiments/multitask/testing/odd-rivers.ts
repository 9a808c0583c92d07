/** For tests: a folder of synthetic rivers whose flows make scores undefined or hard to compute, and a config of 72 models. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatDay, parseDay } from "@braid/data/tables";
import { newFolder } from "./made-up-data.ts";

interface OddDay {
  readonly i: number;
  /** Of the water year, from 1 October. */
  readonly dayOfYear: number;
  readonly date: string;
  /** What a natural stream would carry. */
  readonly natural: number;
}

/** Flow as text by site; empty if it was not observed. */
const rivers: Readonly<Record<string, (day: OddDay) => string>> = {
  /** Below a dam: two rates, and three floods a year. */
  "01000001": ({ i, dayOfYear }) => (dayOfYear % 120 === 7 ? "184.3" : i % 21 < 13 ? "1.1" : "2.2"),
  /** Runs dry in summer. */
  "01000002": ({ dayOfYear, natural }) => (dayOfYear > 200 ? "0" : (0.2 * natural).toFixed(3)),
  /** Tidal: adds up to 0 over three days in some months, and is negative every third day. */
  "01000003": ({ i, dayOfYear, natural }) =>
    dayOfYear < 90 ? ["0.1", "0.2", "-0.3"][i % 3]! : (natural - 6 - (i % 3) * 4).toFixed(2),
  /** Few digits: many equal values, also at the percentiles. */
  "01000004": ({ natural }) => (Math.round(natural) / 10).toFixed(1),
  /** Released at one rate through the validation partition. */
  "01000005": ({ date, natural }) =>
    date >= "2002-10-01" && date < "2003-04-01" ? "3.3" : natural.toFixed(4),
  /** Short: observed every third week, and on nine days of the test partition. */
  "01000006": ({ i, date, natural }) =>
    i % 21 === 0 || (date >= "2002-04-01" && date < "2002-06-01") ? natural.toFixed(2) : "",
};

/** The ids of the rivers. */
export const oddRivers = Object.keys(rivers);

/** Writes the data folder and config.yml; returns the path of the config. */
export function oddRiversConfig(): string {
  const folder = newFolder();
  const [first, last] = [parseDay("2000-10-01")!, parseDay("2003-09-30")!];
  // Made up; a run says so wherever its results show.
  let observations = "site_id,date,discharge_cms,temp_c,discharge_cms_qualifiers,synthetic\n";
  let drivers = "site_id,date,prcp_mm,tmax_c\n";
  for (const [s, site] of oddRivers.entries()) {
    let storage = 5;
    for (let i = 0; first + i <= last; i++) {
      const date = formatDay(first + i);
      const rain = (((i + 31 * s) * 7919) % 13) * (((i + s) * 104_729) % 3);
      const warmth = 8 - 13 * Math.cos((2 * Math.PI * (i - 15)) / 365.25);
      storage = 0.9 * storage + 0.2 * rain;
      const flow = rivers[site]!({ i, dayOfYear: i % 365, date, natural: storage });
      const temperature = s === 3 ? "" : i % 11 === s ? "" : (0.8 * warmth).toFixed(1);
      // Masked days end stretches: some are shorter than a month, some half a year long.
      const code = flow !== "" && i % 29 === 3 && i % 400 < 200 ? "A:e" : "A";
      observations += `${site},${date},${flow},${temperature},${code},yes\n`;
      drivers += `${site},${date},${rain},${warmth.toFixed(2)}\n`;
    }
  }
  writeFileSync(join(folder, "obs_file.csv"), observations);
  writeFileSync(join(folder, "input_file.csv"), drivers);
  const places = oddRivers.map((site, s) => `${site},made up ${site},${40 + s / 8},${-75 - s / 4}\n`);
  writeFileSync(join(folder, "sites.csv"), `site_id,name,latitude,longitude\n${places.join("")}`);
  const config = join(folder, "config.yml");
  writeFileSync(
    config,
    `data: .
experiments:
  expA:
    sites: all
    factors: [0, 1, 0.25]
    seeds: 0..3
    primary: discharge_cms
    auxiliary: [temp_c]
    drivers: [prcp_mm, tmax_c]
    partitions:
      train: [2000-10-01..2002-03-31, 2002-06-01..2002-09-30]
      validation: 2002-10-01..2003-03-31
      test: [2003-04-01..2003-09-30, 2002-04-01..2002-05-31]
    evaluate: [train, validation, test]
    maskQualifiers: [e]
    sequence: { length: 120, warmup: 20 }
    model: { hidden: 3 }
    training: { epochs: 3, learningRate: 0.02 }
    statistics: { permutations: 99, resamples: 100 }
    simd: baseline
`,
  );
  return config;
}
