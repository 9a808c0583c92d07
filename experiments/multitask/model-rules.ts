/** The rules of single models, in either layout: train_model, make_predictions, evaluate_predictions. */
import { directory, expand, literal, rule, temp, untracked } from "braid-engine";
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
const code = (...files: string[]) => files.map((file) => new URL(file, import.meta.url));
const predicting = code("./steps/make-predictions.ts");
const scoring = [
  "./metrics.ts",
  "./reading/observations.ts",
  "./steps/metrics-table.ts",
  "./steps/truth.ts",
  "./sums.ts",
];

/** What the rules of both layouts tell their steps, and ask for. */
function settingsOf({ name, prepare, discharge, training, mixBackends, ...experiment }: ResolvedExperiment) {
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
      loss: training.loss,
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
  const { prepared } = sitePatterns(name);
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
    input: { observations, predictions: files.predictions },
    output: files.metrics,
    params: settings.evaluate,
    code: code(...scoring),
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
  const { prepared } = sitePatterns(name);
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
    input: { observations, predictions: expand(files.predictions, { partition: evaluate }) },
    output: files.metrics,
    params: { ...settings.evaluate, evaluate },
    code: code(...scoring, "./steps/packed/steps.ts"),
    batch: 8,
    runBatch: evaluateStores,
  });
  const metrics = expand(files.metrics, { site_id: sites, factor: factors, seeds: [...blocks.keys()] });
  return { rules: { evaluate_predictions, make_predictions, train_model }, metrics };
}
