/** The statistics as the report shows them, read by the names of their columns. */
import type { TestCounts, Verdicts } from "braid-pages/report";
import { numberIn, type Row, readTable } from "../statistics/tables.ts";
import { testWords } from "../statistics/words.ts";

/** What a reader must know of each test. */
const notes: Readonly<Record<string, string>> = {
  naive_best:
    "The best factor is picked and tested on the same scores, as papers do: it finds differences where there are none.",
  any_better: "Max-T permutation test over all factors, one-sided: it cannot find a site worse.",
  any_worse: "The mirror of the test before: it cannot find a site better.",
  chosen_factor:
    "The factor is chosen on validation with half of the seeds and judged on test with the others.",
  chosen_factor_days:
    "The same factor, judged over the days of the ensemble's predictions instead of over seeds.",
  naive_factor: "A factor that nobody chose, against 0.",
};

export async function readVerdicts(tests: string, counts: string, naiveFactor: number): Promise<Verdicts> {
  const rows = await readTable(counts);
  const lines = await readTable(tests);
  const bySite: Record<string, Record<string, string>> = {};
  for (const { test, site_id, verdict } of lines) {
    bySite[test!] ??= {};
    bySite[test!]![site_id!] = verdict!;
  }
  return { counts: rows.map((row) => countsOf(row, naiveFactor)), bySite };
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
