/**
 * Where models and what is made of them lie: in the paper's files, or in stores of 30 seeds (`layout: packed`).
 * The stores of a site and factor stand where its models' folders would, with `{seeds}` such as 0-29 for a seed.
 */
import { join } from "node:path";
import { expand } from "braid-engine";
import type { ResolvedExperiment } from "./resolve.ts";
import { seedBlocks } from "./seeds.ts";

/** Patterns of a site's prepared data: a variant shares those of an experiment that prepares the same. */
export function sitePatterns({ name, preparedBy = name }: Pick<ResolvedExperiment, "name" | "preparedBy">) {
  const site = `${preparedBy}/site_id_{site_id}` as const;
  return { prepared: `${site}/prepped_data.npz`, excluded: `${site}/excluded.csv` } as const;
}

/** Patterns of a model's files in the layout `files`. */
export function filePatterns(experiment: string) {
  const model = `${experiment}/site_id_{site_id}/factor_{factor}/rand_seed_{seed}` as const;
  return {
    model: `${model}/trained_model`,
    predictions: `${model}/{partition}_preds.csv`,
    metrics: `${model}/{partition}_metrics.csv`,
  } as const;
}

/**
 * Patterns of a unit of several sites. The predictions are a folder with a file per site, so that what is asked of a site
 * later reads its own lines alone; the metrics of all sites are one file.
 */
export function unitPatterns(experiment: string) {
  const unit = `${experiment}/unit_{unit}` as const;
  const model = `${unit}/factor_{factor}/rand_seed_{seed}` as const;
  return {
    prepared: `${unit}/prepped_data.npz`,
    model: `${model}/trained_model`,
    predictions: `${model}/{partition}_preds`,
    metrics: `${model}/{partition}_metrics.csv`,
  } as const;
}

/** Patterns of the sites that a unit did not learn from: what its models predict there lies beside the unit. */
export function ungaugedPatterns(experiment: string) {
  const unit = `${experiment}/ungauged_{unit}` as const;
  const model = `${unit}/factor_{factor}/rand_seed_{seed}` as const;
  return {
    prepared: `${unit}/prepped_data.npz`,
    predictions: `${model}/{partition}_preds`,
    metrics: `${model}/{partition}_metrics.csv`,
  } as const;
}

/** The file of a site in a folder of a unit's predictions; with the partition in its name, it says what it is if copied away. */
export function siteFile(predictions: string, partition: string, site: string): string {
  return join(predictions, `${partition}_preds_${site}.csv`);
}

/** Patterns of the stores in the layout `packed`. */
export function storePatterns(experiment: string) {
  const factor = `${experiment}/site_id_{site_id}/factor_{factor}` as const;
  return {
    model: `${factor}/models_{seeds}.npz`,
    predictions: `${factor}/{partition}_preds_{seeds}.npz`,
    metrics: `${factor}/metrics_{seeds}.csv`,
    partitionMetrics: `${factor}/{partition}_metrics_{seeds}.csv`,
  } as const;
}

/**
 * Patterns of a predicted period, in its folder: of each site the unscaled windows, then the paths that the models have below
 * their experiment, with `period` for the partition.
 */
export function periodPatterns(folder: string) {
  return {
    windows: `${folder}/site_id_{site_id}/windows.npz`,
    sites: `${folder}/site_id_{site_id}/prepped_data.npz`,
    files: filePatterns(folder),
    stores: storePatterns(folder),
    units: unitPatterns(folder),
  } as const;
}

type Experiment = Pick<ResolvedExperiment, "name" | "layout" | "seeds">;

/** The predictions of all seeds, of a site, a factor and a partition. */
export function predictionsOf({ name, layout, seeds }: Experiment) {
  return layout === "packed"
    ? expand(storePatterns(name).predictions, { seeds: [...seedBlocks(seeds).keys()] })
    : expand(filePatterns(name).predictions, { seed: seeds });
}

/** All models and predictions of a site. */
export function allOfSite(experiment: Experiment & Pick<ResolvedExperiment, "factors" | "evaluate">) {
  const { name, layout, factors, evaluate } = experiment;
  if (layout === "packed") {
    const { model, predictions } = storePatterns(name);
    const values = { factor: factors, seeds: [...seedBlocks(experiment.seeds).keys()] };
    return {
      models: expand(model, values),
      predictions: expand(predictions, { ...values, partition: evaluate }),
    };
  }
  const { model, predictions } = filePatterns(name);
  const values = { factor: factors, seed: experiment.seeds };
  return {
    models: expand(model, values),
    predictions: expand(predictions, { ...values, partition: evaluate }),
  };
}
