/** A folder's report as text to read: a table of sites, then what was found, errors first. */
import { count } from "braid-engine/quantities";
import { formatDay } from "../tables/day.ts";
import type { FolderReport } from "./check-folder.ts";
import type { SiteSummary } from "./check-table.ts";
import type { Finding, Level } from "./finding.ts";

const mostShown = 40;

/** The column by which files of made-up data say so. */
const syntheticColumn = "synthetic";

/** The report; findings beyond the first forty of a level are counted only, unless `all`. */
export function formatReport(report: FolderReport, { all = false } = {}): string {
  const { folder, observations, drivers, primary } = report;
  const parts = [
    `Data folder ${folder}: ${drivers.size} sites with drivers, ${observations.size} with observations`,
  ];
  if (primary !== null)
    parts.push(`The primary, which a run predicts: ${primary} (pnpm data check --primary NAME for another)`);
  if ([observations, drivers].some(isSynthetic))
    parts.push("SYNTHETIC data: made by a program, not measured (column synthetic)");
  if (observations.size > 0) parts.push(siteTable("Observations", observations));
  if (drivers.size > 0) parts.push(siteTable("Drivers", drivers));
  for (const level of ["error", "warning"] as const) parts.push(...findingList(report.findings, level, all));
  const errors = report.findings.filter((finding) => finding.level === "error").length;
  const warnings = report.findings.length - errors;
  parts.push(
    errors > 0
      ? `${count(errors, "error")}, ${count(warnings, "warning")}: a run on this folder would break or learn from wrong numbers`
      : `No errors, ${count(warnings, "warning")}: a run can use this folder`,
  );
  return parts.join("\n\n");
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

function siteTable(title: string, sites: ReadonlyMap<string, SiteSummary>): string {
  const columns = sites.values().next().value?.columns.keys() ?? [];
  const names = [...columns].filter((name) => name !== syntheticColumn);
  const rows = [...sites.values()].map(({ site, rows: count, first, last, columns }) => [
    site,
    formatDay(first),
    formatDay(last),
    String(count),
    String(last - first + 1 - count),
    ...names.map((name) => {
      const { seen, missing, least, most } = columns.get(name)!;
      if (seen === 0) return "none";
      const share = missing === 0 ? "" : ` (${((100 * missing) / (seen + missing)).toFixed(1)} % missing)`;
      return `${short(least)}..${short(most)}${share}`;
    }),
  ]);
  const cells = [["site", "first", "last", "days", "gaps", ...names], ...rows];
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
  ].join("\n");
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
