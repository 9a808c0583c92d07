/**
 * From the config to what the rules need: sites listed, seeds and date ranges read, keys checked against
 * each other and against the data folder. The one step before planning that may wait for files.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { sampleFolder } from "@braid/data";
import type { Gpus } from "@braid/lstm";
import { cannot } from "braid-engine";
import { type Config, type Experiment, type PartitionName, partitionNames } from "./config.ts";
import { type Converted, checkFiles, sitesOf, tablesOf } from "./data-tables.ts";
import { dischargeAmong } from "./discharge.ts";
import { type PredictedPeriod, resolvePeriod } from "./predicted-period.ts";
import {
  checkProtocol,
  checkSequence,
  type Training,
  withoutSequenceDefaults,
  withoutTrainingDefaults,
} from "./protocol.ts";
import { readSeeds } from "./seeds.ts";
import type { FillGaps } from "./sequences/gaps.ts";
import { checkPartitions, parseRange } from "./sequences/partitions.ts";
import type { SiteSpec } from "./sequences/prepare-site.ts";
import { countTrainWindows } from "./sequences/train-windows.ts";
import { type SingleTask, singleTasks } from "./single-task.ts";
import { chooseSites } from "./sites.ts";
import { chosenSplits, inSplit } from "./splits.ts";
import { saysSynthetic } from "./synthetic.ts";
import { heldOutCaveat, resolveUnits, type Units } from "./units.ts";
import { type Chosen, choose } from "./variants.ts";

/** An experiment, ready to be planned: plain data, the same in every worker. */
export interface ResolvedExperiment {
  readonly name: string;
  /** The experiment whose prepared data are the same, and are used; absent if they are its own. */
  readonly preparedBy?: string;
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
  readonly prepare: SiteSpec;
  /** Where the single-task models of the auxiliary variables are. */
  readonly singleTasks: readonly SingleTask[];
  /** The sites that share a model; without it, each site has its own. */
  readonly units?: Units;
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
  /** Days that the trained models predict beyond those of the experiment; absent if none are asked for. */
  readonly predict?: PredictedPeriod;
  /** The experiment on the days of each split, which are run in its place; absent without `splits`. */
  readonly splits?: readonly ResolvedExperiment[];
}

/** Where a rule makes the sample's two big files, in the working folder. */
const sampleFiles = { observations: "data/sample/obs_file.csv", drivers: "data/sample/input_file.csv" };

/** Resolves the chosen experiment; `data` is read from the working folder `folder`. */
export async function resolveConfig(config: Config, folder = process.cwd()): Promise<ResolvedExperiment> {
  const chosen = choose(config);
  if (chosen.experiment.splits === undefined) return resolveChosen(config, chosen, folder);
  const parts = chosenSplits(chosen);
  // What is wrong beside the days is told once, without the name of a split.
  const whole = await resolveChosen(config, { ...chosen, experiment: parts[0]!.chosen.experiment }, folder);
  const splits: ResolvedExperiment[] = [];
  for (const split of parts)
    splits.push(await inSplit(split.name, () => resolveChosen(config, split.chosen, folder)));
  return { ...whole, splits };
}

async function resolveChosen(config: Config, chosen: Chosen, folder: string): Promise<ResolvedExperiment> {
  const { experiment, name } = chosen;
  const { training } = experiment;
  const spec = prepareParams(experiment);
  const { variables, partitions } = spec;
  const evaluate = partitionsToScore(experiment, partitions);
  checkProtocol(training, partitions, evaluate);
  const discharge = dischargeAmong(variables, experiment.discharge);

  const data = dataFolder(config, folder);
  const sample = data === resolve(sampleFolder);
  const tables = sample ? { ...sampleFiles, parquet: [] } : tablesOf(config.data, data);
  const headers = await checkFiles(folder, tables, spec);
  const { known, list } = await sitesOf(folder, config.data, tables);
  const source = resolve(folder, list ?? tables.drivers);
  const chosenSites = chooseSites(experiment.sites, experiment.exclude, known, source);
  const units = await resolveUnits(
    { ...experiment, targets: experiment.scaling.targets },
    {
      sites: chosenSites.sites,
      list: list === null ? null : { name: list, path: resolve(folder, list) },
      drivers: spec.drivers,
      variables,
    },
  );
  if (units !== undefined) checkBatchSize(training.batchSize, units, spec);
  const synthetic =
    sample || headers.some((header) => header?.includes("synthetic")) || saysSynthetic(join(folder, name));
  const own = {
    ...{ name, synthetic, data: config.data, siteList: list, prepare: spec, sites: chosenSites.sites },
    ...{ observations: tables.observations, drivers: tables.drivers },
    ...(units === undefined ? {} : { units }),
  };
  return {
    name,
    ...preparation(chosen, spec),
    sample,
    synthetic,
    siteList: list,
    ...tables,
    ...chosenSites,
    // In an order of their own: lists in another order would be made again for nothing.
    factors: ascending(unique("factors", experiment.factors)),
    seeds: ascending(readSeeds(experiment.seeds)),
    evaluate,
    prepare: spec,
    singleTasks: singleTasks(config, name, experiment, folder),
    ...(units === undefined ? {} : { units }),
    discharge,
    training: { hidden: experiment.model.hidden, ...withoutTrainingDefaults(training) },
    statistics: experiment.statistics,
    sitesMayFail: !experiment.strict && experiment.sitesMayFail !== false,
    caveats: [...heldOutCaveat(units), ...experiment.caveats],
    report: experiment.report,
    backend: experiment.backend,
    simd: experiment.simd,
    gpus: null,
    mixBackends: experiment.mixBackends,
    layout: experiment.layout,
    predictions: experiment.predictions,
    ...(experiment.predict === undefined
      ? {}
      : { predict: await resolvePeriod(experiment.predict, own, folder) }),
  };
}

