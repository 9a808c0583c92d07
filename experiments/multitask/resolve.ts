/**
 * From the config to what the rules need: sites listed, seeds and date ranges read, keys checked against
 * each other and against the data folder. The one step before planning that may wait for files.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { sampleFolder } from "@braid/data";
import { checkColumns, readHeader } from "@braid/data/records";
import { findTable, openTable } from "@braid/data/tables";
import type { Gpus, Loss } from "@braid/lstm";
import { cannot } from "braid-engine";
import { type Config, type Experiment, type PartitionName, partitionNames } from "./config.ts";
import { checkQualifiers } from "./reading/observations.ts";
import { readSeeds } from "./seeds.ts";
import { checkPartitions, parseRange } from "./sequences/partitions.ts";
import type { PrepareSpec } from "./sequences/prepare.ts";
import { chooseSites, knownSites } from "./sites.ts";
import { saysSynthetic } from "./synthetic.ts";

/** How a model is trained; the part of the config that changes its numbers. */
export interface Training {
  readonly hidden: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly loss: Loss;
  readonly batchSize: number | null;
}

type TableName = "obs_file" | "input_file";

/** A Parquet table and the CSV file that is made of it in the working folder. */
interface Converted {
  readonly from: string;
  readonly to: `data/from_parquet/${TableName}.csv`;
}

/** An experiment, ready to be planned: plain data, the same in every worker. */
export interface ResolvedExperiment {
  readonly name: string;
  /** The data are the synthetic sample: its files are made by a rule. */
  readonly sample: boolean;
  /** The data are made up: the sample, or files that say so by a column "synthetic". Whatever shows them says it too. */
  readonly synthetic: boolean;
  /** The list of sites, where the data folder has one. */
  readonly siteList: string | null;
  readonly observations: string;
  readonly drivers: string;
  /** Parquet tables of the data folder, and the CSV files that a rule makes of them: the two above. */
  readonly parquet: readonly Converted[];
  readonly sites: readonly string[];
  readonly factors: readonly number[];
  readonly seeds: readonly number[];
  readonly evaluate: readonly PartitionName[];
  readonly prepare: PrepareSpec;
  /** The variables among the heads that are discharge. */
  readonly discharge: readonly string[];
  readonly training: Training;
  readonly statistics: Experiment["statistics"];
  /** The sites that the config leaves out. */
  readonly excluded: readonly string[];
  /** The experiment goes on without sites whose data cannot be prepared. */
  readonly sitesMayFail: boolean;
  /** What the config says of the data, for readers of the results. */
  readonly caveats: readonly string[];
  readonly report: Experiment["report"];
  readonly backend: Experiment["backend"];
  readonly simd: Experiment["simd"];
  /** The GPUs of a run that has decided for them; null in a plan. */
  readonly gpus: Gpus | null;
  readonly mixBackends: boolean;
  readonly layout: Experiment["layout"];
  readonly predictions: Experiment["predictions"];
}

/** Where a rule makes the sample's two big files, in the working folder. */
const sampleFiles = { observations: "data/sample/obs_file.csv", drivers: "data/sample/input_file.csv" };

