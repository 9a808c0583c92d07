/** The words and figures that the summary and the terminal share. */
import { count } from "braid-engine/quantities";
import type { Row } from "./tables.ts";

/** What each line of counts.csv asks, in a few words. */
export function testWords(test: string, naiveFactor: number): string {
  const words: Readonly<Record<string, string>> = {
    naive_best: "best factor on its own scores (biased)",
    any_better: "any factor better",
    any_worse: "any factor worse",
    chosen_factor: "factor chosen on validation",
    chosen_factor_days: "the same, tested over days",
    naive_factor: `factor ${naiveFactor}, fixed in advance`,
  };
  return words[test] ?? test;
}

/** The multiple-comparison correction, in words. */
export function adjustmentWords(adjustment: string): string {
  return adjustment === "none" ? "each site alone" : adjustment === "holm" ? "Holm" : "Benjamini-Hochberg";
}

/** What of a line of counts.csv is counted. */
export type Counted = "better" | "no_difference" | "worse";

/** Whether a test is one-sided and can never give this verdict. */
export function cannotFind(test: string, what: Counted): boolean {
  const blind: Readonly<Record<string, Counted>> = { any_better: "worse", any_worse: "better" };
  return blind[test] === what;
}

/** Why sites were refused, one reason per site; if for several reasons, how many sites for each. Null if none was. */
export function reasonsText(reasons: readonly string[]): string | null {
  const sites = [...Map.groupBy(reasons, (reason) => reason)].sort(([, a], [, b]) => b.length - a.length);
  if (sites.length <= 1) return reasons[0] ?? null;
  return sites.map(([reason, of]) => `${reason} (${count(of.length, "site")})`).join("; ");
}

/** `12 (8 to 17)`, or `12` without `intervals`; `-` where the test cannot find this, `refused` where it was refused at every site. */
export function countWords(line: Row, what: Counted, intervals = true): string {
  if (cannotFind(line.test!, what)) return "-";
  if (line.sites === "0") return "refused";
  const [low, high] = [line[`${what}_low`]!, line[`${what}_high`]!];
  return low === "" || !intervals
    ? line[what]!
    : `${line[what]} (${Math.round(Number(low))} to ${Math.round(Number(high))})`;
}

/** A number with `digits` decimals, a sign where asked, `-` where there is none. */
export function figure(value: number, digits = 3, sign = false): string {
  if (!Number.isFinite(value)) return "-";
  return `${sign && value >= 0 ? "+" : ""}${value.toFixed(digits)}`;
}

/** Rows of equal length as lines with aligned columns, the first to the left and the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows.map((row) =>
    row
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join("  ")
      .trimEnd(),
  );
}

/** A table in Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const text = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [text(header), text(header.map(() => "---")), ...rows.map(text)].join("\n");
}

/** What follows results on synthetic data in a heading on the terminal; empty for others. */
export function syntheticWords(synthetic: boolean, results = "scores"): string {
  return synthetic ? ` (SYNTHETIC data: these ${results} say nothing about rivers)` : "";
}