/** The partitions of `evaluate`, in the order of their use. @throws for one without dates. */
function partitionsToScore({ evaluate }: Experiment, partitions: SiteSpec["partitions"]): PartitionName[] {
  const unscored = evaluate.find((name) => partitions[name] === undefined);
  if (unscored !== undefined)
    throw cannot("evaluate partition", unscored, "it has no dates", {
      facts: [["partitions", Object.keys(partitions).join(", ")]],
      hint: `Set partitions.${unscored}, or leave ${unscored} out of evaluate.`,
    });
  const asked = unique("evaluate", evaluate);
  return partitionNames.filter((name) => asked.includes(name));
}

/** The full path of the data folder. @throws if it does not exist. */
function dataFolder({ data }: Config, folder: string): string {
  const path = resolve(folder, data);
  if (existsSync(path)) return path;
  throw cannot("read data folder", data, "it does not exist", {
    hint: "Give the folder that has obs_file.csv and input_file.csv (config key data, or --data).",
  });
}

/** @throws if a minibatch would be larger than what a unit has to learn from. */
function checkBatchSize(
  batchSize: number | null,
  { members }: Units,
  { partitions, sequence }: SiteSpec,
): void {
  if (batchSize === null) return;
  const perSite = countTrainWindows(partitions.train!, sequence);
  for (const [unit, sites] of Object.entries(members)) {
    const windows = perSite * sites.length;
    if (batchSize > windows)
      throw cannot(
        "use training.batchSize",
        String(batchSize),
        `unit "${unit}" has ${windows} windows to train on`,
        {
          facts: [
            ["sites", String(sites.length)],
            ["windows of a site", String(perSite)],
          ],
          hint: `Choose ${windows} or less; null takes as many windows as the unit has sites (${sites.length}).`,
        },
      );
  }
}

/** What the preparation of a site depends on. */
function prepareParams(experiment: Experiment): SiteSpec {
  const { primary, auxiliary, sequence } = experiment;
  const variables = unique("variables", [primary, ...auxiliary]);
  checkSequence(sequence);
  const discharge = dischargeAmong(variables, experiment.discharge);
  return {
    variables,
    drivers: unique("drivers", experiment.drivers),
    partitions: checkPartitions(
      Object.fromEntries(
        Object.entries(experiment.partitions).flatMap(([name, ranges]) =>
          ranges === undefined ? [] : [[name, [ranges].flat().map(parseRange)]],
        ),
      ),
    ),
    sequence: withoutSequenceDefaults(sequence),
    logarithms: experiment.scaling.logDischarge ? discharge : [],
    mask: experiment.maskQualifiers,
    ...gapsOf(experiment),
    ...(experiment.trainOn === "each" ? {} : { targets: experiment.scaling.targets }),
  };
}

/** The first experiment before this one, if any, that prepares the same data: they are made once. */
function preparation({ name, before }: Chosen, own: SiteSpec): { preparedBy?: string } {
  const text = JSON.stringify(own);
  const same = before.find(({ experiment }) => {
    try {
      return JSON.stringify(prepareParams(experiment())) === text;
    } catch {
      // A mistake in another experiment is reported when that one runs.
      return false;
    }
  });
  return same === undefined || same.name === name ? {} : { preparedBy: same.name };
}

/** Absent without `fillGaps`, so that the params of prepared sites are those of versions before it. */
function gapsOf({ fillGaps, fillPrecipitation }: Experiment): { readonly fillGaps?: FillGaps } {
  if (fillGaps !== undefined)
    return { fillGaps: { days: fillGaps, precipitation: fillPrecipitation === true } };
  if (fillPrecipitation === undefined) return {};
  throw cannot("use fillPrecipitation", "", "fillGaps is not set", {
    hint: "Set fillGaps to the longest gap, in days, that is to be interpolated: fillGaps: 3",
  });
}

function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

function unique<T>(key: string, values: readonly T[]): readonly T[] {
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice === undefined) return values;
  throw cannot("use", key, `${JSON.stringify(twice)} is given twice`);
}
