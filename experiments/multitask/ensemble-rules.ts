/** The mean prediction of all seeds as a model of its own: its predictions, its scores, and the days that resampling draws from. */
import { expand, literal, rule, untracked } from "braid-engine";
import { code } from "./code-files.ts";
import { excludedOfSite, paramsOfKeptDays } from "./gap-rules.ts";
import { predictionsOf } from "./model-files.ts";
import { headsBy } from "./model-rules.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { tablePaths } from "./statistics/findings.ts";
import { combineMetrics } from "./steps/combine-metrics.ts";
import { ensemblePredictions } from "./steps/ensemble-predictions.ts";
import { ensemblesOfUnits } from "./steps/units/by-site.ts";
import { ofSite } from "./unit-rules.ts";

/** The modules that predict and score an ensemble. */
const scoring = code(
  "./flow-scores.ts",
  "./metrics.ts",
  "./peaks.ts",
  "./percentiles.ts",
  "./reading/observations.ts",
  "./signatures.ts",
  "./steps/ensemble-predictions.ts",
  "./steps/metrics-table.ts",
  "./steps/truth.ts",
  "./sums.ts",
);

/** The wildcards of an ensemble. */
type SiteEnsemble = Readonly<Record<"site_id" | "factor" | "partition", string>>;

/** ensemble_predictions and combine_ensembles. */
export function ensembleRules(experiment: ResolvedExperiment) {
  const { name, sites, factors, evaluate, mixBackends } = experiment;
  const ensemble_predictions = ensembleRule(experiment);
  const combine_ensembles = rule({
    input: expand(ensemble_predictions.output.metrics, {
      site_id: sites,
      factor: factors,
      partition: evaluate,
    }),
    output: tablePaths(name).ensembles,
    params: { mixBackends: untracked(mixBackends) },
    run: combineMetrics,
  });
  return { ensemble_predictions, combine_ensembles };
}

function ensembleRule(experiment: ResolvedExperiment) {
  const { name, prepare, units, discharge, training, mixBackends } = experiment;
  const ensemble = `${name}/site_id_{site_id}/factor_{factor}/ensemble/{partition}` as const;
  const shared = {
    output: {
      predictions: `${ensemble}_preds.csv`,
      metrics: `${ensemble}_metrics.csv`,
      days: `${ensemble}_days.csv`,
    } as const,
    params: paramsOfKeptDays(experiment, {
      experiment: name,
      variables: prepare.variables,
      discharge,
      partitions: prepare.partitions,
      mask: prepare.mask,
      loss: headsBy(training.loss),
      mixBackends: untracked(mixBackends),
    }),
    code: scoring,
    batch: 32,
  };
  if (units === undefined)
    return rule({
      ...shared,
      input: {
        observations: literal(experiment.observations),
        predictions: predictionsOf(experiment),
        ...excludedOfSite(experiment),
      },
      runBatch: ensemblePredictions,
    });
  return rule({
    ...shared,
    input: ({ site_id, factor, partition }: SiteEnsemble) => ({
      observations: experiment.observations,
      ...ofSite(experiment, units, site_id, { factor, partition }),
    }),
    runBatch: ensemblesOfUnits,
  });
}
