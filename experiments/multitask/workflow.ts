/**
 * The experiment as rules: the paper's Snakefile, made from one entry of the config's experiments.
 * Paths and rule names are those of the USGS blog "Large, parallel deep learning experiments using
 * Snakemake" (2022-04-19); the experiment's name is the top folder, so that no experiment overwrites another.
 */
import { basename } from "node:path";
import { makeSample } from "@braid/data";
import { openTable, writeCsv } from "@braid/data/tables";
import { directory, expand, literal, rule, untracked, workflow } from "@braid/engine";
import { Config } from "./config.ts";
import { decideBackend } from "./decide-backend.ts";
import { reportRules } from "./report-rules.ts";
import { type ResolvedExperiment, resolveConfig } from "./resolve.ts";
import { schemaVersion } from "./sequences/prepared.ts";
import { answer } from "./statistics/answer.ts";
import { statisticsRules } from "./statistics-rules.ts";
import { combineMetrics } from "./steps/combine-metrics.ts";
import { evaluatePredictions } from "./steps/evaluate-predictions.ts";
import { makePredictions } from "./steps/make-predictions.ts";
import { prepIoData } from "./steps/prep-io-data.ts";
import { trainModels } from "./steps/train-model.ts";

/**
 * The modules whose code counts as part of a rule: an edit there runs its jobs again. None is listed for
 * train_model, lest an edit of an hour's code repeats a night's training; `-R train_model` does it when it must.
 */
const code = (...files: string[]) => files.map((file) => new URL(file, import.meta.url));

/** The five rules of an experiment, and the target that asks for all of it. */
export function experimentRules(experiment: ResolvedExperiment) {
  const { name, sites, factors, seeds, evaluate, prepare, discharge, training, mixBackends } = experiment;
  const observations = literal(experiment.observations);
  const drivers = literal(experiment.drivers);
  const backend = untracked(experiment.backend);
  const simd = untracked(experiment.simd);
  const gpus = untracked(experiment.gpus);
  // A GPU trains thousands of models in the time of one.
  const computing = experiment.backend === "gpu" ? { resources: { gpu: 1 }, batch: 4096 } : { batch: 256 };
  const site = `${name}/site_id_{site_id}` as const;
  const model = `${site}/factor_{factor}/rand_seed_{seed}` as const;

  const prep_io_data = rule({
    input: { observations, drivers },
    output: { prepared: `${site}/prepped_data.npz`, excluded: `${site}/excluded.csv` },
    params: { ...prepare, schemaVersion },
    code: code(
      "./reading/observations.ts",
      "./sequences/exclusions.ts",
      "./sequences/prepare.ts",
      "./sequences/scaling.ts",
      "./sequences/windows.ts",
    ),
    batch: 1000,
    runBatch: prepIoData,
  });
  const train_model = rule({
    input: prep_io_data.output.prepared,
    output: directory(`${model}/trained_model`),
    params: { experiment: name, training, backend, simd, gpus },
    ...computing,
    runBatch: trainModels,
  });
  const make_predictions = rule({
    input: { prepared: prep_io_data.output.prepared, model: train_model.output },
    output: `${model}/{partition}_preds.csv`,
    params: { backend, simd, gpus, mixBackends: untracked(mixBackends) },
    code: code("./steps/make-predictions.ts"),
    ...computing,
    runBatch: makePredictions,
  });
  const evaluate_predictions = rule({
    input: { observations, predictions: make_predictions.output },
    output: `${model}/{partition}_metrics.csv`,
    params: {
      experiment: name,
      variables: prepare.variables,
      discharge,
      partitions: prepare.partitions,
      mask: prepare.mask,
      loss: training.loss,
    },
    code: code("./metrics.ts", "./reading/observations.ts", "./steps/metrics-table.ts", "./steps/truth.ts"),
    batch: 256,
    runBatch: evaluatePredictions,
  });
  const combine_metrics = rule({
    input: expand(evaluate_predictions.output, {
      site_id: sites,
      factor: factors,
      seed: seeds,
      partition: evaluate,
    }),
    output: `${name}/overall_metrics.csv`,
    params: { mixBackends: untracked(mixBackends) },
    run: combineMetrics,
  });
  return {
    all: rule({ input: combine_metrics.output }),
    combine_metrics,
    evaluate_predictions,
    make_predictions,
    prep_io_data,
    train_model,
  };
}

/** Makes the two big files of the synthetic sample, which are not committed. */
function sampleRules({ sample, siteList }: ResolvedExperiment) {
  if (!sample) return {};
  return {
    make_sample: rule({
      input: siteList === null ? [] : [literal(siteList)],
      output: { observations: "data/sample/obs_file.csv", drivers: "data/sample/input_file.csv" },
      run: ({ output }) => makeSample(output),
    }),
  };
}

/** Makes CSV files of a data folder's Parquet tables, once: the steps read by site, which CSV lets them. */
function parquetRules({ parquet }: ResolvedExperiment) {
  const rules = parquet.map(({ from, to }) => {
    const convert = rule({
      input: literal(from),
      output: to,
      run: async ({ input, output }) => writeCsv(await openTable(input), output),
    });
    return [`convert_${basename(to, ".csv")}`, convert] as const;
  });
  return Object.fromEntries(rules);
}

export default workflow({
  config: Config,
  scope: ({ experiment = "expA" }) => `experiments.${experiment}`,
  resolve: (config) => resolveConfig(config),
  decide: (experiment, ahead) => decideBackend(experiment, ahead),
  rules: (experiment) => {
    const rules = experimentRules(experiment);
    const statistics = statisticsRules(experiment, rules.combine_metrics.output);
    const made = { ...rules, ...statistics, ...sampleRules(experiment), ...parquetRules(experiment) };
    return { ...made, ...reportRules(experiment, made) };
  },
  results: (experiment) => {
    const [primary = ""] = experiment.prepare.variables;
    return answer({ ...experiment, primary }, process.cwd(), process.stdout.isTTY === true);
  },
});
