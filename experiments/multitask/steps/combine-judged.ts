/** combine_judged: the scores of all partitions that are judged, those that only the statistics ask for last. */
import { combineMetrics } from "./combine-metrics.ts";

interface JudgedJob extends Omit<Parameters<typeof combineMetrics>[0], "input"> {
  /** Metrics files: the table of the default target or the files that it gathers, and those of the further partitions. */
  readonly input: Readonly<Record<string, string | readonly string[]>>;
}

/** Gathers them. */
export function combineJudged({ input, output, params, log }: JudgedJob): Promise<void> {
  return combineMetrics({ input: Object.values(input).flat(), output, params, log });
}
