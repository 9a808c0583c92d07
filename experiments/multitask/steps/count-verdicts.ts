/** count_verdicts: over sites, how many are better, the same and worse under each test, with intervals over regions. */
import { comparisonOf } from "../statistics/compare.ts";
import { type Count, type Counts, countVerdicts } from "../statistics/counts.ts";
import { overDays, verdictsOverDays } from "../statistics/over-days.ts";
import { grouped, readRegions } from "../statistics/regions.ts";
import { testNames } from "../statistics/site-tests.ts";
import type { StatisticsSpec } from "../statistics/spec.ts";
import { stream } from "../statistics/streams.ts";
import { type Row, readTable, writeTable } from "../statistics/tables.ts";
import { type Adjustment, adjustments, type Verdict } from "../statistics/verdicts.ts";
import { reasonsText } from "../statistics/words.ts";
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

/** The columns of counts.csv: a line per test and multiple-comparison correction. */
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

/** Counts the verdicts of the tables. */
export async function countVerdictsOf({ input, output, params, log }: CountJob): Promise<void> {
  const { sites } = comparisonOf(params);
  const groups = grouped(sites, await readRegions(input.sites[0] ?? null));
  if (typeof groups === "string") log(`No intervals of the counts: ${groups}`);
  const tests = await readTable(input.tests);
  const counting = { groups, statistics: params.statistics };
  const rows = countRows(tests, counting);
  const [verdicts, reasons] = verdictsOverDays(tests, await readTable(input.days));
  const days = countTest({ test: overDays, adjustment: "none", verdicts, reasons }, counting);
  rows.splice(rows.findLastIndex(({ test }) => test === "chosen_factor") + 1, 0, days);
  await writeTable(output, countColumns, rows);
}

interface Counting {
  /** The sites of each region, or why there are no regions. */
  readonly groups: readonly (readonly string[])[] | string;
  readonly statistics: Pick<StatisticsSpec, "seed" | "resamples">;
  /** Names the chance of tables beside the first one. */
  readonly of?: string;
}

/** A line per test and multiple-comparison correction; `tests` are lines of a table of tests. */
export function countRows(tests: readonly Row[], counting: Counting): CountRow[] {
  return testNames.flatMap((test) => {
    const lines = tests.filter((line) => line.test === test);
    return adjustments.map((adjustment) => {
      const column = adjustment === "none" ? "verdict" : `verdict_${adjustment}`;
      const verdicts = new Map(lines.map((line) => [line.site_id!, line[column] as Verdict]));
      const reasons = lines.filter((line) => line[column] === "refused").map((line) => line.refused!);
      return countTest({ test, adjustment, verdicts, reasons }, counting);
    });
  });
}

interface JudgedTest {
  readonly test: string;
  readonly adjustment: Adjustment;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Why sites were refused. */
  readonly reasons: readonly string[];
}

function countTest(
  { test, adjustment, verdicts, reasons }: JudgedTest,
  { groups, statistics, of }: Counting,
): CountRow {
  const chance = stream(statistics.seed, "regions", ...(of === undefined ? [] : [of]), test, adjustment);
  const drawn = typeof groups === "string" ? null : groups;
  const counts = countVerdicts(verdicts, drawn, statistics.resamples, chance);
  const noInterval = typeof groups === "string" ? groups : null;
  return { ...countRow(test, adjustment, counts), reason: reasonsText(reasons), no_interval: noInterval };
}

type CountRow = Readonly<Record<(typeof countColumns)[number], string | number | null>>;

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
