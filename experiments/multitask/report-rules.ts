/** The page of an experiment, as a target of its own: `pnpm exp:a report`. The default target does not ask for it. */
import { directory, expand, literal, type Rules, rule } from "braid-engine";
import { pageModules, seriesModules } from "braid-pages/report";
import { excludedSites, missingSites, paramsBySites, sitesInTable } from "./missing-sites.ts";
import { allOfSite } from "./model-files.ts";
import { ruleEdges } from "./report/rule-graph.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { incomparable } from "./statistics/compare.ts";
import { tablePaths } from "./statistics/findings.ts";
import { reportSeries } from "./steps/report-series.ts";
import { writeReportOf } from "./steps/write-report.ts";

const code = (...files: string[]) => files.map((file) => new URL(file, import.meta.url));

/** The rules of the report; `others` are the workflow's, which it draws. */
export function reportRules(experiment: ResolvedExperiment, others: Rules) {
  const { name, sites, siteList, factors, evaluate, prepare, discharge } = experiment;
  const {
    sites: _sites,
    siteList: _siteList,
    layout: _layout,
    predictions: _predictions,
    // What trained a model is in the metrics; what would train one now changes nothing of the page.
    backend: _backend,
    simd: _simd,
    gpus: _gpus,
    mixBackends: _mixBackends,
    sitesMayFail: _sitesMayFail,
    excluded,
    report: { series: withSeries },
    ...settings
  } = experiment;
  const { tests, counts, summary, crate } = tablePaths(name);
  const metrics = `${name}/overall_metrics.csv`;
  const comparable = incomparable(experiment) === null;

  const report_series = rule({
    input: {
      observations: literal(experiment.observations),
      ...allOfSite(experiment),
    },
    output: `${name}/report/series/{site_id}.js`,
    params: {
      variables: prepare.variables,
      discharge,
      partitions: prepare.partitions,
      mask: prepare.mask,
      factors,
      evaluate,
    },
    code: [
      ...code("./reading/observations.ts", "./steps/report-series.ts", "./steps/truth.ts"),
      ...seriesModules(),
    ],
    run: reportSeries,
  });
  const report_page = rule({
    input: {
      metrics,
      series: withSeries ? expand(report_series.output, { site_id: sites }) : [],
      // The summary and the crate are not read: they complete what the page speaks of.
      statistics: comparable ? [tests, counts, summary, crate] : [],
      sites: siteList === null ? [] : [literal(siteList)],
    },
    output: { page: `${name}/report/index.html`, assets: directory(`${name}/report/assets`) },
    params: paramsBySites(
      experiment,
      {
        sites: ({ input }: { readonly input: { readonly metrics: string } }) =>
          sitesInTable(sites, input.metrics),
        file: ({ input }) => [input.metrics, metrics],
      },
      (present, leftOut) => ({
        settings: {
          ...settings,
          caveats: [...missingSites(sites, leftOut), ...excludedSites(excluded), ...settings.caveats],
        },
        sites: present,
        naiveFactor: experiment.statistics.naiveFactor,
        rules: Object.keys(others),
        edges: ruleEdges(others),
      }),
    ),
    code: [
      ...code(
        "./report/caveats-of.ts",
        "./report/making.ts",
        "./report/metrics-cubes.ts",
        "./report/read-sites.ts",
        "./report/read-verdicts.ts",
        "./statistics/caveats.ts",
        "./statistics/regulated.ts",
        "./statistics/unscored.ts",
        "./statistics/words.ts",
      ),
      ...pageModules(),
    ],
    run: writeReportOf,
  });
  return { report: rule({ input: report_page.output.page }), report_series, report_page };
}
