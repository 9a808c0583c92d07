/** For tests of the checks: a sound data folder, and what is found in it after a change. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatDay, parseDay } from "../tables/day.ts";
import { newFolder } from "../testing/files.ts";
import { checkFolder, type FolderReport, type Use } from "./check-folder.ts";

const sites = ["01022500", "01435000"];
const start = parseDay("2001-01-01")!;

/** Two sites, 400 days, nothing wrong; every value belongs to its site and day. */
export function soundRows(): { observations: string[]; drivers: string[] } {
  const observations: string[] = [];
  const drivers: string[] = [];
  for (const [s, site] of sites.entries())
    for (let i = 0; i < 400; i++) {
      const key = `${site},${formatDay(start + i)}`;
      const flow = i % 10 === 3 ? "" : (5 + s + (i % 37) * 0.173).toFixed(3);
      observations.push(`${key},${flow},${(10 + 8 * Math.sin(i / 58)).toFixed(2)}`);
      drivers.push(
        `${key},${((i * 7) % 11) / 2},${(2 + (i % 9) * 0.7).toFixed(2)},${(9 + (i % 13) * 0.6).toFixed(2)}`,
      );
    }
  return { observations, drivers };
}

/** The header of each file. */
export const headers = {
  observations: "site_id,date,discharge_cms,temp_c",
  drivers: "site_id,date,prcp_mm,tmin_c,tmax_c",
};
/** A file of a header and rows. */
export const text = (header: string, rows: readonly string[]) => `${[header, ...rows].join("\n")}\n`;

/** What stands in the files instead; null leaves one out. */
export interface Files {
  observations?: string | Uint8Array | null;
  drivers?: string | Uint8Array | null;
  sites?: string | null;
}

/** Checks a folder of sound files with some of them replaced. */
export async function check(changed: Files = {}, folder = newFolder(), use: Use = {}): Promise<FolderReport> {
  const { observations, drivers } = soundRows();
  const files = {
    "obs_file.csv":
      changed.observations === undefined ? text(headers.observations, observations) : changed.observations,
    "input_file.csv": changed.drivers === undefined ? text(headers.drivers, drivers) : changed.drivers,
    "sites.csv":
      changed.sites === undefined
        ? text(
            "site_id,name",
            sites.map((site) => `${site},"a, b"`),
          )
        : changed.sites,
  };
  for (const [name, content] of Object.entries(files))
    if (content !== null) await writeFile(join(folder, name), content);
  return checkFolder(folder, use);
}

/** `level file [site]: text`, without places. */
export async function found(changed: Files, folder?: string, use?: Use): Promise<string[]> {
  const { findings } = await check(changed, folder, use);
  return findings.map(
    ({ level, file, site, text }) =>
      `${level} ${file}${site === null ? "" : ` ${site}`}: ${text.split("\n")[0]}`,
  );
}

/** A file of the sound rows, edited. */
export function edited(kind: "observations" | "drivers", edit: (rows: string[]) => void): string {
  const rows = soundRows()[kind];
  edit(rows);
  return text(headers[kind], rows);
}
