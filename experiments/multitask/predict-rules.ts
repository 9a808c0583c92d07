/**
 * Predictions of the trained models on other days, and at other sites, as a target of its own: `pnpm exp:a predict`. It asks for
 * the experiment's models, so that those which are missing are trained first.
 */
import { directory, type Expanded, expand, literal, rule, untracked } from "braid-engine";
import { code } from "./code-files.ts";
import { filePatterns, periodPatterns, sitePatterns, storePatterns, unitPatterns } from "./model-files.ts";
import { predictingAgain, scalingAgain, scoring, settingsOf } from "./model-rules.ts";
import type { PredictedPeriod } from "./predicted-period.ts";
import { choosing } from "./protocol.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { seedBlocks } from "./seeds.ts";
import { evaluatePeriod } from "./steps/period/evaluate-period.ts";
import { describePeriod, gatherPeriod } from "./steps/period/gather-period.ts";
import { predictNewSites, predictPeriod, predictPeriodStores } from "./steps/period/predict-period.ts";
import { prepareScaled, prepareWindows } from "./steps/period/prepare-period.ts";
import { scalePeriod } from "./steps/period/scale-period.ts";

const period = { partition: "period" } as const;
const cutting = code("./sequences/prepare.ts", "./sequences/windows.ts", "./steps/period/prepare-period.ts");

/**
 * What a target without a period asks for. No rule makes it, so planning ends with `Cannot make "..."`. An input function that
 * throws would say it better, and would keep the engine from saving the plans of all other targets.
 */
const noPeriod = "predictions without a period (give one: --predict.period 2010-10-01..2012-09-30)";

/** The rules of `predict`; without the key of this name, the target alone, which says what it lacks. */
export function predictRules(experiment: ResolvedExperiment) {
  const { predict } = experiment;
  if (predict === undefined) return { predict: rule({ input: literal(noPeriod) }) };
  const { rules, windows, predictions, metrics } = modelRules(experiment, predict);
  const made = predict.observations === null ? predictions : metrics;
  const gathered = {
    input: { windows, made },
    params: gatherParams(experiment, predict),
    code: code("./steps/period/gather-period.ts"),
  };
  const about = `${predict.folder}/about.txt` as const;
  const combine_period =
    predict.observations === null
      ? rule({ ...gathered, output: { about }, run: describePeriod })
      : rule({
          ...gathered,
          output: { metrics: `${predict.folder}/overall_metrics.csv`, about },
          run: gatherPeriod,
        });
  return {
    predict: rule({ input: [about, predictions] }),
    combine_period,
    ...rules,
  };
}

/** What the windows of a site depend on beside its drivers. */
function windowParams({ prepare }: ResolvedExperiment, { period }: PredictedPeriod) {
  const { drivers, sequence, fillGaps } = prepare;
  return { drivers, period, sequence, ...(fillGaps === undefined ? {} : { fillGaps }) };
}

/** The same for models of several sites: the climate of sites that they did not learn from is computed. */
function climateParams(experiment: ResolvedExperiment, predict: PredictedPeriod) {
  const shared = windowParams(experiment, predict);
  const attributes = predict.attributes.filter(({ climate }) => climate !== null).map(({ name }) => name);
  const climate = { attributes, train: experiment.prepare.partitions.train! };
  const computed = new Set(attributes.length === 0 ? [] : predict.ungauged);
  return ({ wildcards }: { readonly wildcards: { readonly site_id: string } }) =>
    computed.has(wildcards.site_id) ? { ...shared, climate } : shared;
}

function gatherParams(experiment: ResolvedExperiment, predict: PredictedPeriod) {
  const { name, prepare, training, mixBackends } = experiment;
  const chosen = choosing(training) === null ? [] : (prepare.partitions.validation ?? []);
  return {
    ...{ name, primary: prepare.variables[0]!, synthetic: predict.synthetic, period: predict.period },
    data: predict.observations === null ? [predict.drivers] : [predict.observations, predict.drivers],
    ...{ sites: predict.sites, ungauged: predict.ungauged },
    seen: [...prepare.partitions.train!, ...chosen],
    mixBackends: untracked(mixBackends),
  };
}

/** The rules from the windows of a site to the scores of its models, and the files of all models. */
function modelRules(experiment: ResolvedExperiment, predict: PredictedPeriod) {
  const { units, layout } = experiment;
  if (units !== undefined) return ofUnits(experiment, predict);
  return layout === "packed" ? ofStores(experiment, predict) : ofFiles(experiment, predict);
}

type Made = Expanded<never>;

/** What the rules of all layouts share. */
function sharedBy(experiment: ResolvedExperiment, predict: PredictedPeriod) {
  const { train: _, predict: predicting, evaluate, computing } = settingsOf(experiment);
  const { partitions, ...scores } = evaluate;
  return {
    computing,
    predictParams: predicting,
    evaluateParams: {
      ...scores,
      observed: predict.scored,
      period: predict.period,
      train: partitions.train!,
      known: experiment.sites,
      gaps: experiment.prepare.fillGaps !== undefined,
    },
    // Never read where nothing was observed: then no job of the rule is asked for.
    observed: {
      observations: literal(predict.observations ?? experiment.observations),
      trained: literal(experiment.observations),
    },
    evaluateCode: [...scoring, ...code("./steps/period/evaluate-period.ts")],
  };
}

