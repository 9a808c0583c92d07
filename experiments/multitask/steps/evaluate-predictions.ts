/**
 * evaluate_predictions: scores of one model on one partition, a line per variable.
 *
 * Each process indexes the observations once and reads of them the bytes of the sites it scores: never the
 * whole file per job.
 */
import { writeFile } from "node:fs/promises";
import { type BatchOf, groupBy } from "./batch.ts";
import { metricsTable, type UndefinedScores, undefinedScores } from "./metrics-table.ts";
import { readPredictions } from "./predictions.ts";
import { type Truth, type TruthParams, truthOf } from "./truth.ts";

export interface EvaluateParams extends TruthParams {
  readonly experiment: string;
  readonly loss: "rmse" | "nnse";
}

interface EvaluateJob {
  readonly input: { readonly observations: string; readonly predictions: string };
  readonly output: string;
  readonly wildcards: {
    readonly site_id: string;
    readonly factor: string;
    readonly seed: string;
    readonly partition: string;
  };
  readonly params: EvaluateParams;
}

type Jobs = BatchOf<EvaluateJob>;

/** Scores the predictions of a batch; the observations of a site and partition are laid out once. */
export async function evaluatePredictions(batch: Jobs): Promise<void> {
  for (const jobs of groupBy(
    batch,
    ({ wildcards }) => `${wildcards.site_id}/${wildcards.partition}`,
  ).values()) {
    try {
      const { input, params, wildcards } = jobs[0]!;
      const truth = await truthOf(input.observations, wildcards.site_id, wildcards.partition, params);
      const empty = undefinedScores();
      const ends = await Promise.all(jobs.map((job) => evaluate(job, truth, empty)));
      for (const text of empty.lines()) jobs[0]!.log(text);
      for (const end of ends) end();
    } catch (error) {
      for (const job of jobs) job.fail(error);
    }
  }
}

/** Scores one model; resolves with the result of its job, which is reported after the log of empty scores. */
async function evaluate(
  job: Jobs[number],
  truth: readonly Truth[],
  empty: UndefinedScores,
): Promise<() => void> {
  try {
    const { experiment, variables, loss } = job.params;
    const file = job.input.predictions;
    const predictions = await readPredictions(file, variables);
    await writeFile(
      job.output,
      metricsTable({ experiment, ...job.wildcards }, truth, file, predictions, loss, empty),
    );
    return () => job.done();
  } catch (error) {
    return () => job.fail(error);
  }
}
