/** compare_splits: the verdicts of all splits of an experiment, as tables and as a page of Markdown. */
import { writeFile } from "node:fs/promises";
import type { Partitions } from "../sequences/partitions.ts";
import { withOverDays } from "../statistics/over-days.ts";
import {
  type SplitTests,
  sharedDays,
  splitColumns,
  splitDays,
  splitRefusals,
  splitRows,
  splitSiteColumns,
  splitSiteRows,
  verdictCells,
} from "../statistics/splits.ts";
import { readTable, writeTable } from "../statistics/tables.ts";
import { markdownTable } from "../statistics/words.ts";

interface CompareJob {
  readonly input: { readonly tests: readonly string[]; readonly days: readonly string[] };
  readonly output: { readonly counts: string; readonly sites: string; readonly page: string };
  readonly params: {
    readonly name: string;
    readonly primary: string;
    readonly synthetic: boolean;
    readonly judged: string;
    readonly naiveFactor: number;
    /** In the order of the tests. */
    readonly splits: readonly { readonly name: string; readonly partitions: Partitions }[];
  };
}

/** Writes the tables and the page. */
export async function compareSplits({ input, output, params }: CompareJob): Promise<void> {
  const splits = await Promise.all(
    params.splits.map(async (split, i) => ({
      ...split,
      tests: withOverDays(await readTable(input.tests[i]!), await readTable(input.days[i]!)),
    })),
  );
  await writeTable(output.counts, splitColumns, splitRows(splits));
  await writeTable(output.sites, splitSiteColumns, splitSiteRows(splits));
  await writeFile(output.page, pageText(params, splits));
}

function pageText(
  { name, primary, synthetic, judged, naiveFactor }: CompareJob["params"],
  splits: readonly SplitTests[],
): string {
  const [header = [], ...rows] = verdictCells(splits, naiveFactor);
  const [shared, refusals] = [sharedDays(splits, judged), splitRefusals(splits, naiveFactor)];
  return `${[
    `# ${name}: the verdicts of ${splits.length} splits`,
    ...(synthetic
      ? [
          "**Synthetic data.** The stations do not exist: this shows that the tests work, and says nothing about rivers.",
        ]
      : []),
    `Sites that are better, not different and worse than factor 0 by the NSE of ${primary} on **${judged}**, each site alone. The last columns count sites with the same verdict in every split. Each split has a summary of its own: split_NAME/statistics/summary.md.`,
    markdownTable(header, rows),
    ...(refusals.length === 0 ? [] : [refusals.map((line) => `- ${line}`).join("\n")]),
    splitDays(splits)
      .map((line) => `- ${line}`)
      .join("\n"),
    ...(shared === null ? [] : [shared]),
  ].join("\n\n")}\n`;
}
