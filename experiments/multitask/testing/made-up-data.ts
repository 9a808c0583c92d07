/** For tests: a folder of made-up data, two sites over some years, whose parts a test may change. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatDay, parseDay } from "@braid/data/tables";
import type { BatchJob } from "braid-engine";

/** One line of each file; `q` and `t` as text, so that a test can write anything. */
export interface MadeUpDay {
  readonly date: string;
  q: string;
  t: string;
  rain: string;
  warmth: string;
}

/** A new empty folder. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "braid-multitask-"));
}

/** Days of a stream that answers to rain and warmth; `site` shifts the weather. */
function madeUpDays(site: string, from = "2000-10-01", to = "2003-09-30"): MadeUpDay[] {
  const shift = Number(site) % 97;
  const days: MadeUpDay[] = [];
  let storage = 5;
  for (let day = parseDay(from)!; day <= parseDay(to)!; day++) {
    const rain = (((day + shift) * 7919) % 13) * (((day + shift) * 104729) % 3);
    const warmth = 12 - 10 * Math.cos((2 * Math.PI * (day - 15)) / 365.25);
    storage = 0.9 * storage + 0.2 * rain;
    days.push({
      date: formatDay(day),
      q: storage.toFixed(4),
      t: Math.max(0, 0.8 * warmth + 1 - 0.05 * storage).toFixed(2),
      rain: rain.toFixed(1),
      warmth: warmth.toFixed(2),
    });
  }
  return days;
}

/** The two made-up sites; the first keeps its leading zero only as text. */
export const madeUpSites = ["01022500", "14185000"];

/** Writes obs_file.csv, input_file.csv and sites.csv into a new folder, after `change` had its way with each site. */
export function madeUpData(
  change: (days: MadeUpDay[], site: string) => MadeUpDay[] | undefined = () => undefined,
): string {
  const folder = newFolder();
  let observations = "site_id,date,discharge_cms,temp_c\n";
  let drivers = "site_id,date,prcp_mm,tmax_c\n";
  for (const site of madeUpSites) {
    const made = madeUpDays(site);
    for (const { date, q, t, rain, warmth } of change(made, site) ?? made) {
      observations += `${site},${date},${q},${t}\n`;
      drivers += `${site},${date},${rain},${warmth}\n`;
    }
  }
  return writeData(folder, observations, drivers);
}

/** Writes the three files of a data folder. */
function writeData(folder: string, observations: string, drivers: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "obs_file.csv"), observations);
  writeFileSync(join(folder, "input_file.csv"), drivers);
  writeFileSync(
    join(folder, "sites.csv"),
    `site_id,name\n${madeUpSites.map((site) => `${site},made up`).join("\n")}\n`,
  );
  return folder;
}

/** A batch of these jobs as a step gets it; `ended` has "done" or the error of each, `began` and `logged` what they said. */
export function batchOf<J extends object>(jobs: readonly J[]) {
  const ended: unknown[] = jobs.map(() => "left");
  const logged: string[] = [];
  const began: number[] = [];
  const members = jobs.map((job, i) => ({
    ...job,
    log: (text: string) => void logged.push(text),
    warn: (text: string) => void logged.push(`Warning: ${text}`),
    resources: { gpu: [] } as unknown as BatchJob["resources"],
    begin: () => void began.push(i),
    done: () => {
      ended[i] = "done";
    },
    fail: (error: unknown) => {
      ended[i] = error;
    },
  }));
  return { batch: Object.assign(members, { stopping: false }), ended, began, logged };
}
