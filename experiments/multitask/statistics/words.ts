/** The words and figures that the summary and the terminal share. */
import type { Row } from "./tables.ts";

/** What each line of counts.csv asks, in a few words. */
export function testWords(test: string, naiveFactor: number): string {
  const words: Readonly<Record<string, string>> = {
    naive_best: "best factor on its own scores (biased)",
    any_better: "any factor better",
    any_worse: "any factor worse",
    chosen_factor: "factor chosen on validation",
    chosen_factor_days: "the same, over days and not seeds",
    naive_factor: `factor ${naiveFactor}, not chosen`,
  };
  return words[test] ?? test;
}

/** How the number of sites was paid for. */
export function adjustmentWords(adjustment: string): string {
  return adjustment === "none" ? "each site alone" : adjustment === "holm" ? "Holm" : "Benjamini-Hochberg";
}

/** What of a line of counts.csv is counted. */
export type Counted = "better" | "no_difference" | "worse";

/** `12 (8 to 17)`, or `12` without `intervals`; `-` where the test cannot find this, `refused` where it was refused at every site. */
export function countWords(line: Row, what: Counted, intervals = true): string {
  const blind = { any_better: "worse", any_worse: "better" }[line.test!];
  if (what === blind) return "-";
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
