/**
 * The experiment as rules: the paper's Snakefile, made from one entry of the config's experiments.
 * Paths and rule names are those of the USGS blog "Large, parallel deep learning experiments using
 * Snakemake" (2022-04-19); the experiment's name is the top folder, so that no experiment overwrites another.
 */
import { basename } from "node:path";
import { makeSample } from "@braid/data";
import { openTable, writeCsv } from "@braid/data/tables";
import { literal, rule, untracked, workflow } from "braid-engine";
import { Config } from "./config.ts";
import { decideBackend } from "./decide-backend.ts";
import { belowExperiment, missingSites, paramsBySites, sitesInPaths } from "./missing-sites.ts";
import { sitePatterns } from "./model-files.ts";
import { fileRules, storeRules } from "./model-rules.ts";
import { reportRules } from "./report-rules.ts";
import { type ResolvedExperiment, resolveConfig } from "./resolve.ts";
import { schemaVersion } from "./sequences/prepared.ts";
import { answer } from "./statistics/answer.ts";
import { statisticsRules } from "./statistics-rules.ts";
import { gatherMetrics } from "./steps/gather-metrics.ts";
import { prepIoData } from "./steps/prep-io-data.ts";

const code = (...files: string[]) => files.map((file) => new URL(file, import.meta.url));

interface Gathering {
  readonly input: readonly string[];
}

/** The five rules of an experiment, and the target that asks for all of it. */
export function experimentRules(experiment: ResolvedExperiment) {
  const { name, layout, prepare, synthetic, mixBackends, sites, excluded, sitesMayFail } = experiment;
  const observations = literal(experiment.observations);
  const drivers = literal(experiment.drivers);

  const prep_io_data = rule({
    input: { observations, drivers },
    output: sitePatterns(name),
    params: { ...prepare, schemaVersion },
    code: code(
      "./reading/observations.ts",
      "./sequences/exclusions.ts",
      "./sequences/prepare.ts",
      "./sequences/scaling.ts",
      "./sequences/windows.ts",
    ),
    batch: 1000,
    ...(sitesMayFail ? { optional: true } : {}),
    runBatch: prepIoData,
  });
  const models = layout === "packed" ? storeRules(experiment) : fileRules(experiment);
  const combine_metrics = rule({
    input: models.metrics,
    output: {
      metrics: `${name}/overall_metrics.csv`,
      about: `${name}/about.txt`,
      leftOut: `${name}/left_out.csv`,
    },
    params: paramsBySites(
      experiment,
      {
        sites: ({ input }: Gathering) => sitesInPaths(sites, input),
        file: ({ input }) => belowExperiment(input[0] ?? "", name),
      },
      (_, leftOut) => ({
        ...{ name, primary: prepare.variables[0]!, synthetic, partitions: prepare.partitions },
        // Told in about.txt, line by line.
        data: [experiment.observations, experiment.drivers, ...missingSites(sites, leftOut)],
        ...(leftOut.length === 0 ? {} : { leftOut }),
        ...(excluded.length === 0 ? {} : { excluded }),
        mixBackends: untracked(mixBackends),
      }),
    ),
    code: code("./steps/gather-metrics.ts"),
    run: gatherMetrics,
  });
  return {
    all: rule({ input: combine_metrics.output.metrics }),
    combine_metrics,
    prep_io_data,
    ...models.rules,
  };
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
function parquetRules({ parquet }: ResolvedExperiment) {
  const rules = parquet.map(({ from, to }) => {
    const convert = rule({
      input: literal(from),
      output: to,
      run: async ({ input, output }) => writeCsv(await openTable(input), output),
    });
    return [`convert_${basename(to, ".csv")}`, convert] as const;
  });
  return Object.fromEntries(rules);
}

export default workflow({
  config: Config,
  scope: ({ experiment = "expA" }) => `experiments.${experiment}`,
  resolve: (config) => resolveConfig(config),
  decide: (experiment, ahead) => decideBackend(experiment, ahead),
  rules: (experiment) => {
    const rules = experimentRules(experiment);
    const statistics = statisticsRules(experiment, rules.combine_metrics.output.metrics);
    const made = { ...rules, ...statistics, ...sampleRules(experiment), ...parquetRules(experiment) };
    return { ...made, ...reportRules(experiment, made) };
  },
  results: (experiment) => {
    const [primary = ""] = experiment.prepare.variables;
    return answer({ ...experiment, primary }, process.cwd(), process.stdout.isTTY === true);
  },
});
