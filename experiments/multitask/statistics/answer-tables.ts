/** The tables of the short answer: scores by factor, and counts of sites by test. */
import { count } from "braid-engine/quantities";
import type { FactorFinding, Findings } from "./findings.ts";
import type { Row } from "./tables.ts";
import { aligned, type Counted, countWords, figure, testWords } from "./words.ts";

/** One factor over all sites. The difference is null where there is no factor 0 to differ from. */
export type FactorLine = Pick<FactorFinding, "factor" | "q25" | "median" | "q75"> & {
  readonly difference: number | null;
};

/** A line per factor over `sites` sites; `drawn` adds a sparkline of the medians. */
export function factorTable(factors: readonly FactorLine[], sites: number, drawn: boolean): string[] {
  const compared = factors.some(({ difference }) => difference !== null);
  const spread = sites > 1;
  const lines = aligned([
    [
      ...["factor", "median NSE"],
      ...(spread ? ["middle half of sites"] : []),
      ...(compared ? ["median gain, paired by seed"] : []),
    ],
    ...factors.map(({ factor, median, q25, q75, difference }) => [
      String(factor),
      figure(median),
      ...(spread ? [`${figure(q25)} to ${figure(q75)}`] : []),
      ...(difference === null ? [] : [factor === 0 ? "" : figure(difference, 3, true)]),
    ]),
  ]);
  if (!drawn || factors.length === 1) return lines;
  return [...lines, "", `${sparkline(factors.map(({ median }) => median))}  median NSE, factor by factor`];
}

/** A line per test: counts of each site alone, and under the first correction; the rest is in the summary. */
export function verdictTable({ counts, sites }: Findings, naiveFactor: number): string[] {
  const tests = [...Map.groupBy(counts, (line) => line.test!)];
  const rows = tests.map(([test, lines]) => [testWords(test, naiveFactor), ...countCells(lines)]);
  const refused = counts.filter((line) => line.sites === "0" && line.adjustment !== "holm");
  return [
    ...aligned([
      [`against factor 0, of ${count(sites, "site")}`, "better", "no difference", "worse"],
      ...rows,
    ]),
    "Each site alone / under Benjamini-Hochberg. Holm and intervals: see summary.md.",
    ...[...new Set(refused.map((line) => line.reason!))].map((reason) => `Refused: ${reason}`),
  ];
}

/** Sites better, not different and worse of one test's lines, such as `56 / 43`: each site alone, and under Benjamini-Hochberg. */
export function countCells(lines: readonly Row[]): string[] {
  return (["better", "no_difference", "worse"] satisfies Counted[]).map((what) => {
    const words = ["none", "benjamini_hochberg"].flatMap((adjustment) => {
      const line = lines.find((one) => one.adjustment === adjustment);
      return line === undefined ? [] : [countWords(line, what, false)];
    });
    return new Set(words).size === 1 && !/\d/.test(words[0]!) ? words[0]! : words.join(" / ");
  });
}

/** One block per value, the lowest and the highest of them spanning the eight heights. */
export function sparkline(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return values
    .map((value) => {
      if (!Number.isFinite(value)) return " ";
      return "▁▂▃▄▅▆▇█"[high === low ? 3 : Math.round((7 * (value - low)) / (high - low))]!;
    })
    .join("");
}
