/**
 * The rules of models of several sites (`trainOn` other than each): pool_io_data, and the three of a model for each unit; with
 * `holdOut` also those that predict and score the sites that the models did not learn from.
 */
import { directory, expand, rule, temp } from "braid-engine";
import { code } from "./code-files.ts";
import { excludedOfSites, paramsOfKeptDaysBySite } from "./gap-rules.ts";
import { sitePatterns, ungaugedPatterns, unitPatterns } from "./model-files.ts";
import { predicting, predictingAgain, scalingAgain, scoring, settingsOf } from "./model-rules.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { predictNewSites } from "./steps/period/predict-period.ts";
import { scalePeriod } from "./steps/period/scale-period.ts";
import { poolIoData } from "./steps/pool-io-data.ts";
import { evaluateUnits, predictUnits, trainUnits } from "./steps/units/steps.ts";
import { placeOf, type Units } from "./units.ts";

interface OfUnit {
  readonly wildcards: { readonly unit: string };
}

/** A job a unit, factor and seed; `metrics` is what is gathered. */
export function unitRules(experiment: ResolvedExperiment, units: Units) {
  const { name, factors, seeds, evaluate } = experiment;
  const { train, predict, computing } = settingsOf(experiment);
  const files = unitPatterns(name);
  const sitesOf = (unit: string) => units.members[unit] ?? [];
  const largest = Math.max(...Object.values(units.members).map((sites) => sites.length));
  const train_model = rule({
    input: files.prepared,
    output: directory(files.model),
    params: ({ wildcards }: OfUnit) => ({
      ...train,
      training: {
        ...train.training,
        batchSize: train.training.batchSize ?? sitesOf(wildcards.unit).length,
      },
    }),
    ...computing(largest),
    runBatch: trainUnits,
  });
  const predictions = directory(files.predictions);
  const make_predictions = rule({
    input: { prepared: files.prepared, model: train_model.output },
    output: experiment.predictions === "temp" ? temp(predictions) : predictions,
    params: predict,
    code: [...predicting, ...code("./steps/units/steps.ts")],
    ...computing(largest),
    runBatch: predictUnits,
  });
  const metrics = expand(files.metrics, {
    unit: Object.keys(units.members),
    factor: factors,
    seed: seeds,
    partition: evaluate,
  });
  return {
    rules: {
      evaluate_predictions: scoreRule(experiment, files, sitesOf),
      make_predictions,
      train_model,
      pool_io_data: poolRule(experiment, units),
      ...(units.heldOut === undefined ? {} : heldOutRules(experiment, units, units.heldOut)),
    },
    metrics,
  };
}

/** The scores of what the models of a unit predict at its sites, or at those held out of it. */
function scoreRule(
  experiment: ResolvedExperiment,
  files: Pick<
    ReturnType<typeof unitPatterns> | ReturnType<typeof ungaugedPatterns>,
    "predictions" | "metrics"
  >,
  sitesOf: (unit: string) => readonly string[],
) {
  return rule({
    input: ({ unit, ...model }: Readonly<Record<"unit" | "factor" | "seed" | "partition", string>>) => ({
      observations: experiment.observations,
      predictions: fill(files.predictions, { unit, ...model }),
      ...excludedOfSites(experiment, sitesOf(unit)),
    }),
    output: files.metrics,
    params: paramsOfKeptDaysBySite(experiment, settingsOf(experiment).evaluate),
    code: [...scoring, ...code("./steps/units/steps.ts")],
    batch: 32,
    runBatch: evaluateUnits,
  });
}

/** pool_io_data: the prepared data of all sites of a unit, scaled and joined. */
function poolRule(experiment: ResolvedExperiment, units: Units) {
  const { prepared } = sitePatterns(experiment);
  const sitesOf = (unit: string) => units.members[unit] ?? [];
  return rule({
    input: ({ unit }) => expand(prepared, { site_id: sitesOf(unit) }),
    output: unitPatterns(experiment.name).prepared,
    params: ({ wildcards }: OfUnit) => ({
      attributes: attributesOf(units, sitesOf(wildcards.unit)),
      targets: units.targets,
      logarithms: experiment.prepare.logarithms,
    }),
    code: code("./sequences/leaks.ts", "./sequences/pool.ts", "./sequences/scaling.ts"),
    run: poolIoData,
  });
}

