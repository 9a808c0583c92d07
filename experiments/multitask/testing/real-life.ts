/** For tests: runs a data folder with one mistake that was found in real files. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatDay, parseDay } from "@braid/data/tables";
import type { Summary } from "braid-engine/run";
import { answerSource } from "../judging-rules.ts";
import type { ResolvedExperiment } from "../resolve.ts";
import { answer } from "../statistics/answer.ts";
import { newFolder } from "./made-up-data.ts";
import { experimentOf, rivers, runRivers } from "./run-rivers.ts";

export const site = "01435000";
const first = parseDay("2015-10-01")!;
const days = parseDay("2018-09-30")! - first + 1;

/** The fields of one day as text, so that a case can hold anything. */
export interface CaseDay {
  readonly i: number;
  date: string;
  flow: string;
  /** An extra column after the flow. */
  code?: string;
  other: string;
  rain: string;
  tmin: string;
  tmax: string;
}

export interface Case {
  /** The mistake, in the sites of `sites`. */
  readonly change?: (day: CaseDay, site: string) => void;
  readonly sites?: readonly string[];
  /** Written for the id; null leaves sites.csv out. */
  readonly list?: readonly string[] | null;
  /** More columns of sites.csv: a value per site. */
  readonly columns?: Readonly<Record<string, readonly (string | number)[]>>;
  readonly observed?: string;
  readonly driven?: string;
  readonly settings?: Record<string, unknown>;
}

/** Writes the data folder of a case. */
export function caseFolder({
  change = () => {},
  sites = [site],
  list = sites,
  columns = {},
  observed = "discharge_cms,temp_c",
  driven = "prcp_mm,tmin_c,tmax_c",
}: Case): string {
  const folder = newFolder();
  let observations = `site_id,date,${observed}\n`;
  let drivers = `site_id,date,${driven}\n`;
  for (const id of sites) {
    let storage = 4;
    for (let i = 0; i < days; i++) {
      const rain = i % 5 === 0 ? ((i * 37) % 23) + 0.5 : 0;
      const warmth = 10 - 12 * Math.cos((2 * Math.PI * (i + 75)) / 365.25) + ((i * 7) % 9) / 3;
      storage = 0.9 * storage + 0.15 * rain;
      const day: CaseDay = {
        i,
        date: formatDay(first + i),
        flow: (1 + storage).toFixed(3),
        other: Math.max(0.1, warmth).toFixed(2),
        rain: rain.toFixed(1),
        tmin: (warmth - 5).toFixed(2),
        tmax: (warmth + 5).toFixed(2),
      };
      change(day, id);
      const { date, flow, code, other, tmin, tmax } = day;
      observations += `${[id, date, flow, ...(code === undefined ? [] : [code]), other].join(",")}\n`;
      drivers += `${[id, date, day.rain, tmin, tmax].join(",")}\n`;
    }
  }
  writeFileSync(join(folder, "obs_file.csv"), observations);
  writeFileSync(join(folder, "input_file.csv"), drivers);
  const rows = ["site_id", ...(list ?? [])].map((id, row) =>
    [id, ...Object.entries(columns).map(([name, values]) => (row === 0 ? name : values[row - 1]))].join(","),
  );
  if (list !== null) writeFileSync(join(folder, "sites.csv"), `${rows.join("\n")}\n`);
  return folder;
}

/** The experiment of a case. */
export function caseExperiment(data: string, settings: Case["settings"] = {}): Promise<ResolvedExperiment> {
  const training = { epochs: 1, learningRate: 0.01 };
  return experimentOf("e", { ...rivers, seeds: [0], training }).resolved(data, settings);
}

export interface CaseRun {
  readonly folder: string;
  readonly summary: Summary;
  readonly warnings: readonly string[];
  /** The error of each job that failed, optional or not. */
  readonly errors: readonly string[];
  /** The result of a run, or its error. */
  readonly answer: () => Promise<string>;
}

/** Runs a case, with the statistics and the page if `targets` name them. */
export async function runCase(given: Case, targets?: readonly string[]): Promise<CaseRun> {
  const experiment = await caseExperiment(caseFolder(given), given.settings);
  const folder = newFolder();
  const { summary, warnings } = await runRivers(
    folder,
    async () => experiment,
    targets === undefined ? {} : { targets: [...targets] },
  );
  const errors = [...(summary.optional ?? []), ...summary.failed].map(({ error }) => error);
  return {
    ...{ folder, summary, warnings, errors },
    answer: () => answer(answerSource(experiment), folder, false),
  };
}
