/** A folder's report as text to read: a table of sites, then what was found, errors first. */
import { count } from "braid-engine/quantities";
import { formatDay } from "../tables/day.ts";
import type { FolderReport } from "./check-folder.ts";
import type { SiteSummary } from "./check-table.ts";
import type { Finding, Level } from "./finding.ts";
import { listed } from "./listed.ts";

const mostShown = 40;

/** The column by which files of synthetic data say so. */
const syntheticColumn = "synthetic";

/** What to do about gaps in the drivers. */
export const gapAdvice =
  "Gaps in the drivers: `fillGaps: N` in the config interpolates gaps of up to N days, and leaves out windows with longer ones. " +
  "`fillPrecipitation: true` interpolates precipitation too.";

/** How to show a report. */
export interface Format {
  /** List all sites and findings, not the first forty. */
  readonly all?: boolean;
  /** Sites that an import or its config leaves out, for the last line. */
  readonly leftOut?: readonly string[];
}

/** The report; sites beyond the first forty, and findings of a level, are counted only, unless `all`. */
export function formatReport(report: FolderReport, { all = false, leftOut = [] }: Format = {}): string {
  const { folder, observations, drivers, primary } = report;
  const parts = [
    `Data folder ${folder}: ${count(drivers.size, "site")} with drivers, ${observations.size} with observations`,
  ];
  if (primary !== null)
    parts.push(`The primary, which a run predicts: ${primary} (pnpm data check --primary NAME for another)`);
  if ([observations, drivers].some(isSynthetic))
    parts.push("SYNTHETIC data: made by a program, not measured (column synthetic)");
  if (observations.size > 0) parts.push(siteTable("Observations", observations, all));
  if (drivers.size > 0) parts.push(siteTable("Drivers", drivers, all));
  for (const level of ["error", "warning"] as const) parts.push(...findingList(report.findings, level, all));
  if ([...drivers.values()].some(hasGaps)) parts.push(gapAdvice);
  parts.push(`${verdict(report)}${leftOutOf(report, leftOut)}`);
  return parts.join("\n\n");
}

function verdict({ findings, drivers, observations }: FolderReport): string {
  const errors = findings.filter(({ level }) => level === "error");
  const warnings = count(findings.length - errors.length, "warning");
  if (errors.length === 0) return `No errors, ${warnings}: a run can use this folder`;
  const told = `${count(errors.length, "error")}, ${warnings}`;
  const [bad, all] = [
    new Set(errors.map(({ site }) => site)),
    new Set([...drivers.keys(), ...observations.keys()]),
  ];
  if (bad.has(null) || bad.size >= all.size)
    return `${told}: a run on this folder would break or learn from wrong numbers`;
  return `${told}, at ${bad.size} of ${count(all.size, "site")}: a run leaves out a site whose data it cannot read, and learns wrong numbers from one whose data are wrong`;
}

/** How many sites a run can use, and which are left out; empty if none is. */
function leftOutOf({ drivers }: FolderReport, leftOut: readonly string[]): string {
  if (leftOut.length === 0) return "";
  const without = new Set(leftOut);
  const used = [...drivers.keys()].filter((site) => !without.has(site)).length;
  return `, ${count(used, "site")}; ${leftOut.length} left out: ${listed(leftOut)}`;
}

/** Whether a day between the first and the last has no row or no value. */
function hasGaps({ rows, first, last, columns }: SiteSummary): boolean {
  return last - first + 1 > rows || [...columns.values()].some(({ missing }) => missing > 0);
}

/** Whether a run would break on what was found. */
export function hasErrors(report: FolderReport): boolean {
  return report.findings.some(({ level }) => level === "error");
}

/** One finding as text, with its first place after `separator`. */
export function formatFinding({ file, site, text, example, count }: Finding, separator = "; "): string {
  const where = site === null ? file : `${file}, site ${site}`;
  const times = count > 1 ? ` (${count} times)` : "";
  return `${where}: ${text}${times}${example === null ? "" : `${separator}first: ${example}`}`;
}

function isSynthetic(sites: ReadonlyMap<string, SiteSummary>): boolean {
  return [...sites.values()].some(({ columns }) => (columns.get(syntheticColumn)?.most ?? 0) > 0);
}

function siteTable(title: string, sites: ReadonlyMap<string, SiteSummary>, all: boolean): string {
  const columns = sites.values().next().value?.columns.keys() ?? [];
  const names = [...columns].filter((name) => name !== syntheticColumn);
  const shown = [...sites.values()].slice(0, all ? sites.size : mostShown);
  const rows = shown.map(({ site, rows: count, first, last, columns }) => [
    site,
    formatDay(first),
    formatDay(last),
    String(count),
    String(last - first + 1 - count),
    ...names.map((name) => {
      const { seen, missing, least, most } = columns.get(name)!;
      if (seen === 0) return "none";
      return `${short(least)}..${short(most)}${missingDays(missing, seen + missing)}`;
    }),
  ]);
  const cells = [["site", "first", "last", "days", "no row", ...names], ...rows];
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return [
    title,
    ...cells.map(
      (row) =>
        `  ${row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join("  ")
          .trimEnd()}`,
    ),
    ...(shown.length < sites.size ? [`  and ${sites.size - shown.length} more: --all shows them`] : []),
  ].join("\n");
}

/** ` (3.4 % missing)`; the number of days where the share would be rounded to nothing. */
function missingDays(missing: number, of: number): string {
  if (missing === 0) return "";
  const share = ((100 * missing) / of).toFixed(1);
  return ` (${share === "0.0" ? count(missing, "day") : `${share} %`} missing)`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** The findings of a level under its heading; empty if there are none. */
export function findingList(findings: readonly Finding[], level: Level, all: boolean): string[] {
  const of = findings.filter((finding) => finding.level === level);
  if (of.length === 0) return [];
  const shown = all ? of : of.slice(0, mostShown);
  const lines = shown.map((finding) => `  ${formatFinding(finding, "\n    ")}`);
  if (of.length > shown.length) lines.push(`  and ${of.length - shown.length} more: --all shows them`);
  return [`${level === "error" ? "Errors" : "Warnings"}\n${lines.join("\n")}`];
}
