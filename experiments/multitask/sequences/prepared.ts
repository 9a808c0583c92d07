/**
 * Prepared data: what `prep_io_data` writes for a site and the later steps read, as `prepped_data.npz`.
 *
 * Per partition p, S windows of T steps (the longest window; shorter ones are padded at their end):
 *   x_p float32 [S,T,I] scaled drivers; y_p float32 [S,T,V] scaled observations, 0 where masked;
 *   mask_p bool [S,T,V] 1 = carries loss; valid_p bool [S,T] 1 = a day of the partition (not run-in, not padding);
 *   dates_p datetime64[D] [S,T], NaT on padding; site_index_p int32 [S] into site_ids.
 * Beside them: schema_version, site_ids, drivers, variables, partitions (text) and the scales,
 * float64 [I] or [V]: x_mean, x_std, y_mean, y_std, y_epsilon. Plain NumPy types, no pickle.
 * Data of a unit of several sites, as `pool_io_data` writes them, also have site_y_mean, site_y_std, site_y_epsilon, float64
 * [N,V]: the scales that y of each site was scaled by; y_mean and the like are the same if all sites share them, else 0, 1 and 0.
 */

import { type NpyArray, readNpz, writeNpz } from "@braid/npz";
import { cannot } from "braid-engine";
import type { Scale } from "./scaling.ts";

/** Bumped when an older reader would misread the file. */
export const schemaVersion = 1;

/** The windows of one partition; S sequences, T steps, I drivers, V variables. */
export interface PreparedPartition {
  readonly sequences: number;
  readonly steps: number;
  /** [S, T, I] */
  readonly x: Float32Array;
  /** [S, T, V] */
  readonly y: Float32Array;
  /** [S, T, V] */
  readonly mask: Uint8Array;
  /** [S, T] */
  readonly valid: Uint8Array;
  /** [S, T], days since 1970-01-01, NaN on padding. */
  readonly dates: Float64Array;
  /** [S] */
  readonly siteIndex: Int32Array;
}

export interface Prepared {
  readonly sites: readonly string[];
  readonly drivers: readonly string[];
  /** The primary first, then the auxiliaries: the heads of the model. */
  readonly variables: readonly string[];
  /** [I] */
  readonly x: readonly Omit<Scale, "epsilon">[];
  /** [V] */
  readonly y: readonly Scale[];
  /** [N][V]: those of each site of a unit; without it, all sites have those of `y`. */
  readonly ySites?: readonly (readonly Scale[])[];
  readonly partitions: Readonly<Record<string, PreparedPartition>>;
}

/** The bytes of `prepped_data.npz`. */
export function encodePrepared({
  sites,
  drivers,
  variables,
  x,
  y,
  ySites,
  partitions,
}: Prepared): Uint8Array {
  const arrays: Record<string, NpyArray> = {
    schema_version: { dtype: "int32", shape: [], data: Int32Array.of(schemaVersion) },
    site_ids: texts(sites),
    drivers: texts(drivers),
    variables: texts(variables),
    partitions: texts(Object.keys(partitions)),
    x_mean: numbers(x.map(({ mean }) => mean)),
    x_std: numbers(x.map(({ std }) => std)),
    y_mean: numbers(y.map(({ mean }) => mean)),
    y_std: numbers(y.map(({ std }) => std)),
    y_epsilon: numbers(y.map(({ epsilon }) => epsilon)),
    ...(ySites === undefined ? {} : siteScales(ySites)),
  };
  for (const [name, one] of Object.entries(partitions)) {
    const st = [one.sequences, one.steps];
    arrays[`x_${name}`] = { dtype: "float32", shape: [...st, drivers.length], data: one.x };
    arrays[`y_${name}`] = { dtype: "float32", shape: [...st, variables.length], data: one.y };
    arrays[`mask_${name}`] = { dtype: "bool", shape: [...st, variables.length], data: one.mask };
    arrays[`valid_${name}`] = { dtype: "bool", shape: st, data: one.valid };
    arrays[`dates_${name}`] = { dtype: "datetime64[D]", shape: st, data: one.dates };
    arrays[`site_index_${name}`] = { dtype: "int32", shape: [one.sequences], data: one.siteIndex };
  }
  return writeNpz(arrays);
}

