/** What closes the statistics: the summary of all tables, and where the results come from. */
import { literal, rule, untracked } from "braid-engine";
import { code } from "./code-files.ts";
import { excludedOfSites, paramsWithGaps } from "./gap-rules.ts";
import {
  absent,
  excludedSites,
  inMetrics,
  missingSites,
  type Present,
  paramsBySites,
  withMore,
} from "./missing-sites.ts";
import type { ungaugedRules } from "./question-rules.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { resultSettings } from "./result-settings.ts";
import { tablePaths } from "./statistics/findings.ts";
import { describeProvenance } from "./steps/describe-provenance.ts";
import { summarise } from "./steps/summarise.ts";
import type { TestParams } from "./steps/test-factors.ts";
import { summariseWithUngauged } from "./steps/units/compare-ungauged.ts";

const text = ["caveats", "findings", "regulated", "summary", "unscored", "words"].map(
  (name) => `./statistics/${name}.ts`,
);

interface Summary {
  /** Where a job finds the sites that were tested. */
  readonly inTests: Present<{ readonly input: { readonly tests: string } }>;
  /** What classes months and days by flow: undefined if the primary is flow, null if nothing is. */
  readonly flow: string | null | undefined;
  readonly siteList: readonly string[];
  readonly paramsOf: (present: readonly string[]) => TestParams;
}

/** The tables that the summary is about, by what they hold. */
function tablesOf({ name, units }: ResolvedExperiment, flow: Summary["flow"]) {
  const files = tablePaths(name);
  const { tests, factors, months, days, counts, ensembles } = files;
  const highFlows = flow === undefined ? files.highFlows : files.flowDays;
  const tables = { tests, factors, highFlows, months, days, counts, ensembles };
  return { ...tables, ...(units === undefined ? {} : { joint: files.joint }) };
}

/** summarise_statistics; `ungauged` has the tables of sites held out. */
export function summaryRule(
  experiment: ResolvedExperiment,
  ungauged: ReturnType<typeof ungaugedRules>,
  { inTests, flow, siteList, paramsOf }: Summary,
) {
  const { name, sites, prepare, units } = experiment;
  const { auxiliaryCounts, summary } = tablePaths(name);
  const params = paramsBySites(experiment, inTests, (present, leftOut) => ({
    ...paramsOf(present),
    name,
    synthetic: experiment.synthetic,
    auxiliary: prepare.variables.slice(1),
    partitions: prepare.partitions,
    ...(units === undefined ? {} : { trainOn: units.trainOn }),
    ...(flow === undefined ? {} : { flow }),
    caveats: [...missingSites(sites, leftOut), ...excludedSites(experiment.excluded), ...experiment.caveats],
  }));
  const shared = {
    input: {
      ...{ ...tablesOf(experiment, flow), auxiliaryCounts },
      sites: siteList,
      ...excludedOfSites(experiment),
    },
    output: summary,
    params: paramsWithGaps(experiment, params, (params, caveats) => ({
      ...params,
      caveats: [...params.caveats, ...caveats],
    })),
    code: code("./steps/summarise.ts", ...text),
  };
  if (ungauged === null) return rule({ ...shared, run: summarise });
  return rule({
    ...shared,
    input: { ...shared.input, ...ungauged.tables },
    params: withMore(shared.params, { heldOut: ungauged.heldOut }),
    code: [...shared.code, ...code("./steps/units/compare-ungauged.ts")],
    run: summariseWithUngauged,
  });
}

interface Provenance extends Pick<Summary, "flow"> {
  /** The table of the default target, and the one that is judged. */
  readonly overall: string;
  readonly metrics: string;
}

/** describe_provenance. */
export function provenanceRule(
  experiment: ResolvedExperiment,
  ungauged: ReturnType<typeof ungaugedRules>,
  { flow, overall, metrics }: Provenance,
) {
  const { name, sites, prepare } = experiment;
  const { auxiliaryTests, auxiliaryCounts, ...files } = tablePaths(name);
  const tables = { ...tablesOf(experiment, flow), auxiliaryTests, auxiliaryCounts, ...ungauged?.tables };
  const { excluded, simd, mixBackends, layout, predictions } = experiment;
  const settings = { ...resultSettings(experiment), ...(excluded.length === 0 ? {} : { excluded }) };
  return rule({
    input: {
      data: [literal(experiment.observations), literal(experiment.drivers)],
      metrics: overall,
      results: [...(metrics === overall ? [] : [metrics]), ...Object.values(tables), files.summary],
    },
    output: { experiment: files.experiment, crate: files.crate },
    params: paramsBySites(experiment, inMetrics(sites, overall), (present) => ({
      name,
      primary: prepare.variables[0]!,
      synthetic: experiment.synthetic,
      settings: withMissing(settings, absent(sites, present)),
      run: untracked({ simd, mixBackends, layout, predictions }),
    })),
    code: code("./steps/describe-provenance.ts", "./statistics/crate.ts", "./statistics/software.ts"),
    run: describeProvenance,
  });
}

/** The settings, and which of their sites are missing. */
function withMissing<S extends object>(settings: S, missing: readonly string[]) {
  return missing.length === 0 ? settings : { ...settings, missingSites: missing };
}
