/** The page of an experiment, as a target of its own: `pnpm exp:a report`. The default target does not ask for it. */
import { ancient, directory, type Expanded, expand, literal, type Rules, rule } from "braid-engine";
import { pageModules, seriesModules } from "braid-pages/report";
import { code } from "./code-files.ts";
import { excludedOfSite, excludedOfSites, paramsOfKeptDays, paramsWithGaps } from "./gap-rules.ts";
import { excludedSites, inMetrics, missingSites, paramsBySites } from "./missing-sites.ts";
import { allOfSite } from "./model-files.ts";
import { rainAmong } from "./report/rain.ts";
import { ruleEdges } from "./report/rule-graph.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { resultSettings } from "./result-settings.ts";
import { incomparable } from "./statistics/compare.ts";
import { tablePaths } from "./statistics/findings.ts";
import { reportSeries } from "./steps/report-series.ts";
import { seriesOfUnits } from "./steps/units/by-site.ts";
import { writeReportOf } from "./steps/write-report.ts";
import { ofSite } from "./unit-rules.ts";

/** The rules of the report; `others` are the workflow's, which it draws, and `metrics` the table of scores that it shows. */
export function reportRules(experiment: ResolvedExperiment, others: Rules, metrics: string) {
  const report_series = seriesRule(experiment);
  const series = experiment.report.series
    ? expand(report_series.output, { site_id: experiment.sites })
    : ([] as const);
  const report_page = pageRule(experiment, others, { metrics, series });
  return { report: rule({ input: report_page.output.page }), report_series, report_page };
}

/** report_series: the days of a site. */
function seriesRule(experiment: ResolvedExperiment) {
  const { name, factors, evaluate, prepare, units, discharge } = experiment;
  const rain = rainAmong(prepare.drivers);
  // A change of a site's drivers changes its predictions: the table by itself, which has all sites, makes nothing again.
  const drivers = rain === null ? {} : { drivers: ancient(literal(experiment.drivers)) };
  const shared = {
    output: `${name}/report/series/{site_id}.js` as const,
    params: paramsOfKeptDays(experiment, {
      variables: prepare.variables,
      discharge,
      partitions: prepare.partitions,
      mask: prepare.mask,
      factors,
      evaluate,
      ...(rain === null ? {} : { rain }),
    }),
    code: [
      ...code(
        "./reading/observations.ts",
        "./reading/rows-by-day.ts",
        "./steps/report-series.ts",
        "./steps/truth.ts",
      ),
      ...seriesModules(),
    ],
  };
  if (units === undefined)
    return rule({
      ...shared,
      input: {
        observations: literal(experiment.observations),
        ...drivers,
        ...allOfSite(experiment),
        ...excludedOfSite(experiment),
      },
      run: reportSeries,
    });
  return rule({
    ...shared,
    input: ({ site_id }: { readonly site_id: string }) => ({
      observations: experiment.observations,
      ...drivers,
      ...ofSite(experiment, units, site_id, { factor: factors, partition: evaluate }),
    }),
    run: seriesOfUnits,
  });
}

interface Shown {
  readonly metrics: string;
  /** The days of each site; none if the config leaves them out. */
  readonly series: readonly [] | Expanded<never>;
}

/** report_page: the page, and the scores of all models. */
function pageRule(experiment: ResolvedExperiment, others: Rules, { metrics, series }: Shown) {
  const { name, siteList } = experiment;
  const { tests, counts, auxiliaryCounts, summary, crate } = tablePaths(name);
  const comparable = incomparable(experiment) === null;
  return rule({
    input: {
      metrics,
      series,
      // The summary and the crate are not read: they complete what the page speaks of.
      statistics: comparable ? [tests, counts, auxiliaryCounts, summary, crate] : [],
      sites: siteList === null ? [] : [literal(siteList)],
      ...excludedOfSites(experiment),
    },
    output: { page: `${name}/report/index.html`, assets: directory(`${name}/report/assets`) },
    params: pageParams(experiment, others, metrics),
    code: [
      ...code(
        "./report/caveats-of.ts",
        "./report/making.ts",
        "./report/metrics-cubes.ts",
        "./report/rain.ts",
        "./report/read-sites.ts",
        "./report/read-verdicts.ts",
        "./report/telling-site.ts",
        "./statistics/caveats.ts",
        "./statistics/regulated.ts",
        "./statistics/unscored.ts",
        "./statistics/words.ts",
      ),
      ...pageModules(),
    ],
    run: writeReportOf,
  });
}

function pageParams(experiment: ResolvedExperiment, others: Rules, metrics: string) {
  const { sites, siteList: _siteList, report: _report, ...settings } = resultSettings(experiment);
  const params = paramsBySites(experiment, inMetrics(sites, metrics), (present, leftOut) => ({
    settings: {
      ...settings,
      caveats: [...missingSites(sites, leftOut), ...excludedSites(experiment.excluded), ...settings.caveats],
    },
    sites: present,
    naiveFactor: experiment.statistics.naiveFactor,
    rules: Object.keys(others),
    edges: ruleEdges(others, sampleOf(experiment)),
  }));
  return paramsWithGaps(experiment, params, ({ settings, ...more }, caveats) => ({
    ...more,
    settings: { ...settings, caveats: [...settings.caveats, ...caveats] },
  }));
}

/** Values of all wildcards, for input functions that are asked which patterns they need. */
function sampleOf({ sites, factors, seeds, evaluate, units }: ResolvedExperiment) {
  return {
    site_id: sites[0]!,
    unit: Object.keys(units?.members ?? {})[0] ?? "",
    factor: String(factors[0]),
    seed: String(seeds[0]),
    partition: evaluate[0]!,
  };
}
