/** The experiment with a `results` that checks its data: `pnpm data check --configfile`. */
import { existsSync } from "node:fs";
import { findingList } from "@braid/data/check";
import { count } from "braid-engine/quantities";
import type { ResolvedExperiment } from "./resolve.ts";
import { formatRange } from "./sequences/partitions.ts";
import { aligned } from "./statistics/words.ts";
import { type CheckedRun, checkRun } from "./steps/check-run.ts";
import experiment from "./workflow.ts";

/** Whether the last check found an error. */
export const outcome = { failed: false };

export default {
  ...experiment,
  results: async (resolved: unknown) => check(resolved as ResolvedExperiment),
};

async function check(experiment: ResolvedExperiment): Promise<string> {
  if (experiment.sample && !existsSync(experiment.observations))
    return "The data are the synthetic sample. A run makes them, so there is nothing to check yet.";
  const checked = await checkRun(experiment);
  outcome.failed = checked.findings.some(({ level }) => level === "error");
  return reportText(experiment, checked);
}

/** The report: the settings, the observed days of each site, the findings. */
export function reportText(experiment: ResolvedExperiment, { usable, findings }: CheckedRun): string {
  const { name, sites, excluded, prepare, sitesMayFail } = experiment;
  const { variables, drivers, partitions, mask } = prepare;
  const left = sites.filter((site) => !usable.some((one) => one.site === site));
  const errors = findings.filter(({ level }) => level === "error").length;
  return [
    `Experiment ${name}: ${count(sites.length, "site")}${excluded.length === 0 ? "" : `, ${excluded.length} excluded (${excluded.join(", ")})`}`,
    [
      `  variables  ${variables.join(", ")}`,
      `  drivers    ${drivers.join(", ")}`,
      ...(mask.length === 0 ? [] : [`  masked     ${mask.join(", ")}`]),
      ...Object.entries(partitions).map(
        ([partition, ranges]) => `  ${partition.padEnd(10)} ${ranges.map(formatRange).join(", ")}`,
      ),
    ].join("\n"),
    ...(usable.length === 0
      ? []
      : [
          [
            `Observed days of ${variables[0]}`,
            ...aligned([
              ["site", ...Object.keys(partitions)],
              ...usable.map(({ site, days }) => [
                site,
                ...Object.keys(partitions).map((one) => String(days[one])),
              ]),
            ]).map((line) => `  ${line}`),
          ].join("\n"),
        ]),
    ...findingList(findings, "error", true),
    ...findingList(findings, "warning", true),
    `${errors === 0 ? "No errors" : count(errors, "error")}, ${count(findings.length - errors, "warning")}: ${verdict(sites, left, sitesMayFail)}`,
  ].join("\n\n");
}

function verdict(sites: readonly string[], left: readonly string[], mayFail: boolean): string {
  if (left.length === 0)
    return `a run can use ${sites.length === 1 ? "the site" : `all ${sites.length} sites`}`;
  if (left.length === sites.length) return "a run can use none of the sites";
  if (!mayFail) return "a run stops, because `strict` is set";
  const list = left.map((site) => `"${site}"`).join(", ");
  return `a run goes on with ${sites.length - left.length} of ${sites.length} sites. To leave the others out yourself: exclude: [${list}]`;
}
