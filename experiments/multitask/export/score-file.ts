/** The NetCDF file of all scores: for each variable and score an array over site, factor, seed and partition. */
import { flowScoreNames } from "../flow-scores.ts";
import { type ScoreName, scoreNames, scoresOfDischarge } from "../metrics.ts";
import { safeNames, seedValues, unitOf } from "./cf.ts";
import {
  type Attributes,
  charRows,
  type NetcdfHeader,
  type NetcdfValues,
  type NetcdfVariable,
  writeNetcdf,
} from "./netcdf.ts";
import { missing, modelCoordinates, siteCoordinates } from "./site-file.ts";

/** Sites, models and partitions of the file. */
export interface ScoreAxes {
  readonly sites: readonly {
    readonly id: string;
    readonly latitude: number | null;
    readonly longitude: number | null;
  }[];
  readonly factors: readonly number[];
  readonly seeds: readonly number[];
  readonly partitions: readonly string[];
}

const dimensions = ["site", "factor", "seed", "partition"];

/** What scores are called at length; `VARIABLE` stands for the variable's column. */
const longNames: Readonly<Record<ArrayName, string>> = {
  trained: "whether the head of VARIABLE saw a gradient; probe: on a trunk that learnt the primary alone",
  n_obs: "observed days of VARIABLE",
  rmse: "root mean square error of VARIABLE",
  nse: "Nash-Sutcliffe efficiency of VARIABLE",
  kge: "Kling-Gupta efficiency of VARIABLE",
  r: "correlation of observed and predicted VARIABLE",
  alpha: "ratio of the standard deviations of VARIABLE, predicted over observed",
  beta: "ratio of the means of VARIABLE, predicted over observed",
  mean_bias: "mean of predicted minus observed VARIABLE",
  n_top: "days with VARIABLE above the 90th percentile of the observations",
  rmse_top: "root mean square error of VARIABLE above the 90th percentile of the observations",
  bias_top: "mean of predicted minus observed VARIABLE above the 90th percentile of the observations",
  n_bottom: "days with VARIABLE below the 10th percentile of the observations",
  rmse_bottom: "root mean square error of VARIABLE below the 10th percentile of the observations",
  bias_bottom: "mean of predicted minus observed VARIABLE below the 10th percentile of the observations",
  fhv: "bias of the highest 2 % of the flow duration curve of VARIABLE",
  flv: "bias of the slope of the lowest 30 % of the flow duration curve of VARIABLE",
  log_nse: "Nash-Sutcliffe efficiency of the logarithm of VARIABLE",
  n_negative: "days with a negative prediction of VARIABLE",
  pbias: "bias of the sum of VARIABLE",
  fms: "bias of the slope of the flow duration curve of VARIABLE between 20 and 70 % of days",
  peak_timing: "mean days between an observed flood of VARIABLE and the predicted peak",
  peak_mape: "mean error of VARIABLE on the days of observed floods",
  missed_peaks: "share of the observed peaks of VARIABLE without a predicted one within a day",
  bfi_observed: "baseflow index of observed VARIABLE",
  bfi_predicted: "baseflow index of predicted VARIABLE",
  recession_observed: "recession rate of observed VARIABLE",
  recession_predicted: "recession rate of predicted VARIABLE",
  fdc_slope_observed: "slope of the flow duration curve of observed VARIABLE between 33 and 66 % of days",
  fdc_slope_predicted: "slope of the flow duration curve of predicted VARIABLE between 33 and 66 % of days",
};

const inUnits: readonly string[] = [
  "rmse",
  "mean_bias",
  "rmse_top",
  "bias_top",
  "rmse_bottom",
  "bias_bottom",
];
const inPercent: readonly string[] = ["fhv", "flv", "pbias", "fms", "peak_mape"];
const inDays: Readonly<Record<string, string>> = {
  peak_timing: "day",
  recession_observed: "day-1",
  recession_predicted: "day-1",
};

/** Names of the arrays of a variable, as the table's columns are called. */
export type ArrayName = "trained" | "n_obs" | ScoreName | (typeof flowScoreNames)[number];

/** The arrays of a variable: other scores it cannot have. */
export function arraysOf(isDischarge: boolean): ArrayName[] {
  return [
    "trained",
    "n_obs",
    ...scoreNames.filter((name) => isDischarge || !scoresOfDischarge.includes(name)),
    ...(isDischarge ? flowScoreNames : []),
  ];
}

/** What the numbers of `trained` stand for: the words of the table. */
export const trainedWords = ["no", "yes", "probe"];

/** An array before it is filled; scores are NaN where they are not defined. */
export function newArray(array: ArrayName, size: number): Exclude<NetcdfValues, Uint8Array> {
  if (array === "trained") return new Int8Array(size);
  return array === "n_obs" ? new Int32Array(size) : new Float64Array(size).fill(Number.NaN);
}

/** The arrays of a variable, each [sites, factors, seeds, partitions]. */
export interface VariableScores {
  readonly column: string;
  readonly arrays: ReadonlyMap<ArrayName, NetcdfValues>;
}

/** Writes the file. */
export async function writeScoreFile(
  file: string,
  { sites, factors, seeds, partitions }: ScoreAxes,
  variables: readonly VariableScores[],
  attributes: Attributes,
): Promise<void> {
  const names = safeNames(variables.map(({ column }) => column));
  const [ids, partitionNames] = [charRows(sites.map(({ id }) => id)), charRows(partitions)];
  const header: NetcdfHeader = {
    dimensions: {
      ...{ site: sites.length, factor: factors.length, seed: seeds.length, partition: partitions.length },
      ...{ site_id_length: ids.length, partition_name_length: partitionNames.length },
    },
    attributes,
    variables: {
      ...siteCoordinates,
      ...modelCoordinates(seeds),
      partition_name: {
        type: "char",
        dimensions: ["partition", "partition_name_length"],
        attributes: { long_name: "partition of the days scored", _Encoding: "utf-8" },
      },
      ...Object.fromEntries(
        variables.flatMap(({ column, arrays }) =>
          [...arrays.keys()].map((array) => [`${names.get(column)}_${array}`, describe(column, array)]),
        ),
      ),
    },
  };
  await writeNetcdf(file, header, async (put) => {
    const places = (place: "latitude" | "longitude") =>
      Float64Array.from(sites, (site) => site[place] ?? Number.NaN);
    await put("site_id", ids.data);
    await put("lat", places("latitude"));
    await put("lon", places("longitude"));
    await put("factor", Float64Array.from(factors));
    await put("seed", seedValues(seeds));
    await put("partition_name", partitionNames.data);
    for (const { column, arrays } of variables)
      for (const [array, values] of arrays) await put(`${names.get(column)}_${array}`, values);
  });
}

function describe(column: string, array: ArrayName): NetcdfVariable {
  const shared = {
    long_name: longNames[array].replace("VARIABLE", column),
    coordinates: "site_id lat lon partition_name",
  };
  if (array === "trained") {
    const flags = { flag_values: Int8Array.from(trainedWords.keys()), flag_meanings: trainedWords.join(" ") };
    return { type: "byte", dimensions, attributes: { ...shared, ...flags } };
  }
  if (array === "n_obs") return { type: "int", dimensions, attributes: { ...shared, units: "1" } };
  const unit = inUnits.includes(array)
    ? unitOf(column)
    : inPercent.includes(array)
      ? "percent"
      : (inDays[array] ?? "1");
  const units: Attributes = unit === null ? {} : { units: unit };
  return { type: "double", dimensions, attributes: { ...shared, ...units, ...missing } };
}
