/**
 * What follows the gather, as rules with a target of their own: `pnpm exp:a statistics`. The default target does
 * not ask for them.
 */
import { expand, literal, type Rules, rule } from "braid-engine";
import { code } from "./code-files.ts";
import { flowBeside } from "./discharge.ts";
import { ensembleRules } from "./ensemble-rules.ts";
import { type Present, paramsBySites, sitesInTable } from "./missing-sites.ts";
import { auxiliaryRule, gainsRule, jointRules, ungaugedRules } from "./question-rules.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { incomparable, incomparableError } from "./statistics/compare.ts";
import { tablePaths } from "./statistics/findings.ts";
import { judgedPartition } from "./statistics/spec.ts";
import { countVerdictsOf } from "./steps/count-verdicts.ts";
import { type TestParams, testFactors } from "./steps/test-factors.ts";
import { provenanceRule, summaryRule } from "./summary-rules.ts";
import { sharingSites } from "./units.ts";

const tests = ["compare", "same-models", "scores", "site-tests", "streams", "verdicts"].map(
  (name) => `./statistics/${name}.ts`,
);

/**
 * The rules of the statistics. `overall` is the table of the default target, `metrics` the one that is judged; `evaluate` of the
 * experiment has the partitions of the latter.
 */
export function statisticsRules(experiment: ResolvedExperiment, overall: string, metrics: string) {
  const { name, sites, factors, seeds, evaluate, prepare, discharge, statistics } = experiment;
  const files = tablePaths(name);
  const flow = flowBeside(prepare.variables, discharge);
  const primary = prepare.variables[0]!;
  const siteList = experiment.siteList === null ? [] : [literal(experiment.siteList)];
  const paramsOf = (present: readonly string[]) => {
    return { primary, factors, seeds, sites: present, evaluate, statistics };
  };
  const inTests: Present<{ readonly input: { readonly tests: string } }> = {
    sites: ({ input }) => sitesInTable(sites, input.tests),
    file: ({ input }) => [input.tests, files.tests],
  };
  const { ensemble_predictions, combine_ensembles } = ensembleRules(experiment);
  const measure_gains = gainsRule(experiment, {
    days: expand(ensemble_predictions.output.days, {
      site_id: sites,
      factor: factors,
      partition: judgedPartition(evaluate),
    }),
    flow,
    paramsOf,
  });
  const count_verdicts = rule({
    input: { tests: files.tests, days: files.days, sites: siteList },
    output: files.counts,
    params: paramsBySites(experiment, inTests, paramsOf),
    code: code(
      "./steps/count-verdicts.ts",
      ...["counts", "over-days", "regions"].map((name) => `./statistics/${name}.ts`),
    ),
    run: countVerdictsOf,
  });
  const shared = { metrics, siteList, paramsOf, code: code(...tests) };
  const ungauged = ungaugedRules(experiment);
  return {
    statistics: rule({ input: [files.summary, files.crate] }),
    ensemble_predictions,
    combine_ensembles,
    test_factors: testRule(experiment, metrics, paramsOf),
    measure_gains,
    count_verdicts,
    ...jointRules(experiment, shared),
    test_auxiliary: auxiliaryRule(experiment, shared),
    ...ungauged?.rules,
    summarise_statistics: summaryRule(experiment, ungauged, { inTests, flow, siteList, paramsOf }),
    describe_provenance: provenanceRule(experiment, ungauged, { flow, overall, metrics }),
  };
}

/** test_factors. */
function testRule(
  experiment: ResolvedExperiment,
  metrics: string,
  paramsOf: (present: readonly string[]) => TestParams,
) {
  const { name, sites, units } = experiment;
  const { tests: verdicts, factors, highFlows } = tablePaths(name);
  return rule({
    input: metrics,
    output: { tests: verdicts, factors, highFlows },
    params: paramsBySites(
      experiment,
      {
        sites: ({ input }: { readonly input: string }) => sitesInTable(sites, input),
        file: ({ input }) => [input, metrics],
      },
      (present) => ({
        ...paramsOf(present),
        ...(units === undefined ? {} : { members: sharingSites(units) }),
      }),
    ),
    code: code("./steps/test-factors.ts", ...tests),
    run: testFactors,
  });
}

/**
 * The rules that compare factors, refused while the run is planned, if the config leaves nothing to compare: no training has to end
 * before the user learns of it. Empty if there is something to compare.
 */
export function refuseIncomparable(experiment: ResolvedExperiment, statistics: Rules): Rules {
  const obstacle = incomparable(experiment);
  if (obstacle === null) return {};
  const input = () => {
    throw incomparableError(obstacle);
  };
  const comparing = ["test_factors", "measure_gains", "test_jointly", "test_auxiliary"].filter(
    (name) => name in statistics,
  );
  return Object.fromEntries(comparing.map((name) => [name, { ...statistics[name]!, input }]));
}
