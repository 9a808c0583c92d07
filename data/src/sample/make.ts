/**
 * The sample's two files from its list of stations, one station in memory at a time.
 * Same stations and seed, same bytes, on every machine.
 */
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { days, spinUpDays } from "./calendar.ts";
import { runCatchment } from "./catchment.ts";
import { observe } from "./observe.ts";
import { randomStream } from "./random.ts";
import { runRelease } from "./reservoir-release.ts";
import { readStations, type Station } from "./station.ts";
import { runTemperature } from "./water-temperature.ts";
import { makeWeather, type Weather } from "./weather.ts";

/** The committed folder with sites.csv; the two big files may stand beside it. */
export const sampleFolder: string = fileURLToPath(new URL("../../sample", import.meta.url));

const driverColumns = [
  ["prcp_mm", 1],
  ["tmin_c", 2],
  ["tmax_c", 2],
  ["srad_wm2", 2],
  ["vp_pa", 1],
  ["wind_ms", 1],
] as const satisfies readonly (readonly [keyof Weather, number])[];

// The last column is there so that a file on its own still says what it is.
const observationHeader = "site_id,date,discharge_cms,temp_c,synthetic\n";
const driverHeader = `site_id,date,${driverColumns.map(([name]) => name).join(",")},synthetic\n`;

/** Everything the generator knows of one station, a number a day (spin-up included). */
export function simulate(station: Station, seed: number) {
  const stream = (purpose: string) => randomStream(`${seed}/${station.site_id}/${purpose}`);
  const weather = makeWeather(station, stream("weather"));
  const water = runCatchment(station, weather);
  const celsius =
    station.temp_informs_flow === "yes"
      ? runTemperature(station, weather, water)
      : runRelease(station, `${seed}/${station.site_id}/reservoir`);
  const observations = observe(station, water.flow, celsius, stream("observations"));
  return { weather, water, celsius, observations };
}

/** The rows of one station for both files. */
function formatStation(station: Station, seed: number): { observations: string; drivers: string } {
  const { weather, observations: observed } = simulate(station, seed);
  const field = (value: number, decimals: number) => (Number.isNaN(value) ? "" : value.toFixed(decimals));
  let observations = "";
  let drivers = "";
  for (let i = spinUpDays; i < days.length; i++) {
    const key = `${station.site_id},${days[i]!.date}`;
    observations += `${key},${field(observed.discharge_cms[i]!, 4)},${field(observed.temp_c[i]!, 1)},1\n`;
    drivers += key;
    for (const [name, decimals] of driverColumns) drivers += `,${weather[name][i]!.toFixed(decimals)}`;
    drivers += ",1\n";
  }
  return { observations, drivers };
}

/**
 * Writes both files: `site_id,date,discharge_cms,temp_c` (empty = not observed) and `site_id,date,<six drivers>`,
 * 25 water years of each station of data/sample/sites.csv. Each stands under its name only when complete.
 */
export async function makeSample(
  paths: { observations: string; drivers: string },
  { seed = 1 }: { seed?: number } = {},
): Promise<void> {
  const stations = await readStations(join(sampleFolder, "sites.csv"));
  const observations = await open(`${paths.observations}.partial`, "w");
  const drivers = await open(`${paths.drivers}.partial`, "w");
  try {
    await observations.write(observationHeader);
    await drivers.write(driverHeader);
    for (const station of stations) {
      const rows = formatStation(station, seed);
      await observations.writeFile(rows.observations);
      await drivers.writeFile(rows.drivers);
    }
  } finally {
    await observations.close();
    await drivers.close();
  }
  await rename(`${paths.observations}.partial`, paths.observations);
  await rename(`${paths.drivers}.partial`, paths.drivers);
}
