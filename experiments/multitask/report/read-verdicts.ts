/** The statistics as the report shows them, read by the names of their columns. */
import type { AuxiliaryVerdicts, SiteResult, TestCounts, Verdicts } from "braid-pages/report";
import { numberIn, type Row, readTable } from "../statistics/tables.ts";
import { testWords } from "../statistics/words.ts";

/** What a reader must know of each test. */
const notes: Readonly<Record<string, string>> = {
  naive_best:
    "The best factor is picked and tested on the same scores, as papers do: it finds differences where there are none.",
  any_better: "Max-T test over all factors by flipped signs, one-sided: it cannot find a site worse.",
  any_worse: "The mirror of the test before: it cannot find a site better.",
  chosen_factor:
    "The factor is chosen on validation with half of the seeds and judged on test with the others.",
  chosen_factor_days:
    "The same factor, judged over the days of the ensemble's predictions instead of over seeds.",
  naive_factor: "A factor that nobody chose, against 0.",
};

export async function readVerdicts(
  tests: string,
  counts: string,
  { primary, naiveFactor }: { readonly primary: string; readonly naiveFactor: number },
): Promise<Verdicts> {
  const rows = await readTable(counts);
  const lines = await readTable(tests);
  const judged = { partition: lines[0]?.partition ?? "", variable: primary, score: "nse" };
  return { judged, counts: rows.map((row) => countsOf(row, naiveFactor)), answer: answerOf(lines, rows) };
}

/**
 * The tests that a page may answer with, the one of the plain question first: the other does not say whether the factor
 * that one would choose is better. A test on the scores that chose its factor is none of them.
 */
const answers = ["chosen_factor", "any_better"];

function answerOf(lines: readonly Row[], counts: readonly Row[]): Verdicts["answer"] {
  const isJudged = (test: string) => counts.some((row) => row.test === test && Number(row.sites) > 0);
  const test = answers.find(isJudged);
  if (test === undefined) return null;
  const own = lines.filter((row) => row.test === test);
  return { test, bySite: Object.fromEntries(own.map((row) => [row.site_id!, resultOf(row)])) };
}

function resultOf(row: Row): SiteResult {
  return {
    factor: numberIn(row.factor),
    gain: numberIn(row.hodges_lehmann),
    low: numberIn(row.low),
    high: numberIn(row.high),
    verdicts: {
      none: row.verdict ?? "",
      benjamini_hochberg: row.verdict_benjamini_hochberg ?? "",
      holm: row.verdict_holm ?? "",
    },
    refused: row.refused ?? "",
  };
}

/** Those of each auxiliary variable. */
export async function readAuxiliary(counts: string, naiveFactor: number): Promise<AuxiliaryVerdicts[]> {
  return [...Map.groupBy(await readTable(counts), (row) => row.variable!)].map(([variable, rows]) => ({
    variable,
    against: rows[0]!.single_task!,
    counts: rows.map((row) => countsOf(row, naiveFactor)),
    refused: rows.every((row) => row.sites === "0") ? rows[0]!.reason! : "",
  }));
}

function countsOf(row: Row, naiveFactor: number): TestCounts {
  const count = (name: string) => ({
    sites: Number(row[name]),
    low: numberIn(row[`${name}_low`]),
    high: numberIn(row[`${name}_high`]),
  });
  return {
    test: row.test!,
    title: testWords(row.test!, naiveFactor),
    adjustment: row.adjustment!,
    better: count("better"),
    same: count("no_difference"),
    worse: count("worse"),
    refused: Number(row.refused),
    note: notes[row.test!] ?? "",
    reason: row.reason ?? "",
  };
}
