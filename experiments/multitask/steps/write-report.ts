/** report: the page that shows an experiment, from its metrics, its statistics, and the journal. */
import { type Report, writeReport } from "braid-pages/report";
import { caveatsOf } from "../report/caveats-of.ts";
import { makingOf, type Settings } from "../report/making.ts";
import { readCubes } from "../report/metrics-cubes.ts";
import { readSites } from "../report/read-sites.ts";
import { readVerdicts } from "../report/read-verdicts.ts";
import type { RuleEdge } from "../report/rule-graph.ts";
import { paperFound } from "../statistics/caveats.ts";

interface ReportJob {
  readonly input: {
    readonly metrics: string;
    readonly series: readonly string[];
    /** tests.csv and counts.csv first; none where there is nothing to compare. */
    readonly statistics: readonly string[];
    readonly sites: readonly string[];
  };
  readonly output: { readonly page: string; readonly assets: string };
  readonly params: {
    readonly settings: Settings;
    readonly sites: readonly string[];
    readonly naiveFactor: number;
    readonly rules: readonly string[];
    readonly edges: readonly RuleEdge[];
  };
  log(text: string): void;
}

/** Writes the page and its assets. */
export async function writeReportOf({ input, output, params, log }: ReportJob): Promise<void> {
  const { settings, sites, naiveFactor, rules, edges } = params;
  const { name, synthetic, factors, seeds, evaluate, prepare } = settings;
  const cubes = await readCubes(input.metrics, { sites, factors, seeds });
  const [tests, counts] = input.statistics;
  const { facts, jobs } = await makingOf({
    folder: process.cwd(),
    settings,
    sites: sites.length,
    backends: cubes.backends,
    crate: tests !== undefined,
  });
  const verdicts =
    tests === undefined || counts === undefined ? null : await readVerdicts(tests, counts, naiveFactor);
  const siteList = input.sites[0] ?? null;
  const report: Report = {
    experiment: name,
    synthetic,
    primary: prepare.variables[0]!,
    variables: prepare.variables,
    partitions: evaluate,
    scores: cubes.scores,
    sites: await readSites(siteList, sites),
    factors,
    seeds,
    models: cubes.models,
    series: input.series.length > 0,
    verdicts,
    caveats: await caveatsOf({ settings, sites, siteList, cubes, verdicts }),
    compareWith: paperFound(prepare.variables[0]!),
    graph: {
      rules: rules.map((rule) => ({ name: rule, jobs: jobs.get(rule) ?? 0 })).filter((rule) => rule.jobs > 0),
      edges: edges.filter((edge) => edge.every((rule) => (jobs.get(rule) ?? 0) > 0)),
    },
    making: facts,
  };
  await writeReport(output, report, cubes.of);
  log(`A page over ${cubes.models} models of ${sites.length} sites`);
}
