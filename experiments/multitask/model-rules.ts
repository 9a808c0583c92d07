/** The rules of single models, in either layout: train_model, make_predictions, evaluate_predictions. */
import type { Loss } from "@braid/lstm";
import { directory, expand, literal, rule, temp, untracked } from "braid-engine";
import { code } from "./code-files.ts";
import { excludedOfSite, paramsOfKeptDays } from "./gap-rules.ts";
import { filePatterns, sitePatterns, storePatterns } from "./model-files.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { seedBlocks, seedsPerStore } from "./seeds.ts";
import { evaluatePredictions } from "./steps/evaluate-predictions.ts";
import { makePredictions } from "./steps/make-predictions.ts";
import { evaluateStores, predictStores, trainStores } from "./steps/packed/steps.ts";
import { trainModels } from "./steps/train-model.ts";

/**
 * The modules whose code counts as part of a rule: an edit there runs its jobs again. None is listed for
 * train_model, lest an edit of an hour's code repeats a night's training; `-R train_model` does it when it must.
 */
export const predicting = code("./steps/make-predictions.ts");
export const scoring = code(
  "./flow-scores.ts",
  "./metrics.ts",
  "./peaks.ts",
  "./percentiles.ts",
  "./reading/observations.ts",
  "./signatures.ts",
  "./steps/metrics-table.ts",
  "./steps/truth.ts",
  "./sums.ts",
);

/** The same for what trained models predict on other days and at other sites. */
export const predictingAgain = [...predicting, ...code("./steps/period/predict-period.ts")];
export const scalingAgain = code("./sequences/as-learnt.ts", "./sequences/scaling.ts");

/** The losses as scores know them: whether the head of an auxiliary at factor 0 is trained, as nnse does. */
export const headsBy = (loss: Loss): "rmse" | "nnse" => (loss === "nnse" ? "nnse" : "rmse");

/** What the rules of all layouts tell their steps, and ask for. */
export function settingsOf({
  name,
  prepare,
  discharge,
  training,
  mixBackends,
  ...experiment
}: ResolvedExperiment) {
  const backend = untracked(experiment.backend);
  const simd = untracked(experiment.simd);
  const gpus = untracked(experiment.gpus);
  const onGpu = experiment.backend === "gpu";
  return {
    train: { experiment: name, training, backend, simd, gpus },
    predict: { backend, simd, gpus, mixBackends: untracked(mixBackends) },
    evaluate: {
      experiment: name,
      variables: prepare.variables,
      discharge,
      partitions: prepare.partitions,
      mask: prepare.mask,
      // Of the auxiliary's head at factor 0, which mse trains as little as rmse does.
      loss: headsBy(training.loss),
    },
    observations: literal(experiment.observations),
    /** A GPU trains thousands of models in the time of one. */
    computing: (models: number) => ({
      resources: onGpu ? { gpu: 1 } : { threads: 1 },
      batch: Math.ceil((onGpu ? 4096 : 256) / models),
    }),
  };
}

/** A job a model; `metrics` is what is gathered. */
export function fileRules(experiment: ResolvedExperiment) {
  const { name, sites, factors, seeds, evaluate } = experiment;
  const { train, predict, observations, computing, ...settings } = settingsOf(experiment);
  const files = filePatterns(name);
  const { prepared } = sitePatterns(experiment);
  const train_model = rule({
    input: prepared,
    output: directory(files.model),
    params: train,
    ...computing(1),
    runBatch: trainModels,
  });
  const make_predictions = rule({
    input: { prepared, model: train_model.output },
    output: experiment.predictions === "temp" ? temp(files.predictions) : files.predictions,
    params: predict,
    code: predicting,
    ...computing(1),
    runBatch: makePredictions,
  });
  const evaluate_predictions = rule({
    input: { observations, predictions: files.predictions, ...excludedOfSite(experiment) },
    output: files.metrics,
    params: paramsOfKeptDays(experiment, settings.evaluate),
    code: scoring,
    batch: 256,
    runBatch: evaluatePredictions,
  });
  const metrics = expand(files.metrics, {
    site_id: sites,
    factor: factors,
    seed: seeds,
    partition: evaluate,
  });
  return { rules: { evaluate_predictions, make_predictions, train_model }, metrics };
}

interface OfStore {
  readonly wildcards: { readonly seeds: string };
}

/** A job a site, factor and 30 seeds, whose store is made again when its list of seeds changes. */
export function storeRules(experiment: ResolvedExperiment) {
  const { name, sites, factors, evaluate } = experiment;
  const { train, predict, observations, computing, ...settings } = settingsOf(experiment);
  const files = storePatterns(name);
  const { prepared } = sitePatterns(experiment);
  const blocks = seedBlocks(experiment.seeds);
  const seedsOf = ({ wildcards }: OfStore) => blocks.get(wildcards.seeds)!;
  const train_model = rule({
    input: prepared,
    output: files.model,
    params: (job: OfStore) => ({ ...train, seeds: seedsOf(job) }),
    ...computing(seedsPerStore),
    runBatch: trainStores,
  });
  const make_predictions = rule({
    input: { prepared, model: files.model },
    output: experiment.predictions === "temp" ? temp(files.predictions) : files.predictions,
    params: (job: OfStore) => ({ ...predict, seeds: seedsOf(job) }),
    code: predicting,
    ...computing(seedsPerStore),
    runBatch: predictStores,
  });
  const evaluate_predictions = rule({
    input: {
      observations,
      predictions: expand(files.predictions, { partition: evaluate }),
      ...excludedOfSite(experiment),
    },
    output: files.metrics,
    params: paramsOfKeptDays(experiment, { ...settings.evaluate, evaluate }),
    code: [...scoring, ...code("./steps/packed/steps.ts")],
    batch: 8,
    runBatch: evaluateStores,
  });
  const metrics = expand(files.metrics, { site_id: sites, factor: factors, seeds: [...blocks.keys()] });
  return { rules: { evaluate_predictions, make_predictions, train_model }, metrics };
}