/** What the models of a unit predict at the sites that were held out of it, scored like the others. */
function heldOutRules(
  experiment: ResolvedExperiment,
  units: Units,
  heldOut: Readonly<Record<string, readonly string[]>>,
) {
  const { name, sitesMayFail } = experiment;
  const { predict, computing } = settingsOf(experiment);
  const files = ungaugedPatterns(name);
  const learnt = unitPatterns(name);
  const sitesOf = (unit: string) => heldOut[unit] ?? [];
  const largest = Math.max(...Object.values(heldOut).map((sites) => sites.length));
  const scale_ungauged = rule({
    input: ({ unit }: { readonly unit: string }) => ({
      windows: expand(sitePatterns(experiment).prepared, { site_id: sitesOf(unit) }),
      learnt: fill(learnt.prepared, { unit }),
    }),
    output: files.prepared,
    params: ({ wildcards }: OfUnit) => ({ attributes: attributesOf(units, sitesOf(wildcards.unit)) }),
    code: scalingAgain,
    // If none of its sites could be prepared, a unit has no ungauged site.
    ...(sitesMayFail ? { optional: true } : {}),
    run: scalePeriod,
  });
  const predictions = directory(files.predictions);
  const predict_ungauged = rule({
    input: { prepared: files.prepared, model: learnt.model },
    output: experiment.predictions === "temp" ? temp(predictions) : predictions,
    params: predict,
    code: predictingAgain,
    ...computing(largest),
    runBatch: predictNewSites,
  });
  return { evaluate_ungauged: scoreRule(experiment, files, sitesOf), predict_ungauged, scale_ungauged };
}

/** The scores of all models at the sites that were held out of their units. */
export function ungaugedMetrics(
  { name, factors, seeds, evaluate }: ResolvedExperiment,
  heldOut: Readonly<Record<string, readonly string[]>>,
) {
  return expand(ungaugedPatterns(name).metrics, {
    unit: Object.keys(heldOut),
    factor: factors,
    seed: seeds,
    partition: evaluate,
  });
}

/** The attributes with the values of some sites alone. */
function attributesOf(units: Units, sites: readonly string[]) {
  return units.attributes.map(({ values, ...attribute }) => ({
    ...attribute,
    values: values && Object.fromEntries(sites.map((site) => [site, values[site]!])),
  }));
}

/**
 * What is read of a site of a unit: its prepared data, whose lack leaves the job out, and the models and folders of
 * predictions of its unit.
 */
export function ofSite(
  experiment: ResolvedExperiment,
  units: Units,
  site: string,
  values: { readonly factor: Values; readonly partition: Values },
) {
  const { name, seeds } = experiment;
  const files = unitPatterns(name);
  const { factor, partition } = values;
  const { unit, isHeldOut } = placeOf(units, site);
  const own = { unit, factor, seed: seeds };
  const { predictions } = isHeldOut ? ungaugedPatterns(name) : files;
  return {
    prepared: fill(sitePatterns(experiment).prepared, { site_id: site }),
    ...(experiment.prepare.fillGaps === undefined
      ? {}
      : { excluded: fill(sitePatterns(experiment).excluded, { site_id: site }) }),
    models: expand(files.model, own),
    predictions: expand(predictions, { ...own, partition }),
  };
}

type Values = string | readonly (string | number)[];

/** The path of a pattern: input functions give paths. */
function fill(pattern: string, wildcards: Readonly<Record<string, string>>): string {
  return Object.entries(wildcards).reduce(
    (path, [name, value]) => path.replace(`{${name}}`, () => value),
    pattern,
  );
}
