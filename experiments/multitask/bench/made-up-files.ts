/** Big files of made-up numbers for measuring: as many sites and years as asked for, in order of site and day. */
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { formatDay, parseDay } from "@braid/data/tables";

/** The drivers of the files. */
export const drivers = ["prcp_mm", "tmin_c", "tmax_c", "srad_wm2", "vp_pa", "wind_ms"];

const start = parseDay("1980-10-01")!;

/** The days of so many years. */
export function daysOf(years: number): { from: string; to: string; count: number } {
  const count = Math.round(years * 365.25);
  return { from: formatDay(start), to: formatDay(start + count - 1), count };
}

/** The ids of so many sites. */
export function siteIds(sites: number): string[] {
  return Array.from({ length: sites }, (_, i) => String(1_000_000 + 997 * i).padStart(8, "0"));
}

/** Writes obs_file.csv (two variables, a tenth missing) and input_file.csv (six drivers). */
export async function writeFiles(folder: string, sites: number, years: number): Promise<void> {
  const { count } = daysOf(years);
  const dates = Array.from({ length: count }, (_, i) => formatDay(start + i));
  const write = (name: string, header: string, row: (day: number, shift: number) => string) => {
    const lines = function* () {
      yield `${header}\n`;
      for (const [s, site] of siteIds(sites).entries())
        yield dates.map((date, day) => `${site},${date},${row(day, s)}\n`).join("");
    };
    return pipeline(lines, createWriteStream(join(folder, name)));
  };
  const wave = (day: number, period: number) => Math.sin((2 * Math.PI * day) / period);
  await write("obs_file.csv", "site_id,date,discharge_cms,temp_c", (day, s) => {
    const flow = day % 10 === 0 ? "" : (12 + s + 9 * wave(day + s, 365.25) + wave(day, 17)).toFixed(3);
    return `${flow},${day % 11 === 0 ? "" : (11 + 9 * wave(day + s, 365.25)).toFixed(1)}`;
  });
  await write("input_file.csv", `site_id,date,${drivers.join(",")}`, (day, s) => {
    const [season, storm] = [wave(day + s, 365.25), wave(day, 11)];
    const rain = Math.max(0, 9 * storm).toFixed(2);
    const warmth = `${(5 + 9 * season).toFixed(2)},${(12 + 9 * season + storm).toFixed(2)}`;
    return `${rain},${warmth},${(300 + 150 * season).toFixed(1)},${(900 + 400 * season).toFixed(0)},${(3 + storm).toFixed(2)}`;
  });
}
