/**
 * compare_ungauged: the scores and verdicts of sites that models learnt from, beside those of sites that were held out. Every site
 * counts in one of the two groups.
 */
import { readFile, writeFile } from "node:fs/promises";
import { median, quantile } from "@braid/statistics";
import { countedTests, withOverDays } from "../../statistics/over-days.ts";
import { numberIn, type Row, readTable, writeTable } from "../../statistics/tables.ts";
import { figure, markdownTable, testWords } from "../../statistics/words.ts";
import { type SummariseParams, summarise } from "../summarise.ts";

interface CompareJob {
  readonly input: { readonly tests: string; readonly days: string; readonly factors: string };
  readonly output: { readonly scores: string; readonly counts: string };
  readonly params: { readonly heldOut: readonly string[] };
}

/** The columns of ungauged_scores.csv: over the sites of a group, the medians over seeds at a factor. */
export const scoreColumns = [
  "gauged",
  "factor",
  "partition",
  "sites",
  "nse_q25",
  "nse_median",
  "nse_q75",
  "median_difference",
] as const;

/** The columns of ungauged_counts.csv: verdicts of a test at the sites of a group, each site alone. */
export const countColumns = [
  "gauged",
  "test",
  "sites",
  "better",
  "no_difference",
  "worse",
  "refused",
] as const;

const groups = ["yes", "no"] as const;

/** Writes both tables. */
export async function compareUngauged({ input, output, params }: CompareJob): Promise<void> {
  const held = new Set(params.heldOut);
  const factors = await readTable(input.factors);
  const tests = withOverDays(await readTable(input.tests), await readTable(input.days));
  const of = (gauged: string, rows: readonly Row[]) =>
    rows.filter(({ site_id }) => held.has(site_id!) === (gauged === "no"));
  await writeTable(
    output.scores,
    scoreColumns,
    groups.flatMap((gauged) =>
      [...Map.groupBy(of(gauged, factors), (row) => row.factor!)].map(([factor, rows]) =>
        scoreRow(gauged, factor, rows),
      ),
    ),
  );
  await writeTable(
    output.counts,
    countColumns,
    groups.flatMap((gauged) =>
      countedTests.map((test) =>
        countRow(
          gauged,
          test,
          of(gauged, tests).filter((row) => row.test === test),
        ),
      ),
    ),
  );
}

function scoreRow(gauged: string, factor: string, rows: readonly Row[]) {
  const numbers = (column: string) => rows.map((row) => numberIn(row[column])).filter((one) => one !== null);
  const [medians, differences] = [numbers("nse_median"), numbers("median_difference")];
  const at = (q: number) => (medians.length === 0 ? null : quantile(medians, q));
  return {
    ...{ gauged, factor, partition: rows[0]!.partition!, sites: medians.length },
    ...{ nse_q25: at(0.25), nse_median: at(0.5), nse_q75: at(0.75) },
    median_difference: differences.length === 0 ? null : median(differences),
  };
}

function countRow(gauged: string, test: string, rows: readonly Row[]) {
  const count = (verdict: string) => rows.filter((row) => row.verdict === verdict).length;
  return {
    ...{ gauged, test, sites: rows.length, better: count("better") },
    ...{ no_difference: count("no difference"), worse: count("worse"), refused: count("refused") },
  };
}

type SummariseJob = Parameters<typeof summarise>[0];

/** summarise_statistics of an experiment that holds sites out: the same page, with the two groups beside each other. */
export async function summariseWithUngauged(
  job: Omit<SummariseJob, "input" | "params"> & {
    readonly input: SummariseJob["input"] & {
      readonly ungaugedScores: string;
      readonly ungaugedCounts: string;
    };
    readonly params: SummariseParams & { readonly heldOut: readonly string[] };
  },
): Promise<void> {
  const { input, output, params } = job;
  await summarise(job);
  const page = await readFile(output, "utf8");
  const [scores, counts] = [await readTable(input.ungaugedScores), await readTable(input.ungaugedCounts)];
  await writeFile(output, withSection(page, ungaugedText(params, scores, counts)));
}

/** The page with a section before the one on factors. */
function withSection(page: string, section: string): string {
  const next = "## By factor";
  if (!page.includes(next)) throw new Error(`the summary has no section "${next}"`);
  return page.replace(next, () => `${section}\n\n${next}`);
}

function ungaugedText(
  { heldOut, primary, statistics }: SummariseParams & { readonly heldOut: readonly string[] },
  scores: readonly Row[],
  counts: readonly Row[],
): string {
  const group = (gauged: string | undefined) => (gauged === "yes" ? "gauged" : "ungauged");
  const number = (text: string | undefined, sign = false) => figure(numberIn(text) ?? Number.NaN, 3, sign);
  return [
    "## Gauged and ungauged sites",
    `Ungauged: ${heldOut.join(", ")}. No model was trained or scaled on ${heldOut.length === 1 ? "it" : "them"} (\`holdOut\`). The counts above include all sites. Here each site is in one of two groups, and is judged alone.`,
    markdownTable(
      ["sites", "factor", "number", `median NSE of ${primary}`, "middle half of sites", "median gain over 0"],
      scores.map((row) => [
        group(row.gauged),
        row.factor!,
        row.sites!,
        number(row.nse_median),
        `${number(row.nse_q25)} to ${number(row.nse_q75)}`,
        row.factor === "0" ? "" : number(row.median_difference, true),
      ]),
    ),
    markdownTable(
      ["sites", "test", "better", "no difference", "worse", "refused"],
      counts.map((row) => [
        group(row.gauged),
        testWords(row.test!, statistics.naiveFactor),
        row.better!,
        row.no_difference!,
        row.worse!,
        row.refused!,
      ]),
    ),
  ].join("\n\n");
}
