/** The experiment with a `results` that checks its data: `pnpm data check --configfile`. */
import { existsSync } from "node:fs";
import { findingList, gapAdvice } from "@braid/data/check";
import { count } from "braid-engine/quantities";
import { noDischarge } from "./discharge.ts";
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
  outcome.failed = false;
  const texts: string[] = [];
  for (const one of experiment.splits ?? [experiment]) {
    const checked = await checkRun(one);
    outcome.failed ||= checked.findings.some(({ level }) => level === "error");
    texts.push(reportText(one, checked));
  }
  return texts.join("\n\n");
}

/** The report: the settings, the observed days of each site, the findings. */
export function reportText(
  experiment: ResolvedExperiment,
  { usable, findings, unusedDrivers = [] }: CheckedRun,
): string {
  const { name, sites, excluded, prepare, sitesMayFail } = experiment;
  const { variables, drivers, partitions, mask, fillGaps } = prepare;
  const left = sites.filter((site) => !usable.some((one) => one.site === site));
  const errors = findings.filter(({ level }) => level === "error").length;
  return [
    `Experiment ${name}: ${count(sites.length, "site")}${excluded.length === 0 ? "" : `, ${excluded.length} excluded (${excluded.join(", ")})`}`,
    [
      `  variables  ${variables.join(", ")}`,
      `  drivers    ${drivers.join(", ")}`,
      ...(unusedDrivers.length === 0
        ? []
        : [`  not used   in the data, and not among its drivers: ${unusedDrivers.join(", ")}`]),
      ...unitLines(experiment),
      ...(mask.length === 0 ? [] : [`  masked     ${mask.join(", ")}`]),
      ...(fillGaps === undefined
        ? []
        : [
            `  fillGaps   ${count(fillGaps.days, "day")}, ${fillGaps.precipitation ? "precipitation too" : "but not of precipitation"}`,
          ]),
      `  discharge  ${experiment.discharge.join(", ") || `none: ${noDischarge(variables)}`}`,
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
    ...gapTable(usable),
    ...findingList(findings, "error", true),
    ...findingList(findings, "warning", true),
    ...(fillGaps === undefined && findings.some(isGap) ? [gapAdvice] : []),
    `${errors === 0 ? "No errors" : count(errors, "error")}, ${count(findings.length - errors, "warning")}: ${verdict(sites, left, sitesMayFail)}`,
  ].join("\n\n");
}

/** An error of a day that lacks drivers. */
function isGap({ text }: CheckedRun["findings"][number]): boolean {
  return /the drivers have no line for |driver ".*" is missing on /.test(text);
}

/** Whose models they are, if sites share them. */
function unitLines({ units }: ResolvedExperiment): string[] {
  if (units === undefined) return [];
  const { trainOn, members, attributes } = units;
  return [
    `  a model    of ${trainOn === "all" ? "all sites" : `the sites of one ${trainOn} (${Object.keys(members).join(", ")})`}`,
    `  attributes ${attributes.map(({ name }) => name).join(", ") || "none"}`,
  ];
}

/** Interpolated days by driver, and the windows left out of each partition, at the sites that have gaps. */
function gapTable(usable: CheckedRun["usable"]): string[] {
  const rows = usable.flatMap(({ site, gaps }) => {
    if (gaps === undefined) return [];
    const filled = Object.entries(gaps.filled).map(([driver, days]) => `${driver} ${count(days, "day")}`);
    const left = Object.entries(gaps.left).flatMap(([partition, { windows, days, of }]) =>
      windows === 0 ? [] : [`${windows} of ${of} of ${partition} (${count(days, "day")})`],
    );
    if (filled.length + left.length === 0) return [];
    return [[site, filled.join(", ") || "none", left.join(", ") || "none"]];
  });
  if (rows.length === 0) return [];
  const lines = aligned([["site", "interpolated", "windows left out"], ...rows]);
  return [["Gaps in the drivers", ...lines.map((line) => `  ${line}`)].join("\n")];
}

function verdict(sites: readonly string[], left: readonly string[], mayFail: boolean): string {
  if (left.length === 0)
    return `a run can use ${sites.length === 1 ? "the site" : `all ${sites.length} sites`}`;
  if (left.length === sites.length) return "a run can use none of the sites";
  if (!mayFail) return "a run stops, because `strict` is set";
  const list = left.map((site) => `"${site}"`).join(", ");
  return `a run goes on with ${sites.length - left.length} of ${sites.length} sites. To leave the others out yourself: exclude: [${list}]`;
}
