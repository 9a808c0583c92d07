/**
 * What follows the gather, as rules with a target of their own: `pnpm exp:a statistics`. The default target does
 * not ask for them.
 */
import { expand, literal, rule, untracked } from "braid-engine";
import {
  absent,
  belowExperiment,
  excludedSites,
  missingSites,
  type Present,
  paramsBySites,
  sitesInPaths,
  sitesInTable,
} from "./missing-sites.ts";
import { predictionsOf } from "./model-files.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { tablePaths } from "./statistics/findings.ts";
import { combineMetrics } from "./steps/combine-metrics.ts";
import { countVerdictsOf } from "./steps/count-verdicts.ts";
import { describeProvenance } from "./steps/describe-provenance.ts";
import { ensemblePredictions } from "./steps/ensemble-predictions.ts";
import { measureGains } from "./steps/measure-gains.ts";
import { summarise } from "./steps/summarise.ts";
import { testFactors } from "./steps/test-factors.ts";

const code = (...files: string[]) => files.map((file) => new URL(file, import.meta.url));
const tests = ["compare", "scores", "site-tests", "streams", "verdicts"].map(
  (name) => `./statistics/${name}.ts`,
);
const text = ["caveats", "findings", "regulated", "summary", "unscored", "words"].map(
  (name) => `./statistics/${name}.ts`,
);

/** The partition that verdicts are about. */
const judgedOf = (evaluate: readonly string[]) => (evaluate.includes("test") ? "test" : "validation");

/** The rules of the statistics; `metrics` is what was gathered, `model` the pattern of a model's folder. */
export function statisticsRules(experiment: ResolvedExperiment, metrics: string) {
  const { name, sites, factors, seeds, evaluate, prepare, discharge, training, mixBackends } = experiment;
  const observations = literal(experiment.observations);
  const ensemble = `${name}/site_id_{site_id}/factor_{factor}/ensemble/{partition}` as const;
  const files = tablePaths(name);
  const [primary, ...auxiliary] = prepare.variables as [string, ...string[]];
  const siteList = experiment.siteList === null ? [] : [literal(experiment.siteList)];
  const { statistics } = experiment;
  const paramsOf = (present: readonly string[]) => {
    return { primary, factors, seeds, sites: present, evaluate, statistics };
  };
  const inTests: Present<{ readonly input: { readonly tests: string } }> = {
    sites: ({ input }) => sitesInTable(sites, input.tests),
    file: ({ input }) => [input.tests, files.tests],
  };

  const ensemble_predictions = rule({
    input: {
      observations,
      predictions: predictionsOf(experiment),
    },
    output: {
      predictions: `${ensemble}_preds.csv`,
      metrics: `${ensemble}_metrics.csv`,
      days: `${ensemble}_days.csv`,
    },
    params: {
      experiment: name,
      variables: prepare.variables,
      discharge,
      partitions: prepare.partitions,
      mask: prepare.mask,
      loss: training.loss,
      mixBackends: untracked(mixBackends),
    },
    code: code(
      "./metrics.ts",
      "./reading/observations.ts",
      "./steps/ensemble-predictions.ts",
      "./steps/metrics-table.ts",
      "./steps/truth.ts",
      "./sums.ts",
    ),
    batch: 32,
    runBatch: ensemblePredictions,
  });
  const combine_ensembles = rule({
    input: expand(ensemble_predictions.output.metrics, {
      site_id: sites,
      factor: factors,
      partition: evaluate,
    }),
    output: files.ensembles,
    params: { mixBackends: untracked(mixBackends) },
    run: combineMetrics,
  });
  const test_factors = rule({
    input: metrics,
    output: { tests: files.tests, factors: files.factors, highFlows: files.highFlows },
    params: paramsBySites(
      experiment,
      {
        sites: ({ input }: { readonly input: string }) => sitesInTable(sites, input),
        file: ({ input }) => [input, metrics],
      },
      paramsOf,
    ),
    code: code("./steps/test-factors.ts", ...tests),
    run: testFactors,
  });
  const measure_gains = rule({
    input: expand(ensemble_predictions.output.days, {
      site_id: sites,
      factor: factors,
      partition: judgedOf(evaluate),
    }),
    output: { months: files.months, days: files.days },
    params: paramsBySites(
      experiment,
      {
        sites: ({ input }: { readonly input: readonly string[] }) => sitesInPaths(sites, input),
        file: ({ input }) => belowExperiment(input[0] ?? "", name),
      },
      paramsOf,
    ),
    code: code("./steps/measure-gains.ts", "./statistics/gains.ts", "./statistics/days.ts", "./sums.ts"),
    run: measureGains,
  });
  const count_verdicts = rule({
    input: {
      tests: files.tests,
      days: files.days,
      sites: siteList,
    },
    output: files.counts,
    params: paramsBySites(experiment, inTests, paramsOf),
    code: code("./steps/count-verdicts.ts", "./statistics/counts.ts", "./statistics/regions.ts"),
    run: countVerdictsOf,
  });
  const { tests: siteTests, factors: byFactor, highFlows, months, days, counts, ensembles } = files;
  const tables = { tests: siteTests, factors: byFactor, highFlows, months, days, counts, ensembles };
  const summarise_statistics = rule({
    input: { ...tables, sites: siteList },
    output: files.summary,
    params: paramsBySites(experiment, inTests, (present, leftOut) => ({
      ...paramsOf(present),
      name,
      synthetic: experiment.synthetic,
      auxiliary,
      partitions: prepare.partitions,
      caveats: [
        ...missingSites(sites, leftOut),
        ...excludedSites(experiment.excluded),
        ...experiment.caveats,
      ],
    })),
    code: code("./steps/summarise.ts", ...text),
    run: summarise,
  });
  const {
    backend: _backend,
    gpus: _gpus,
    mixBackends: _,
    sitesMayFail: _sitesMayFail,
    excluded,
    simd,
    layout,
    predictions,
    ...settings
  } = experiment;
  const describe_provenance = rule({
    input: {
      data: [observations, literal(experiment.drivers)],
      metrics,
      results: [...Object.values(tables), files.summary],
    },
    output: { experiment: files.experiment, crate: files.crate },
    params: paramsBySites(
      experiment,
      {
        sites: ({ input }: { readonly input: { readonly metrics: string } }) =>
          sitesInTable(sites, input.metrics),
        file: ({ input }) => [input.metrics, metrics],
      },
      (present) => ({
        name,
        primary,
        synthetic: experiment.synthetic,
        settings: withMissing(
          excluded.length === 0 ? settings : { ...settings, excluded },
          absent(sites, present),
        ),
        run: untracked({ simd, mixBackends, layout, predictions }),
      }),
    ),
    code: code("./steps/describe-provenance.ts", "./statistics/crate.ts", "./statistics/software.ts"),
    run: describeProvenance,
  });
  return {
    statistics: rule({ input: [files.summary, files.crate] }),
    ensemble_predictions,
    combine_ensembles,
    test_factors,
    measure_gains,
    count_verdicts,
    summarise_statistics,
    describe_provenance,
  };
}

/** The settings, and which of their sites are missing. */
function withMissing<S extends object>(settings: S, missing: readonly string[]) {
  return missing.length === 0 ? settings : { ...settings, missingSites: missing };
}