/** The windows of a site as its own models have learnt to see them. */
function siteRule(experiment: ResolvedExperiment, predict: PredictedPeriod) {
  return rule({
    input: { drivers: literal(predict.drivers), learnt: sitePatterns(experiment).prepared },
    output: periodPatterns(predict.folder).sites,
    params: windowParams(experiment, predict),
    code: [...cutting, ...scalingAgain],
    ...preparing(experiment),
    runBatch: prepareScaled,
  });
}

function preparing({ sitesMayFail }: ResolvedExperiment) {
  return { batch: 1000, ...(sitesMayFail ? { optional: true } : {}) };
}

function ofFiles(experiment: ResolvedExperiment, predict: PredictedPeriod) {
  const { name, factors, seeds } = experiment;
  const { computing, predictParams, evaluateParams, observed, evaluateCode } = sharedBy(experiment, predict);
  const files = periodPatterns(predict.folder);
  const predict_period = rule({
    input: { prepared: files.sites, model: filePatterns(name).model },
    output: files.files.predictions,
    constraints: period,
    params: predictParams,
    code: predictingAgain,
    ...computing(1),
    runBatch: predictPeriod,
  });
  const evaluate_period = rule({
    input: { ...observed, predictions: files.files.predictions },
    output: files.files.metrics,
    constraints: period,
    params: evaluateParams,
    code: evaluateCode,
    batch: 256,
    runBatch: evaluatePeriod,
  });
  const models = { site_id: predict.sites, factor: factors, seed: seeds, ...period };
  return {
    rules: { evaluate_period, predict_period, prepare_period: siteRule(experiment, predict) },
    windows: expand(files.sites, { site_id: predict.sites }) as Made,
    predictions: expand(files.files.predictions, models) as Made,
    metrics: expand(files.files.metrics, models) as Made,
  };
}

function ofStores(experiment: ResolvedExperiment, predict: PredictedPeriod) {
  const { name, factors } = experiment;
  const { computing, predictParams, evaluateParams, observed, evaluateCode } = sharedBy(experiment, predict);
  const files = periodPatterns(predict.folder);
  const blocks = seedBlocks(experiment.seeds);
  const predict_period = rule({
    input: { prepared: files.sites, model: storePatterns(name).model },
    output: files.stores.predictions,
    constraints: period,
    params: ({ wildcards }: { readonly wildcards: { readonly seeds: string } }) => ({
      ...predictParams,
      seeds: blocks.get(wildcards.seeds)!,
    }),
    code: predictingAgain,
    ...computing(30),
    runBatch: predictPeriodStores,
  });
  const evaluate_period = rule({
    input: { ...observed, predictions: expand(files.stores.predictions, period) },
    output: files.stores.metrics,
    params: evaluateParams,
    code: evaluateCode,
    batch: 8,
    runBatch: evaluatePeriod,
  });
  const stores = { site_id: predict.sites, factor: factors, seeds: [...blocks.keys()] };
  return {
    rules: { evaluate_period, predict_period, prepare_period: siteRule(experiment, predict) },
    windows: expand(files.sites, { site_id: predict.sites }) as Made,
    predictions: expand(files.stores.predictions, { ...stores, ...period }) as Made,
    metrics: expand(files.stores.metrics, stores) as Made,
  };
}

function ofUnits(experiment: ResolvedExperiment, predict: PredictedPeriod) {
  const { name, factors, seeds } = experiment;
  const { computing, predictParams, evaluateParams, observed, evaluateCode } = sharedBy(experiment, predict);
  const files = periodPatterns(predict.folder);
  const learnt = unitPatterns(name);
  const members = predict.members ?? {};
  const largest = Math.max(...Object.values(members).map((sites) => sites.length));
  const prepare_period = rule({
    input: literal(predict.drivers),
    output: files.windows,
    params: climateParams(experiment, predict),
    code: cutting,
    ...preparing(experiment),
    runBatch: prepareWindows,
  });
  const scale_period = rule({
    input: ({ unit }: { readonly unit: string }) => ({
      windows: expand(files.windows, { site_id: members[unit] ?? [] }),
      learnt: learnt.prepared.replace("{unit}", () => unit),
    }),
    output: files.units.prepared,
    params: { attributes: predict.attributes },
    code: scalingAgain,
    ...(experiment.sitesMayFail ? { optional: true } : {}),
    run: scalePeriod,
  });
  const predict_period = rule({
    input: { prepared: files.units.prepared, model: learnt.model },
    output: directory(files.units.predictions),
    constraints: period,
    params: predictParams,
    code: predictingAgain,
    ...computing(largest),
    runBatch: predictNewSites,
  });
  const evaluate_period = rule({
    input: { ...observed, predictions: files.units.predictions },
    output: files.units.metrics,
    constraints: period,
    params: evaluateParams,
    code: evaluateCode,
    batch: 32,
    runBatch: evaluatePeriod,
  });
  const models = { unit: Object.keys(members), factor: factors, seed: seeds, ...period };
  return {
    rules: { evaluate_period, predict_period, scale_period, prepare_period },
    windows: expand(files.windows, { site_id: predict.sites }) as Made,
    predictions: expand(files.units.predictions, models) as Made,
    metrics: expand(files.units.metrics, models) as Made,
  };
}
