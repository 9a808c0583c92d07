/** measure_gains: in which months a factor gains over 0, and how sure the gain is over days drawn anew. */
import { comparisonOf } from "../statistics/compare.ts";
import { readDays } from "../statistics/days.ts";
import { ensembleGains, monthGains } from "../statistics/gains.ts";
import { stream } from "../statistics/streams.ts";
import { writeTable } from "../statistics/tables.ts";
import { type Verdict, verdictOfInterval } from "../statistics/verdicts.ts";
import type { TestParams } from "./test-factors.ts";

interface GainsJob {
  /** The days of every site and factor, sites slowest. */
  readonly input: readonly string[];
  readonly output: { readonly months: string; readonly days: string };
  readonly params: TestParams;
}

/** The columns of months.csv: a line per site, factor above 0 and calendar month. */
export const monthColumns = [
  "site_id",
  "factor",
  "partition",
  "month",
  "n_days",
  "mean_observed",
  "high_flow",
  "rmse_single",
  "rmse_multi",
  "reduction_percent",
  "nse_gain",
] as const;

/** The columns of ensemble_days.csv: a line per site and factor above 0. */
export const ensembleDayColumns = [
  "site_id",
  "factor",
  "partition",
  "n_days",
  "nse_single",
  "nse_multi",
  "difference",
  "low",
  "high",
  "verdict",
  "refused",
] as const;

/** Measures the gains of every site and factor. */
export async function measureGains({ input, output, params }: GainsJob): Promise<void> {
  const { statistics, factors } = params;
  const comparison = comparisonOf(params);
  const months: Record<(typeof monthColumns)[number], string | number | null>[] = [];
  const days: Record<(typeof ensembleDayColumns)[number], string | number | null>[] = [];
  for (const [s, site] of comparison.sites.entries()) {
    const files = input.slice(s * factors.length, (s + 1) * factors.length);
    const all = await Promise.all(files.map(readDays));
    const single = all[factors.indexOf(0)]!;
    const multis = comparison.factors.map((factor) => all[factors.indexOf(factor)]!);
    const chance = stream(statistics.seed, "days", site);
    const gains = ensembleGains(single, multis, statistics.blockDays, statistics.resamples, chance);
    comparison.factors.forEach((factor, k) => {
      const key = { site_id: site, factor, partition: comparison.judged };
      for (const gain of monthGains(single, multis[k]!))
        months.push({
          ...key,
          month: gain.month,
          n_days: gain.days,
          mean_observed: gain.meanObserved,
          high_flow: gain.highFlow ? "yes" : "no",
          rmse_single: gain.rmseSingle,
          rmse_multi: gain.rmseMulti,
          reduction_percent: gain.reductionPercent,
          nse_gain: gain.nseGain,
        });
      const gain = gains[k] ?? null;
      const interval = gain?.interval ?? null;
      const verdict: Verdict =
        gain === null || interval === null
          ? "refused"
          : verdictOfInterval(gain.difference, interval, statistics);
      days.push({
        ...key,
        n_days: single.observed.length,
        nse_single: gain?.nseSingle ?? null,
        nse_multi: gain?.nseMulti ?? null,
        difference: gain?.difference ?? null,
        low: interval?.low ?? null,
        high: interval?.high ?? null,
        verdict,
        refused: gain === null ? "no NSE: too few observations, or all are equal" : gain.refused,
      });
    });
  }
  await writeTable(output.months, monthColumns, months);
  await writeTable(output.days, ensembleDayColumns, days);
}
