/**
 * A folder in the CAMELS layout as a data folder: the same three files as every other, and a config to start with.
 * Files may lie flat or in the folders of the CAMELS archive. CAMELS has no water temperature: the column is there and empty.
 */
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cannot } from "braid-engine";
import { formatNumber } from "../tables/number.ts";
import {
  type Choice,
  type Days,
  sharedDays,
  starterConfig,
  trainDays,
  whyUnusable,
} from "../tables/starter-config.ts";
import { csvLine } from "../tables/write-csv.ts";
import { camelsDrivers, parseForcing, parseStreamflow } from "./parse.ts";

/** What was imported; a basin with only one of its two files is left out and named. */
export interface CamelsImport {
  readonly sites: readonly string[];
  /** The sites again: of which of them a run can learn with the config that comes along. */
  readonly choices: readonly Choice[];
  readonly incomplete: readonly string[];
}

const forcingName = /^(\d{8})_lump_cida_forcing_leap\.txt$/;
const streamflowName = /^(\d{8})_streamflow_qc\.txt$/;

/** Imports every basin below `folder` into the data folder `out`, one basin in memory at a time. */
export async function importCamels(folder: string, out: string): Promise<CamelsImport> {
  const forcing = new Map<string, string>();
  const streamflow = new Map<string, string>();
  const entries = await readdir(folder, { recursive: true }).catch(() => {
    throw cannot("import CAMELS from", folder, "the folder does not exist");
  });
  for (const entry of entries.sort()) {
    const name = entry.split(/[\\/]/).at(-1)!;
    for (const [pattern, found] of [
      [forcingName, forcing],
      [streamflowName, streamflow],
    ] as const) {
      const site = pattern.exec(name)?.[1];
      if (site === undefined) continue;
      if (found.has(site))
        throw cannot("import CAMELS from", folder, `there are two files for basin ${site}`, {
          facts: [
            ["one", found.get(site)!],
            ["other", entry],
          ],
          hint: "Give the folder of one forcing product: basin_mean_forcing/daymet with usgs_streamflow.",
        });
      found.set(site, entry);
    }
  }
  const sites = [...forcing.keys()].filter((site) => streamflow.has(site)).sort();
  const incomplete = [...new Set([...forcing.keys(), ...streamflow.keys()])].filter(
    (site) => !sites.includes(site),
  );
  if (sites.length === 0)
    throw cannot("import CAMELS from", folder, "no basin has both of its files", {
      facts: [["looked for", "<id>_lump_cida_forcing_leap.txt and <id>_streamflow_qc.txt"]],
    });

  await mkdir(out, { recursive: true });
  const [observationsPath, driversPath] = [join(out, "obs_file.csv"), join(out, "input_file.csv")];
  const observations = await open(`${observationsPath}.partial`, "w");
  const drivers = await open(`${driversPath}.partial`, "w");
  const driven: Days[] = [];
  let days: Days | null = null;
  const choices: Choice[] = [];
  const list = [csvLine(["site_id", "name", "latitude", "elevation_m", "drainage_area_km2"])];
  try {
    await observations.writeFile(
      csvLine(["site_id", "date", "discharge_cms", "discharge_cms_qualifiers", "temp_c"]),
    );
    await drivers.writeFile(csvLine(["site_id", "date", ...Object.keys(camelsDrivers)]));
    for (const site of sites) {
      const forcingPath = join(folder, forcing.get(site)!);
      const { latitude, elevation_m, area_km2, rows } = parseForcing(
        forcingPath,
        await readFile(forcingPath, "utf8"),
      );
      if (rows.length > 0) driven.push({ from: rows[0]!.date, to: rows.at(-1)!.date });
      await drivers.writeFile(rows.map(({ date, values }) => csvLine([site, date, ...values])).join(""));
      const fixed = (value: number) => formatNumber(value, 4);
      list.push(
        csvLine([site, `CAMELS basin ${site}`, fixed(latitude), fixed(elevation_m), fixed(area_km2)]),
      );
    }
    days = sharedDays(driven);
    for (const site of sites) {
      const flowPath = join(folder, streamflow.get(site)!);
      const flows = parseStreamflow(flowPath, await readFile(flowPath, "utf8"), site);
      await observations.writeFile(
        flows.map((flow) => csvLine([site, flow.date, flow.discharge_cms, flow.qualifiers, ""])).join(""),
      );
      const pairs = flows.map((flow) => [flow.date, flow.discharge_cms] as const);
      choices.push({ site, why: days === null ? null : whyUnusable(pairs, trainDays(days)) });
    }
  } finally {
    await observations.close();
    await drivers.close();
  }
  await rename(`${observationsPath}.partial`, observationsPath);
  await rename(`${driversPath}.partial`, driversPath);
  await writeFile(join(out, "sites.csv"), list.join(""));
  // dayl_s is left to the user: the paper's drivers are without it.
  const names = Object.keys(camelsDrivers).filter((name) => name !== "dayl_s");
  const config = join(out, "config.yml");
  if (days !== null && !existsSync(config))
    await writeFile(
      config,
      starterConfig({ by: "pnpm data camels", drivers: names, sites: choices, ...days }),
    );
  return { sites, choices, incomplete };
}
