/** test_jointly: for sites that share models, how far counts of sites go if a factor does nothing, and the mean gain over sites. */
import { comparisonOf, siteScores } from "../../statistics/compare.ts";
import { jointCounts, meanGain, type SiteDifferences } from "../../statistics/joint.ts";
import { grouped, readRegions } from "../../statistics/regions.ts";
import { type Members, sameModels } from "../../statistics/same-models.ts";
import { readScores } from "../../statistics/scores.ts";
import { stream } from "../../statistics/streams.ts";
import { writeTable } from "../../statistics/tables.ts";
import type { TestParams } from "../test-factors.ts";

interface JointJob {
  readonly input: {
    readonly metrics: string;
    /** sites.csv, where the data have one. */
    readonly sites: readonly string[];
  };
  readonly output: string;
  readonly params: TestParams & { readonly members: Members };
}

/** The columns of joint.csv: a line per factor above 0. */
export const jointColumns = [
  "factor",
  "sites",
  "better",
  "worse",
  "null_high",
  "p_better",
  "p_worse",
  "better_yekutieli",
  "worse_yekutieli",
  "mean_gain",
  "low",
  "high",
] as const;

/** Tests every factor at all sites together. */
export async function testJointly({ input, output, params }: JointJob): Promise<void> {
  const { primary, statistics, members } = params;
  const comparison = comparisonOf(params);
  const table = await readScores(input.metrics, primary, "nse");
  const unitOf = new Map(
    Object.entries(members).flatMap(([unit, sites]) => sites.map((site) => [site, unit])),
  );
  const regions = grouped(comparison.sites, await readRegions(input.sites[0] ?? null));
  // Without regions each site is drawn by itself.
  const groups = typeof regions === "string" ? comparison.sites.map((site) => [site]) : regions;
  const sameAt = sameModels(table, comparison, members);
  const rows = comparison.sites.map((site) => ({
    site,
    same: sameAt(site),
    scores: siteScores(table, site, comparison)[comparison.judged],
  }));
  const lines = comparison.factors.map((factor, k): JointRow => {
    const differences: SiteDifferences[] = rows
      .filter(({ scores, same }) => scores.length > 0 && !same.has(k + 1))
      .map(({ site, scores }) => ({
        site,
        unit: unitOf.get(site)!,
        bySeed: new Map(scores.map((row) => [row.seed, row.scores[k + 1]! - row.scores[0]!])),
      }));
    if (differences.length === 0) return nothing(factor);
    const chance = stream(statistics.seed, "joint", factor);
    const counts = jointCounts(differences, statistics, statistics.permutations, chance);
    const { gain, interval } = meanGain(differences, groups, statistics.resamples, chance);
    return {
      factor,
      sites: counts.sites,
      better: counts.better,
      worse: counts.worse,
      null_high: counts.nullHigh,
      p_better: counts.pBetter,
      p_worse: counts.pWorse,
      better_yekutieli: counts.betterYekutieli,
      worse_yekutieli: counts.worseYekutieli,
      mean_gain: gain,
      low: interval.low,
      high: interval.high,
    };
  });
  await writeTable(output, jointColumns, lines);
}

type JointRow = Readonly<Record<(typeof jointColumns)[number], number | null>>;

function nothing(factor: number): JointRow {
  const empty = Object.fromEntries(jointColumns.map((column) => [column, null])) as Record<
    keyof JointRow,
    null
  >;
  return { ...empty, factor, sites: 0 };
}
