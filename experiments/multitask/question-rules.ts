/** Rules of the statistics that differ by question: gains by flow, counts of sites that share models, sites held out, auxiliary variables. */
import { type Expanded, literal, rule } from "braid-engine";
import { code } from "./code-files.ts";
import { belowExperiment, inMetrics, paramsBySites, sitesInPaths } from "./missing-sites.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { tablePaths } from "./statistics/findings.ts";
import { gainsByFlow } from "./steps/gains-by-flow.ts";
import { measureGains } from "./steps/measure-gains.ts";
import { testAuxiliary } from "./steps/test-auxiliary.ts";
import type { TestParams } from "./steps/test-factors.ts";
import { compareUngauged } from "./steps/units/compare-ungauged.ts";
import { testJointly } from "./steps/units/test-jointly.ts";
import { heldOutSites, sharingSites } from "./units.ts";

const measuring = ["./steps/measure-gains.ts", "./statistics/gains.ts", "./statistics/days.ts", "./sums.ts"];

interface Gains {
  /** The days of every site and factor, sites slowest. */
  readonly days: Expanded<never>;
  /** What classes months and days by flow: undefined if the primary is flow, null if nothing is. */
  readonly flow: string | null | undefined;
  readonly paramsOf: (present: readonly string[]) => TestParams;
}

interface Days {
  readonly input: { readonly days: readonly string[] };
}

/** measure_gains. */
export function gainsRule(experiment: ResolvedExperiment, { days, flow, paramsOf }: Gains) {
  const { name, sites, prepare, discharge } = experiment;
  const files = tablePaths(name);
  if (flow === undefined)
    return rule({
      input: days,
      output: { months: files.months, days: files.days },
      params: paramsBySites(
        experiment,
        {
          sites: ({ input }: { readonly input: readonly string[] }) => sitesInPaths(sites, input),
          file: ({ input }) => belowExperiment(input[0] ?? "", name),
        },
        (present) => ({ ...paramsOf(present) }),
      ),
      code: code(...measuring),
      run: measureGains,
    });
  const truth = {
    variables: prepare.variables,
    discharge,
    partitions: prepare.partitions,
    mask: prepare.mask,
  };
  return rule({
    input: { observations: literal(experiment.observations), days },
    output: { months: files.months, days: files.days, flowDays: files.flowDays },
    params: paramsBySites(
      experiment,
      {
        sites: ({ input }: Days) => sitesInPaths(sites, input.days),
        file: ({ input }) => belowExperiment(input.days[0] ?? "", name),
      },
      (present) => ({ ...paramsOf(present), flow, truth }),
    ),
    code: code(...measuring, "./steps/gains-by-flow.ts", "./steps/truth.ts"),
    run: gainsByFlow,
  });
}

interface Tests {
  readonly metrics: string;
  readonly siteList: readonly string[];
  readonly paramsOf: (present: readonly string[]) => TestParams;
  /** The modules of the tests. */
  readonly code: readonly URL[];
}

/** test_auxiliary: the auxiliary variables against single-task models of other experiments, as far as these are there. */
export function auxiliaryRule(
  experiment: ResolvedExperiment,
  { metrics, siteList, paramsOf, code: tests }: Tests,
) {
  const { name, sites, units, singleTasks } = experiment;
  const files = tablePaths(name);
  return rule({
    input: {
      metrics,
      single: singleTasks.flatMap(({ tables }) => tables.map((table) => literal(table))),
      sites: siteList,
    },
    output: { tests: files.auxiliaryTests, counts: files.auxiliaryCounts },
    params: paramsBySites(experiment, inMetrics(sites, metrics), (present) => ({
      ...paramsOf(present),
      name,
      trainOn: units?.trainOn ?? "each",
      singleTasks,
    })),
    code: [
      ...code("./steps/test-auxiliary.ts", "./statistics/auxiliary.ts", "./statistics/recorded-protocol.ts"),
      ...tests,
    ],
    run: testAuxiliary,
  });
}

/** test_jointly, if sites share models. */
export function jointRules(experiment: ResolvedExperiment, joint: Tests) {
  const { name, sites, units } = experiment;
  const { metrics, siteList, paramsOf } = joint;
  if (units === undefined) return {};
  return {
    test_jointly: rule({
      input: { metrics, sites: siteList },
      output: tablePaths(name).joint,
      params: paramsBySites(experiment, inMetrics(sites, metrics), (present) => ({
        ...paramsOf(present),
        members: sharingSites(units),
      })),
      code: [...code("./steps/units/test-jointly.ts", "./statistics/joint.ts"), ...joint.code],
      run: testJointly,
    }),
  };
}

/** compare_ungauged, if sites are held out, and its tables as inputs of the summary. */
export function ungaugedRules({ name, units }: ResolvedExperiment) {
  const heldOut = heldOutSites(units);
  if (heldOut.length === 0) return null;
  const { tests, days, factors } = tablePaths(name);
  const compare_ungauged = rule({
    input: { tests, days, factors },
    output: {
      scores: `${name}/statistics/ungauged_scores.csv`,
      counts: `${name}/statistics/ungauged_counts.csv`,
    },
    params: { heldOut },
    code: code("./steps/units/compare-ungauged.ts", "./statistics/over-days.ts"),
    run: compareUngauged,
  });
  const { scores, counts } = compare_ungauged.output;
  return {
    heldOut,
    rules: { compare_ungauged },
    tables: { ungaugedScores: scores, ungaugedCounts: counts },
  };
}
