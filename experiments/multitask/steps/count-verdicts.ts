/** count_verdicts: over sites, how many are better, the same and worse under each test, with intervals over regions. */
import { comparisonOf } from "../statistics/compare.ts";
import { type Count, type Counts, countVerdicts } from "../statistics/counts.ts";
import { grouped, readRegions } from "../statistics/regions.ts";
import { testNames } from "../statistics/site-tests.ts";
import { stream } from "../statistics/streams.ts";
import { type Row, readTable, writeTable } from "../statistics/tables.ts";
import { type Adjustment, adjustments, type Verdict } from "../statistics/verdicts.ts";
import type { TestParams } from "./test-factors.ts";

interface CountJob {
  readonly input: {
    readonly tests: string;
    readonly days: string;
    /** sites.csv, where the data have one. */
    readonly sites: readonly string[];
  };
  readonly output: string;
  readonly params: TestParams;
  log(text: string): void;
}

/** The columns of counts.csv: a line per test and way to pay for the number of sites. */
export const countColumns = [
  "test",
  "adjustment",
  "sites",
  "better",
  "better_low",
  "better_high",
  "no_difference",
  "no_difference_low",
  "no_difference_high",
  "worse",
  "worse_low",
  "worse_high",
  "refused",
  "reason",
  "no_interval",
] as const;

/** The test over days of the chosen factor's ensemble, beside those over seeds. */
export const overDays = "chosen_factor_days";

/** Counts the verdicts of the tables. */
export async function countVerdictsOf({ input, output, params, log }: CountJob): Promise<void> {
  const { sites } = comparisonOf(params);
  const { statistics } = params;
  const groups = grouped(sites, await readRegions(input.sites[0] ?? null));
  if (typeof groups === "string") log(`No intervals of the counts: ${groups}`);
  const tests = await readTable(input.tests);
  const count = (test: string, adjustment: Adjustment, verdicts: Map<string, Verdict>, reasons: string[]) => {
    const chance = stream(statistics.seed, "regions", test, adjustment);
    const drawn = typeof groups === "string" ? null : groups;
    const counts = countVerdicts(verdicts, drawn, statistics.resamples, chance);
    const noInterval = typeof groups === "string" ? groups : null;
    return { ...countRow(test, adjustment, counts), reason: reasons[0] ?? null, no_interval: noInterval };
  };
  const rows = testNames.flatMap((test) => {
    const lines = tests.filter((line) => line.test === test);
    return adjustments.map((adjustment) => {
      const column = adjustment === "none" ? "verdict" : `verdict_${adjustment}`;
      const verdicts = new Map(lines.map((line) => [line.site_id!, line[column] as Verdict]));
      const reasons = lines.filter((line) => line[column] === "refused").map((line) => line.refused!);
      return count(test, adjustment, verdicts, reasons);
    });
  });
  const days = count(overDays, "none", ...verdictsOverDays(tests, await readTable(input.days)));
  rows.splice(rows.findLastIndex(({ test }) => test === "chosen_factor") + 1, 0, days);
  await writeTable(output, countColumns, rows);
}

/** By site the verdict over days for the factor that was chosen there; and why there is none. */
export function verdictsOverDays(
  tests: readonly Row[],
  days: readonly Row[],
): [Map<string, Verdict>, string[]] {
  const chosen = tests.filter((line) => line.test === "chosen_factor");
  const reasons = chosen.filter((line) => line.factor === "").map((line) => line.refused!);
  const verdicts = chosen.map(({ site_id, factor }): [string, Verdict] => {
    const line = days.find((one) => one.site_id === site_id && one.factor === factor);
    return [site_id!, (line?.verdict ?? "refused") as Verdict];
  });
  return [new Map(verdicts), reasons];
}

function countRow(test: string, adjustment: Adjustment, counts: Counts) {
  const { better, "no difference": same, worse, refused } = counts;
  const ends = (count: Count) => [count.interval?.low ?? null, count.interval?.high ?? null] as const;
  const [[betterLow, betterHigh], [sameLow, sameHigh], [worseLow, worseHigh]] = [
    ends(better),
    ends(same),
    ends(worse),
  ];
  return {
    test,
    adjustment,
    sites: better.sites + same.sites + worse.sites,
    better: better.sites,
    better_low: betterLow,
    better_high: betterHigh,
    no_difference: same.sites,
    no_difference_low: sameLow,
    no_difference_high: sameHigh,
    worse: worse.sites,
    worse_low: worseLow,
    worse_high: worseHigh,
    refused,
  };
}