/** Resolves the chosen experiment; `data` is read from the working folder `folder`. */
export async function resolveConfig(config: Config, folder = process.cwd()): Promise<ResolvedExperiment> {
  const experiment = chosen(config);
  const { primary, auxiliary, sequence, training } = experiment;
  const variables = unique("variables", [primary, ...auxiliary]);
  if (sequence.warmup >= sequence.length)
    throw cannot(
      "use sequence",
      "",
      `its warmup of ${sequence.warmup} days leaves nothing of its length of ${sequence.length}`,
      {
        hint: "The warmup is part of the window: choose a smaller one.",
      },
    );
  const partitions = checkPartitions(
    Object.fromEntries(
      Object.entries(experiment.partitions).flatMap(([name, ranges]) =>
        ranges === undefined ? [] : [[name, [ranges].flat().map(parseRange)]],
      ),
    ),
  );
  const unscored = experiment.evaluate.find((name) => partitions[name] === undefined);
  if (unscored !== undefined)
    throw cannot("evaluate partition", unscored, "it has no dates", {
      facts: [["partitions", Object.keys(partitions).join(", ")]],
      hint: `Give it some (partitions.${unscored}), or leave it out of evaluate.`,
    });
  const asked = unique("evaluate", experiment.evaluate);
  const evaluate = partitionNames.filter((name) => asked.includes(name));
  const discharge = dischargeAmong(variables, experiment.discharge);

  const data = resolve(folder, config.data);
  if (!existsSync(data))
    throw cannot("read data folder", config.data, "it does not exist", {
      hint: "Give the folder that has obs_file.csv and input_file.csv (config key data, or --data).",
    });
  const sample = data === resolve(sampleFolder);
  const parquet = sample
    ? []
    : (["obs_file", "input_file"] as const).flatMap((name) => parquetOf(config.data, data, name));
  const fileOf = (name: TableName) =>
    parquet.find(({ to }) => to.endsWith(`/${name}.csv`))?.to ?? join(config.data, `${name}.csv`);
  const files = sample ? sampleFiles : { observations: fileOf("obs_file"), drivers: fileOf("input_file") };
  const spec = {
    variables,
    drivers: unique("drivers", experiment.drivers),
    partitions,
    sequence,
    logarithms: experiment.scaling.logDischarge ? discharge : [],
    mask: experiment.maskQualifiers,
  };
  const sources = Object.fromEntries(parquet.map(({ from, to }) => [to, from]));
  const headers = await checkFiles(folder, files, sources, spec);
  const listed = existsSync(join(data, "sites.csv"));
  const driversSource = sources[files.drivers];
  if (!listed && driversSource !== undefined)
    throw cannot("list the sites of", config.data, "it has no sites.csv", {
      facts: [["drivers", driversSource]],
      hint: "Beside Parquet tables, write sites.csv with the column site_id: plans do not read whole tables.",
    });
  const known = await knownSites(data, resolve(folder, files.drivers));
  return {
    name: config.experiment,
    sample,
    synthetic:
      sample || headers.some((header) => header?.includes("synthetic")) || saysSynthetic(config.experiment),
    siteList: listed ? join(config.data, "sites.csv") : null,
    ...files,
    parquet,
    ...chooseSites(
      experiment.sites,
      experiment.exclude,
      known,
      listed ? join(config.data, "sites.csv") : files.drivers,
    ),
    // In an order of their own: lists in another order would be made again for nothing.
    factors: ascending(unique("factors", experiment.factors)),
    seeds: ascending(readSeeds(experiment.seeds)),
    evaluate,
    prepare: spec,
    discharge,
    training: { hidden: experiment.model.hidden, ...training },
    statistics: experiment.statistics,
    sitesMayFail: !experiment.strict && experiment.sitesMayFail !== false,
    caveats: experiment.caveats,
    report: experiment.report,
    backend: experiment.backend,
    simd: experiment.simd,
    gpus: null,
    mixBackends: experiment.mixBackends,
    layout: experiment.layout,
    predictions: experiment.predictions,
  };
}

function chosen({ experiment, experiments }: Config): Experiment {
  const entry = experiments[experiment];
  if (entry !== undefined) return entry;
  throw cannot("run experiment", experiment, "the config has no experiment of this name", {
    facts: [["it has", Object.keys(experiments).join(", ") || "none"]],
  });
}

function dischargeAmong(
  variables: readonly string[],
  named: readonly string[] | undefined,
): readonly string[] {
  if (named === undefined) return variables.filter((variable) => variable.startsWith("discharge"));
  const foreign = named.find((variable) => !variables.includes(variable));
  if (foreign === undefined) return named;
  throw cannot("use as discharge", foreign, "the experiment does not predict it", {
    facts: [["it predicts", variables.join(", ")]],
  });
}

/** The Parquet table `name` of the data folder, where there is one instead of a CSV file. */
function parquetOf(folder: string, resolved: string, name: TableName): Converted[] {
  if (!findTable(resolved, name)?.endsWith(".parquet")) return [];
  return [{ from: join(folder, `${name}.parquet`), to: `data/from_parquet/${name}.csv` }];
}

/** The headers of both files, where they are there already: a column that no site can do without is missed here. */
async function checkFiles(
  folder: string,
  { observations, drivers }: { observations: string; drivers: string },
  sources: Readonly<Record<string, string>>,
  spec: PrepareSpec,
): Promise<(readonly string[] | undefined)[]> {
  const headerOf = async (file: string) => {
    const path = resolve(folder, sources[file] ?? file);
    if (!existsSync(path)) return undefined;
    return file in sources ? (await openTable(path)).columns : readHeader(path);
  };
  const driven = await headerOf(drivers);
  if (driven !== undefined) checkColumns(sources[drivers] ?? drivers, driven, ["date", ...spec.drivers]);
  const observed = await headerOf(observations);
  if (observed !== undefined) {
    checkColumns(sources[observations] ?? observations, observed, ["date", ...spec.variables]);
    checkQualifiers(sources[observations] ?? observations, observed, spec.variables, spec.mask);
  }
  return [driven, observed];
}

function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

function unique<T>(key: string, values: readonly T[]): readonly T[] {
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice === undefined) return values;
  throw cannot("use", key, `${JSON.stringify(twice)} is given twice`);
}