/** Reads what `encodePrepared` wrote; `file` is what errors call it. @throws if the archive is damaged or of another schema. */
export function decodePrepared(bytes: Uint8Array, file: string): Prepared {
  const arrays = readNpz(bytes, file);
  const take = <D extends NpyArray["dtype"]>(name: string, dtype: D): Extract<NpyArray, { dtype: D }> => {
    const array = arrays[name];
    if (array?.dtype !== dtype)
      throw cannot(
        "read",
        file,
        array === undefined
          ? `it lacks the array "${name}"`
          : `its "${name}" is ${array.dtype}, not ${dtype}`,
        {
          hint: "It is not prepared data of this experiment: delete it and run again.",
        },
      );
    return array as Extract<NpyArray, { dtype: D }>;
  };
  const version = take("schema_version", "int32").data[0];
  if (version !== schemaVersion)
    throw cannot("read", file, `its schema version is ${version}, and this code reads ${schemaVersion}`, {
      hint: "Delete it and run again.",
    });
  const [xMean, xStd, yMean, yStd, yEpsilon] = ["x_mean", "x_std", "y_mean", "y_std", "y_epsilon"].map(
    (name) => take(name, "float64").data,
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  return {
    sites: take("site_ids", "<U").data,
    drivers: take("drivers", "<U").data,
    variables: take("variables", "<U").data,
    x: Array.from(xMean, (mean, i) => ({ mean, std: xStd[i]! })),
    y: scalesOf(yMean, yStd, yEpsilon),
    ...(arrays.site_y_mean === undefined
      ? {}
      : {
          ySites: rowsOf(
            scalesOf(
              take("site_y_mean", "float64").data,
              take("site_y_std", "float64").data,
              take("site_y_epsilon", "float64").data,
            ),
            yMean.length,
          ),
        }),
    partitions: Object.fromEntries(
      take("partitions", "<U").data.map((name) => {
        const valid = take(`valid_${name}`, "bool");
        const partition: PreparedPartition = {
          sequences: valid.shape[0]!,
          steps: valid.shape[1]!,
          x: take(`x_${name}`, "float32").data,
          y: take(`y_${name}`, "float32").data,
          mask: take(`mask_${name}`, "bool").data,
          valid: valid.data,
          dates: take(`dates_${name}`, "datetime64[D]").data,
          siteIndex: take(`site_index_${name}`, "int32").data,
        };
        return [name, partition];
      }),
    ),
  };
}

/** The windows of partition `name`. @throws if the prepared data have no such partition. */
export function partitionOf(prepared: Prepared, name: string, file: string): PreparedPartition {
  const partition = prepared.partitions[name];
  if (partition !== undefined) return partition;
  throw cannot("use partition", name, `"${file}" does not have it`, {
    facts: [["it has", Object.keys(prepared.partitions).join(", ")]],
  });
}

/** [N, V] each. */
function siteScales(ySites: readonly (readonly Scale[])[]): Record<string, NpyArray> {
  const of = (key: keyof Scale): NpyArray => ({
    dtype: "float64",
    shape: [ySites.length, ySites[0]!.length],
    data: Float64Array.from(ySites.flat(), (scale) => scale[key]),
  });
  return { site_y_mean: of("mean"), site_y_std: of("std"), site_y_epsilon: of("epsilon") };
}

function scalesOf(mean: Float64Array, std: Float64Array, epsilon: Float64Array): Scale[] {
  return Array.from(mean, (one, i) => ({ mean: one, std: std[i]!, epsilon: epsilon[i]! }));
}

function rowsOf<T>(values: readonly T[], width: number): T[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    values.slice(row * width, (row + 1) * width),
  );
}

function texts(data: readonly string[]): NpyArray {
  return { dtype: "<U", shape: [data.length], data };
}

function numbers(data: readonly number[]): NpyArray {
  return { dtype: "float64", shape: [data.length], data: Float64Array.from(data) };
}
