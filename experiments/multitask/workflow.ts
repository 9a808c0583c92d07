/**
 * The experiment as rules: the paper's Snakefile, made from one entry of the config's experiments.
 * Paths and rule names are those of the USGS blog "Large, parallel deep learning experiments using
 * Snakemake" (2022-04-19); the experiment's name is the top folder, so that no experiment overwrites another.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { makeSample } from "@braid/data";
import { openTable, writeCsv } from "@braid/data/tables";
import { type Expanded, literal, type Rules, rule, untracked, workflow } from "braid-engine";
import { baselineRules } from "./baseline-rules.ts";
import { code } from "./code-files.ts";
import { Config } from "./config.ts";
import { decideBackend } from "./decide-backend.ts";
import { exportRules } from "./export-rules.ts";
import { answerSource, judgedMetrics, withJudged } from "./judging-rules.ts";
import { belowExperiment, missingSites, paramsBySites, sitesInMetrics, withMore } from "./missing-sites.ts";
import { sitePatterns } from "./model-files.ts";
import { fileRules, storeRules } from "./model-rules.ts";
import { predictRules } from "./predict-rules.ts";
import { reportRules } from "./report-rules.ts";
import { type ResolvedExperiment, resolveConfig } from "./resolve.ts";
import { scoreTables } from "./score-tables.ts";
import { schemaVersion } from "./sequences/prepared.ts";
import { cutsAgain } from "./sequences/train-windows.ts";
import { splitsAnswer } from "./split-answer.ts";
import { inSplitNames, splitRules } from "./split-rules.ts";
import { answer, type Typed } from "./statistics/answer.ts";
import { incomparable } from "./statistics/compare.ts";
import { predictedText } from "./statistics/predicted.ts";
import { refuseIncomparable, statisticsRules } from "./statistics-rules.ts";
import { gatherMetrics } from "./steps/gather-metrics.ts";
import { prepIoData } from "./steps/prep-io-data.ts";
import { gatherOfUnits } from "./steps/units/gather.ts";
import { gatherWithUngauged } from "./steps/units/gather-ungauged.ts";
import { ungaugedMetrics, unitRules } from "./unit-rules.ts";
import { heldOutSites, type Units } from "./units.ts";
import { baseOf } from "./variants.ts";

interface Gathering {
  readonly input:
    | readonly string[]
    | { readonly gauged: readonly string[]; readonly ungauged: readonly string[] };
}

/** The five rules of an experiment, and the target that asks for all of it. */
export function experimentRules(experiment: ResolvedExperiment) {
  const { prepare, sitesMayFail } = experiment;
  const observations = literal(experiment.observations);
  const drivers = literal(experiment.drivers);

  const prep_io_data = rule({
    input: { observations, drivers },
    output: sitePatterns(experiment),
    params: { ...prepare, schemaVersion },
    code: code(
      "./reading/observations.ts",
      "./sequences/exclusions.ts",
      "./sequences/prepare.ts",
      "./sequences/scaling.ts",
      "./sequences/windows.ts",
      ...(cutsAgain(prepare.sequence) ? ["./sequences/train-windows.ts"] : []),
    ),
    batch: 1000,
    ...(sitesMayFail ? { optional: true } : {}),
    runBatch: prepIoData,
  });
  const models = modelRules(experiment);
  const { metrics } = models;
  const combine_metrics = gatherRule(experiment, metrics);
  return {
    all: rule({ input: combine_metrics.output.metrics }),
    combine_metrics,
    prep_io_data,
    ...models.rules,
  };
}

/** combine_metrics. */
function gatherRule(experiment: ResolvedExperiment, metrics: Expanded<never>) {
  const { name, prepare, units, synthetic, mixBackends, sites, excluded } = experiment;
  const output = {
    metrics: scoreTables(name).overall,
    about: `${name}/about.txt`,
    leftOut: `${name}/left_out.csv`,
  } as const;
  const pathsIn = ({ input }: Gathering) => [
    ...("gauged" in input ? [...input.gauged, ...input.ungauged] : input),
  ];
  const params = paramsBySites(
    experiment,
    {
      sites: (job: Gathering) => sitesInMetrics(experiment, pathsIn(job)),
      file: (job) => belowExperiment(pathsIn(job)[0] ?? "", name),
    },
    (_, leftOut) => ({
      ...{ name, primary: prepare.variables[0]!, synthetic, partitions: prepare.partitions },
      // Told in about.txt, line by line.
      data: [experiment.observations, experiment.drivers, ...missingSites(sites, leftOut)],
      ...(units === undefined ? {} : { units: aboutUnits(units) }),
      ...(leftOut.length === 0 ? {} : { leftOut }),
      ...(excluded.length === 0 ? {} : { excluded }),
      mixBackends: untracked(mixBackends),
    }),
  );
  const gathered = { output, params, code: code("./steps/gather-metrics.ts") };
  const heldOut = heldOutSites(units);
  if (units?.heldOut !== undefined)
    return rule({
      ...gathered,
      input: { gauged: metrics, ungauged: ungaugedMetrics(experiment, units.heldOut) },
      params: withMore(params, { heldOut }),
      run: gatherWithUngauged,
    });
  return units === undefined
    ? rule({ ...gathered, input: metrics, run: gatherMetrics })
    : rule({ ...gathered, input: metrics, run: gatherOfUnits });
}

