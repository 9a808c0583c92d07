/**
 * test_factors: is a factor above 0 better or worse than 0 at a site? Every test at every site, with verdicts;
 * beside it the scores by factor and the gains on the days of high flow.
 */
import { median, quantile } from "@braid/statistics";
import { compare, comparisonOf, siteScores } from "../statistics/compare.ts";
import { type Members, sameModels } from "../statistics/same-models.ts";
import { readScores, type ScoreTable } from "../statistics/scores.ts";
import type { SeedScores, SiteScores } from "../statistics/site-tests.ts";
import { gains } from "../statistics/site-tests.ts";
import type { Comparison, SameModels, StatisticsSpec } from "../statistics/spec.ts";
import { writeTable } from "../statistics/tables.ts";
import type { Judged } from "../statistics/verdicts.ts";

export interface TestParams {
  readonly primary: string;
  readonly factors: readonly number[];
  readonly seeds: readonly number[];
  readonly sites: readonly string[];
  readonly evaluate: readonly string[];
  readonly statistics: StatisticsSpec;
}

interface TestJob {
  readonly input: string;
  readonly output: { readonly tests: string; readonly factors: string; readonly highFlows: string };
  /** `members`: the sites of each unit, if sites share models. */
  readonly params: TestParams & { readonly members?: Members };
  log(text: string): void;
}

/** The columns of tests.csv: a line per test and site. */
export const testColumns = [
  "test",
  "site_id",
  "partition",
  "factor",
  "pairs",
  "median_difference",
  "hodges_lehmann",
  "low",
  "high",
  "coverage",
  "p",
  "p_benjamini_hochberg",
  "p_holm",
  "verdict",
  "verdict_benjamini_hochberg",
  "verdict_holm",
  "refused",
] as const;

/** The columns of factors.csv: a line per site and factor. */
export const factorColumns = [
  "site_id",
  "factor",
  "partition",
  "models",
  "nse_q25",
  "nse_median",
  "nse_q75",
  "median_difference",
  "seeds_better",
] as const;

/** The columns of high_flows.csv: a line per site and factor above 0. */
export const highFlowColumns = [
  "site_id",
  "factor",
  "partition",
  "pairs",
  "rmse_top_single",
  "rmse_top_multi",
  "reduction_percent",
  "seeds_better",
] as const;

/** Runs the tests on the gathered metrics. */
export async function testFactors({ input, output, params, log }: TestJob): Promise<void> {
  const { primary, statistics } = params;
  const comparison = comparisonOf(params);
  const nse = await readScores(input, primary, "nse");
  const top = await readScores(input, primary, "rmse_top");
  const sameAt = sameModels(nse, comparison, params.members);
  const scoresAt = (site: string) => ({ ...siteScores(nse, site, comparison), same: sameAt(site) });
  const tests = compare(scoresAt, comparison, statistics);
  await writeTable(
    output.tests,
    testColumns,
    tests.flatMap(({ bySite }) => [...bySite].map(([site, judged]) => testRow(site, judged, comparison))),
  );
  await writeTable(output.factors, factorColumns, factorRows(nse, comparison, sameAt));
  await writeTable(output.highFlows, highFlowColumns, highFlowRows(top, comparison));
  log(`${nse.models} models of ${comparison.sites.length} sites compared on ${comparison.judged}`);
}

/** A line of a table of tests. */
export function testRow(
  site: string,
  { outcome, adjusted, verdicts, refused }: Judged,
  comparison: Comparison,
): Readonly<Record<(typeof testColumns)[number], string | number | null>> {
  const { test, factor, pairs, medianDifference, difference } = outcome;
  return {
    test,
    site_id: site,
    partition: test === "chosen_factor" && comparison.both ? "test" : comparison.judged,
    factor,
    pairs,
    median_difference: medianDifference,
    hodges_lehmann: difference?.value ?? null,
    low: difference?.low ?? null,
    high: difference?.high ?? null,
    coverage: difference?.coverage ?? null,
    p: adjusted.none,
    p_benjamini_hochberg: adjusted.benjamini_hochberg,
    p_holm: adjusted.holm,
    verdict: verdicts.none,
    verdict_benjamini_hochberg: verdicts.benjamini_hochberg,
    verdict_holm: verdicts.holm,
    refused,
  };
}

/** Gains are empty where a factor trains the model of factor 0: 0 would count as a finding. */
function factorRows(table: ScoreTable, comparison: Comparison, sameAt: (site: string) => SameModels) {
  return judgedScores(table, comparison).flatMap(([site, rows]) =>
    [0, ...comparison.factors].map((factor, k) => {
      const scores = rows.map((row) => row.scores[k]!);
      const differences = gains(rows, k);
      const some = (value: number) => (rows.length === 0 ? null : value);
      const isSame = sameAt(site).has(k);
      return {
        site_id: site,
        factor,
        partition: comparison.judged,
        models: rows.length,
        nse_q25: some(quantile(scores, 0.25)),
        nse_median: some(median(scores)),
        nse_q75: some(quantile(scores, 0.75)),
        median_difference: isSame ? null : some(median(differences)),
        seeds_better: k === 0 || isSame ? null : differences.filter((difference) => difference > 0).length,
      };
    }),
  );
}

/** RMSE on the days above the 90th percentile, in the primary's unit; the reduction is the median over seeds. */
function highFlowRows(table: ScoreTable, comparison: Comparison) {
  return judgedScores(table, comparison).flatMap(([site, rows]) =>
    comparison.factors.map((factor, i) => {
      const single = rows.map(({ scores }) => scores[0]!);
      const multi = rows.map(({ scores }) => scores[i + 1]!);
      const reductions = single.map((error, s) => (100 * (error - multi[s]!)) / error);
      const some = (value: number) => (Number.isFinite(value) ? value : null);
      return {
        site_id: site,
        factor,
        partition: comparison.judged,
        pairs: rows.length,
        rmse_top_single: some(median(single)),
        rmse_top_multi: some(median(multi)),
        reduction_percent: some(median(reductions)),
        seeds_better: reductions.filter((reduction) => reduction > 0).length,
      };
    }),
  );
}

function judgedScores(
  table: ScoreTable,
  comparison: Comparison,
): (readonly [site: string, rows: SiteScores["test"] & readonly SeedScores[]])[] {
  return comparison.sites.map((site) => [site, siteScores(table, site, comparison)[comparison.judged]]);
}
