/**
 * Where models and what is made of them lie: in the paper's files, or in stores of 30 seeds (`layout: packed`).
 * The stores of a site and factor stand where its models' folders would, with `{seeds}` such as 0-29 for a seed.
 */
import { expand } from "braid-engine";
import type { ResolvedExperiment } from "./resolve.ts";
import { seedBlocks } from "./seeds.ts";

/** Patterns of a site's prepared data. */
export function sitePatterns(experiment: string) {
  const site = `${experiment}/site_id_{site_id}` as const;
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

/** Patterns of the stores in the layout `packed`. */
export function storePatterns(experiment: string) {
  const factor = `${experiment}/site_id_{site_id}/factor_{factor}` as const;
  return {
    model: `${factor}/models_{seeds}.npz`,
    predictions: `${factor}/{partition}_preds_{seeds}.npz`,
    metrics: `${factor}/metrics_{seeds}.csv`,
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