/** What about.txt says of units. */
function aboutUnits({ trainOn, members, attributes, targets }: Units) {
  return {
    trainOn,
    count: Object.keys(members).length,
    attributes: attributes.map(({ name }) => name),
    targets,
  };
}

/** The rules from a site's prepared data to the metrics of its models. */
function modelRules(experiment: ResolvedExperiment): { rules: Rules; metrics: Expanded<never> } {
  const { units, layout } = experiment;
  if (units !== undefined) return unitRules(experiment, units);
  return layout === "packed" ? storeRules(experiment) : fileRules(experiment);
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
function parquetRules(parquet: ResolvedExperiment["parquet"], name: string) {
  const rules = parquet.map(({ from, to }) => {
    const convert = rule({
      input: literal(from),
      output: to,
      run: async ({ input, output }) => writeCsv(await openTable(input), output),
    });
    return [`${name}_${basename(to, ".csv")}`, convert] as const;
  });
  return Object.fromEntries(rules);
}

/** All rules of an experiment; `shared` are those of its data, `named` gives rules the names that they have in the workflow. */
function rulesOf(experiment: ResolvedExperiment, shared: Rules, named = (rules: Rules): Rules => rules) {
  const rules = experimentRules(experiment);
  const { metrics } = rules.combine_metrics.output;
  const judged = judgedMetrics(experiment, metrics);
  const judging = withJudged(experiment);
  const statistics = { ...judged.rules, ...statisticsRules(judging, metrics, judged.table) };
  const made = { ...rules, ...statistics, ...shared };
  // The page draws the rules of `made` alone: a rule that only writes files must not make it again.
  const others = {
    ...baselineRules(experiment, metrics),
    ...exportRules(experiment, metrics),
    ...predictRules(experiment),
    ...parquetRules(experiment.predict?.parquet ?? [], "convert_period"),
  };
  const page =
    incomparable(judging) === null
      ? reportRules(judging, named(made), judged.table)
      : reportRules(experiment, named(made), metrics);
  return { ...made, ...page, ...others, ...refuseIncomparable(judging, statistics) };
}

export default workflow({
  config: Config,
  scope: ({ experiment = "expA" }) => `experiments.${baseOf(experiment)}`,
  resolve: (config) => resolveConfig(config),
  decide: (experiment, ahead) => decideBackend(experiment, ahead),
  rules: (experiment): Rules => {
    const { splits } = experiment;
    const shared = { ...sampleRules(experiment), ...parquetRules(experiment.parquet, "convert") };
    if (splits === undefined) return rulesOf(experiment, shared);
    const judging = withJudged(experiment);
    return {
      ...splitRules(judging, splits, (split) => rulesOf(split, {}, (rules) => inSplitNames(rules, split))),
      ...shared,
    };
  },
  targets: {
    all: "Train all models and score them (the default)",
    statistics: "Test at each site and over all sites whether other factors are better than 0",
    report: "Write a page with maps and figures that opens from disk; also makes the statistics",
    baselines: "Compare the models with climatology and ridge regression",
    predict: "Predict other days or sites with the trained models: --predict.period",
    export: "Write predictions and scores as NetCDF and Parquet",
  },
  results: async (experiment, _words, typed) => {
    const drawn = process.stdout.isTTY === true;
    if (experiment.splits === undefined) return resultsOf(experiment, process.cwd(), drawn, typed);
    // A split's rules have names of their own.
    const { make: _, ...ofSplit } = typed;
    const tellSplit = (one: ResolvedExperiment) => resultsOf(one, process.cwd(), drawn, ofSplit);
    const judging = withJudged(experiment);
    return splitsAnswer(judging, experiment.splits, process.cwd(), typed, tellSplit);
  },
});

/** The answer of one experiment, and what it predicted for another period. */
async function resultsOf(
  experiment: ResolvedExperiment,
  folder: string,
  drawn: boolean,
  typed: Typed,
): Promise<string> {
  const source = answerSource(experiment);
  const predicted = await predictedText(source, folder, typed);
  // A folder may have predictions of models that were never scored.
  if (predicted !== null && !existsSync(join(folder, scoreTables(experiment.name).overall))) return predicted;
  const text = await answer(source, folder, drawn, typed);
  // Whoever names a period asks about it first; the experiment's own scores follow.
  return predicted === null ? text : `${predicted}\n\n${text.trimEnd()}`;
}
