/** report: the page that shows an experiment, from its metrics, its statistics, and the journal. */
import { type Report, writeReport } from "braid-pages/report";
import { unitOf } from "../export/cf.ts";
import { validates } from "../protocol.ts";
import { caveatsOf } from "../report/caveats-of.ts";
import { makingOf, type Settings } from "../report/making.ts";
import { type MetricsCubes, readCubes } from "../report/metrics-cubes.ts";
import { rainAmong } from "../report/rain.ts";
import { readSites } from "../report/read-sites.ts";
import { readAuxiliary, readVerdicts } from "../report/read-verdicts.ts";
import type { RuleEdge } from "../report/rule-graph.ts";
import { tellingSite } from "../report/telling-site.ts";
import { paperFound } from "../statistics/caveats.ts";

interface ReportJob {
  readonly input: {
    readonly metrics: string;
    readonly series: readonly string[];
    /** tests.csv, counts.csv and auxiliary_counts.csv first; none where there is nothing to compare. */
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
  const [tests, counts, auxiliary] = input.statistics;
  const { facts, jobs, commit } = await makingOf({
    folder: process.cwd(),
    settings,
    sites: sites.length,
    backends: cubes.backends,
    crate: tests !== undefined,
  });
  const verdicts =
    tests === undefined || counts === undefined
      ? null
      : await readVerdicts(tests, counts, { primary: prepare.variables[0]!, naiveFactor });
  const siteList = input.sites[0] ?? null;
  const rain = rainAmong(prepare.drivers);
  const judged = verdicts?.judged ?? {
    partition: evaluate.at(-1)!,
    variable: prepare.variables[0]!,
    score: "nse",
  };
  const report: Report = {
    experiment: name,
    synthetic,
    primary: prepare.variables[0]!,
    variables: prepare.variables,
    partitions: evaluate,
    units: Object.fromEntries(prepare.variables.map((variable) => [variable, unitOf(variable)])),
    scores: offeredScores(cubes, prepare.variables, evaluate),
    sites: await readSites(siteList, sites),
    factors,
    seeds,
    models: cubes.models,
    series: input.series.length > 0,
    discharge: settings.discharge,
    rain: rain === null ? null : { name: rain, unit: unitOf(rain) },
    opensAt: tellingSite(
      { sites, factors, seeds },
      cubes.of(judged.partition, judged.variable, judged.score),
      verdicts?.answer ?? null,
    ),
    commit,
    ...(validates(settings.training) ? { validated: true } : {}),
    verdicts,
    ...(auxiliary === undefined ? {} : { auxiliaryVerdicts: await readAuxiliary(auxiliary, naiveFactor) }),
    caveats: await caveatsOf({ settings, sites, siteList, cubes, verdicts }),
    compareWith: paperFound(prepare.variables[0]!, {
      isFlow: settings.discharge.includes(prepare.variables[0]!),
      shared: settings.units !== undefined,
    }),
    graph: {
      rules: rules.map((rule) => ({ name: rule, jobs: jobs.get(rule) ?? 0 })).filter((rule) => rule.jobs > 0),
      edges: edges.filter((edge) => edge.every((rule) => (jobs.get(rule) ?? 0) > 0)),
    },
    making: facts,
  };
  await writeReport(output, report, cubes.of);
  log(`A page over ${cubes.models} models of ${sites.length} sites`);
}

/** Scores to choose from. Numbers of days and signatures are none; models of an earlier version lack some. */
function offeredScores(
  cubes: MetricsCubes,
  variables: readonly string[],
  partitions: readonly string[],
): string[] {
  const isScored = (score: string) =>
    partitions.some((partition) =>
      variables.some((variable) => cubes.of(partition, variable, score).some(Number.isFinite)),
    );
  return cubes.scores.filter(
    (score) => !/^n_|_(observed|predicted)$/.test(score) && (score === "nse" || isScored(score)),
  );
}
