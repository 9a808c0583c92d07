/** For tests of `predict`: an experiment of three sites that is trained in a moment, and what it predicted. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { dryRun } from "braid-engine/run";
import { type Row, readTable } from "../statistics/tables.ts";
import workflow from "../workflow.ts";
import { type CaseDay, caseFolder } from "./real-life.ts";
import { type Changes, experimentOf, sixSeeds } from "./run-rivers.ts";

export const sites = ["01013500", "01022500", "14185000"];
export const four = [...sites, "14306500"];
const columns = { elevation_m: [10, 200, 300, 120], region: ["east", "east", "west", "west"] };
export const test17 = "2017-10-01..2018-09-30";
export const entry = { ...sixSeeds, seeds: "0..1", evaluate: ["test"] };
export const shared = {
  trainOn: "all",
  attributes: ["elevation_m", "mean(tmax_c)"],
  scaling: { targets: "unit" },
};

/** Sites differ in size and warmth. */
export function differ(day: CaseDay, site: string): void {
  const s = four.indexOf(site);
  day.flow = (Number(day.flow) * (1 + s)).toFixed(3);
  day.tmax = (Number(day.tmax) - s).toFixed(2);
}

export const dataOf = (of: readonly string[] = sites, change = differ) =>
  caseFolder({ sites: of, columns, change });

const experiment = experimentOf("expA", entry);
export const { resolved } = experiment;

export const runIn = (folder: string, data: string, changes: Changes, targets = ["predict"]) =>
  experiment.runIn(folder, data, changes, targets);

/** Jobs that a dry run counts, by rule. */
export async function jobsOf(
  folder: string,
  data: string,
  changes: Changes,
): Promise<Record<string, number>> {
  const rules = workflow.rules(await resolved(data, changes));
  const { counts } = dryRun({ rules, folder, targets: ["predict"] });
  return Object.fromEntries(counts);
}

export const below = (folder: string, path: string) =>
  join(folder, "expA/predict", readdirSync(join(folder, "expA/predict"))[0]!, path);
export const scores = (folder: string) => readTable(below(folder, "overall_metrics.csv"));

/** Lines without what names the partition. */
export const withoutNames = (rows: readonly Row[]) =>
  rows.map(({ partition: _, gauged: __, seen_days: ___, ...row }) => row);
