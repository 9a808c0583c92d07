/** combine_metrics of an experiment: its one table, and beside it in a few words what the table is about. */
import { writeFile } from "node:fs/promises";
import { line } from "../csv.ts";
import { formatRange, type Partitions } from "../sequences/partitions.ts";
import { syntheticNote } from "../synthetic.ts";
import { combineMetrics } from "./combine-metrics.ts";

/** What about.txt tells. */
export interface About {
  readonly name: string;
  readonly primary: string;
  readonly synthetic: boolean;
  /** The files of observations and drivers. */
  readonly data: readonly string[];
  readonly partitions: Partitions;
}

interface GatherJob {
  readonly input: readonly string[];
  readonly output: { readonly metrics: string; readonly about: string; readonly leftOut: string };
  readonly params: About & {
    readonly mixBackends: boolean;
    /** Sites whose data could not be prepared, and those that the config excludes. */
    readonly leftOut?: readonly { readonly site: string; readonly reason: string }[];
    readonly excluded?: readonly string[];
  };
  log(text: string): void;
}

/** Gathers the metrics files of a job. */
export async function gatherMetrics({ input, output, params, log }: GatherJob): Promise<void> {
  if (params.synthetic) log(syntheticNote);
  await combineMetrics({ input, output: output.metrics, params, log });
  await writeFile(output.about, aboutText(params));
  const excluded = (params.excluded ?? []).map((site) => ({ site, reason: "excluded by the config" }));
  const rows = [...(params.leftOut ?? []), ...excluded].map(({ site, reason }) => line([site, reason]));
  await writeFile(output.leftOut, line(["site_id", "reason"]) + rows.join(""));
}

/** The text of about.txt: a folder that is copied away from its data still says what they were. */
export function aboutText({ name, primary, synthetic, data, partitions }: About): string {
  return [
    `Experiment ${name}: one LSTM a site, factor and seed, predicting ${primary}. Everything in this folder is made from`,
    ...data.map((file) => `  ${file}`),
    ...(synthetic ? [syntheticNote] : []),
    ...Object.entries(partitions).map(
      ([partition, ranges]) => `${partition}: ${ranges.map(formatRange).join(", ")}`,
    ),
    "overall_metrics.csv has a line per site, factor, seed, partition and variable.",
    "",
  ].join("\n");
}
