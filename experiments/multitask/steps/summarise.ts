/** summarise: the tables of the statistics become one page of Markdown. */
import { writeFile } from "node:fs/promises";
import { daysOf } from "../sequences/partitions.ts";
import type { PrepareSpec } from "../sequences/prepare.ts";
import { comparisonOf } from "../statistics/compare.ts";
import { readFindings } from "../statistics/findings.ts";
import { readRegulated } from "../statistics/regulated.ts";
import { summaryText } from "../statistics/summary.ts";
import { readTable } from "../statistics/tables.ts";
import type { TestParams } from "./test-factors.ts";

export interface SummariseParams extends TestParams {
  readonly name: string;
  readonly synthetic: boolean;
  readonly auxiliary: readonly string[];
  readonly partitions: PrepareSpec["partitions"];
  readonly caveats: readonly string[];
  readonly trainOn?: string;
  readonly flow?: string | null;
}

interface SummariseJob {
  readonly input: Readonly<
    Record<"tests" | "factors" | "highFlows" | "months" | "days" | "counts" | "ensembles", string>
  > & {
    readonly auxiliaryCounts: string;
    /** The counts of sites that share models. */
    readonly joint?: string;
    /** sites.csv, where the data have one. */
    readonly sites: readonly string[];
  };
  readonly output: string;
  readonly params: SummariseParams;
}

/** Writes the summary. */
export async function summarise({ input, output, params }: SummariseJob): Promise<void> {
  const { judged } = comparisonOf(params);
  const findings = await readFindings((table) => input[table], params.statistics.naiveFactor);
  const days = (partition: string) => daysOf(params.partitions[partition]!).length;
  const source = {
    ...params,
    trainDays: days("train"),
    judgedDays: days(judged),
    regulated: await readRegulated(input.sites[0] ?? null, params.sites),
    own: params.caveats,
    auxiliaryCounts: await readTable(input.auxiliaryCounts),
    ...(input.joint === undefined ? {} : { joint: await readTable(input.joint) }),
  };
  await writeFile(output, summaryText(source, findings));
}
