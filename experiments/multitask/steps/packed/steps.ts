/**
 * The three steps of a model in the packed layout: the same bodies as in files, for all seeds of a store at once.
 */
import { writeFile } from "node:fs/promises";
import { line } from "../../csv.ts";
import { type BatchOf, told } from "../batch.ts";
import type { EvaluateParams } from "../evaluate-predictions.ts";
import { type MadePredictions, type PredictParams, predictEach } from "../make-predictions.ts";
import { metricsColumns, metricsRows, type UndefinedScores, undefinedScores } from "../metrics-table.ts";
import { type TrainParams, trainEach } from "../train-model.ts";
import { truthOf } from "../truth.ts";
import { inBlocks } from "./blocks.ts";
import { readModels, type StoredModel, writeModels } from "./model-store.ts";
import { readPredictionStore, writePredictions } from "./prediction-store.ts";

interface Seeds {
  readonly seeds: readonly number[];
}

interface TrainStoreJob {
  readonly input: string;
  readonly output: string;
  readonly wildcards: { readonly site_id: string; readonly factor: string };
  readonly params: TrainParams & Seeds;
}

/** train_model: the models of a site and factor, into one store. */
export function trainStores(batch: BatchOf<TrainStoreJob>): Promise<void> {
  return inBlocks<TrainStoreJob, StoredModel>(
    batch,
    (members, keep) =>
      trainEach(members, async (member, model, record) =>
        keep(member as (typeof members)[number], { model, record }),
      ),
    ({ output }, models) => writeModels(output, models),
  );
}

interface PredictStoreJob {
  readonly input: { readonly prepared: string; readonly model: string };
  readonly output: string;
  readonly wildcards: { readonly partition: string };
  readonly params: PredictParams & Seeds;
}

/** make_predictions: those of a store's models on one partition, into one store. */
export function predictStores(batch: BatchOf<PredictStoreJob>): Promise<void> {
  const stores = new Map<string, ReturnType<typeof readModels>>();
  const modelsOf = (file: string) => {
    const models = stores.get(file) ?? readModels(file);
    stores.set(file, models);
    return models;
  };
  return inBlocks<PredictStoreJob, MadePredictions>(
    batch,
    (members, keep) =>
      predictEach(members, {
        async load({ input, wildcards }) {
          return (await modelsOf(input.model)).get(
            Number((wildcards as { seed: string } & typeof wildcards).seed),
          )!;
        },
        keep: async (member, made) => keep(member as (typeof members)[number], made),
      }),
    ({ output }, made) => writePredictions(output, made),
  );
}

interface EvaluateStoreJob {
  readonly input: { readonly observations: string; readonly predictions: readonly string[] };
  readonly output: string;
  readonly wildcards: { readonly site_id: string; readonly factor: string };
  /** `evaluate`: the partition of each file of predictions. */
  readonly params: EvaluateParams & { readonly evaluate: readonly string[] };
}

/** evaluate_predictions: the scores of a store's models on all partitions, into one metrics file. */
export async function evaluateStores(batch: BatchOf<EvaluateStoreJob>): Promise<void> {
  for (const job of batch) {
    try {
      const empty = undefinedScores();
      await writeFile(job.output, await scoresOf(job, empty));
      for (const text of empty.lines()) job.log(text);
      job.done();
    } catch (error) {
      job.fail(told(error));
    }
  }
}

/** Lines by seed and then by partition, as the files of single models are gathered. */
async function scoresOf(
  { input, wildcards, params }: EvaluateStoreJob,
  empty: UndefinedScores,
): Promise<string> {
  const { experiment, variables, evaluate, loss } = params;
  const { site_id, factor } = wildcards;
  const rows = new Map<number, string>();
  for (const [i, partition] of evaluate.entries()) {
    const file = input.predictions[i]!;
    const truth = await truthOf(input.observations, site_id, partition, params);
    for (const { seed, ...predictions } of await readPredictionStore(file, variables)) {
      const keys = { experiment, site_id, factor, seed: String(seed), partition };
      rows.set(
        seed,
        (rows.get(seed) ?? "") + metricsRows(keys, truth, `${file} (seed ${seed})`, predictions, loss, empty),
      );
    }
  }
  return line(metricsColumns) + [...rows.values()].join("");
}
