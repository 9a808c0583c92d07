/**
 * The NetCDF file of a site: what was observed, and what each model predicted, on one axis of days. After CF, a collection
 * of one `timeSeries` in orthogonal arrays, with factor and seed as further dimensions.
 */
import type { Day } from "@braid/data/tables";
import { safeNames, seedValues, standardNameOf, unitsOf } from "./cf.ts";
import {
  type Attributes,
  charRows,
  type NetcdfHeader,
  type NetcdfVariable,
  typeOf,
  writeNetcdf,
} from "./netcdf.ts";

/** Site, models and days of a file. */
export interface SiteAxes {
  readonly site: string;
  /** In degrees; null if not known. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly factors: readonly number[];
  readonly seeds: readonly number[];
  /** [T] ascending. */
  readonly days: readonly Day[];
  readonly partitions: readonly string[];
  /** [T] indices into `partitions`. */
  readonly partitionOf: Int8Array;
}

/** A variable that the models predict. */
export interface SiteVariable {
  /** Its column in the data. */
  readonly column: string;
  readonly isDischarge: boolean;
  /** [T], NaN where nothing was observed or it was masked. */
  readonly observed: Float64Array;
  /** What is added to flows before a logarithm, in their unit; null for other variables. */
  readonly epsilon: number | null;
}

/** Marks missing values. */
export const missing: Attributes = { _FillValue: Float64Array.of(Number.NaN) };

/** Puts the predictions of one model, [T], NaN where there are none. */
export type PutModel = (
  column: string,
  factor: number,
  seed: number,
  predicted: Float64Array,
) => Promise<void>;

/** Writes the file; `fill` puts the predictions of each variable, factor and seed once. */
export async function writeSiteFile(
  file: string,
  axes: SiteAxes,
  variables: readonly SiteVariable[],
  attributes: Attributes,
  fill: (put: PutModel) => Promise<void>,
): Promise<void> {
  const names = safeNames(variables.map(({ column }) => column));
  const id = charRows([axes.site]);
  const { factors, seeds, days } = axes;
  const header: NetcdfHeader = {
    dimensions: {
      ...{ site: 1, factor: factors.length, seed: seeds.length, time: days.length },
      site_id_length: id.length,
    },
    attributes: { ...attributes, featureType: "timeSeries" },
    variables: {
      ...siteCoordinates,
      ...modelCoordinates(seeds),
      ...timeCoordinates(axes.partitions),
      ...Object.fromEntries(
        variables.flatMap((one) => {
          const name = names.get(one.column)!;
          return Object.entries({ [name]: predictedOf(one), [`${name}_observed`]: observedOf(one) });
        }),
      ),
    },
  };
  await writeNetcdf(file, header, async (put) => {
    await put("site_id", id.data);
    await put("lat", Float64Array.of(axes.latitude ?? Number.NaN));
    await put("lon", Float64Array.of(axes.longitude ?? Number.NaN));
    await put("factor", Float64Array.from(factors));
    await put("seed", seedValues(seeds));
    await put("time", Int32Array.from(days));
    await put("partition", axes.partitionOf);
    for (const { column, observed } of variables) await put(`${names.get(column)}_observed`, observed);
    await fill((column, factor, seed, predicted) => {
      const row = factors.indexOf(factor) * seeds.length + seeds.indexOf(seed);
      return put(names.get(column)!, predicted, row * days.length);
    });
  });
}

/** Coordinates along `site`. Ids are text of UTF-8 characters: 01022500 is not 1022500. */
export const siteCoordinates: Readonly<Record<string, NetcdfVariable>> = {
  site_id: {
    type: "char",
    dimensions: ["site", "site_id_length"],
    attributes: { long_name: "site id", cf_role: "timeseries_id", _Encoding: "utf-8" },
  },
  lat: {
    type: "double",
    dimensions: ["site"],
    attributes: {
      ...{ standard_name: "latitude", long_name: "latitude of the site", units: "degrees_north" },
      ...missing,
    },
  },
  lon: {
    type: "double",
    dimensions: ["site"],
    attributes: {
      ...{ standard_name: "longitude", long_name: "longitude of the site", units: "degrees_east" },
      ...missing,
    },
  },
};

/** Coordinates of the models. */
export function modelCoordinates(seeds: readonly number[]): Readonly<Record<string, NetcdfVariable>> {
  return {
    factor: {
      type: "double",
      dimensions: ["factor"],
      attributes: { long_name: "multi-task scaling factor: weight of the auxiliary loss", units: "1" },
    },
    seed: {
      type: typeOf(seedValues(seeds)),
      dimensions: ["seed"],
      attributes: { standard_name: "realization", long_name: "random seed of the model", units: "1" },
    },
  };
}

function timeCoordinates(partitions: readonly string[]): Readonly<Record<string, NetcdfVariable>> {
  return {
    time: {
      type: "int",
      dimensions: ["time"],
      attributes: {
        ...{ standard_name: "time", long_name: "day", axis: "T" },
        ...{ units: "days since 1970-01-01", calendar: "standard" },
      },
    },
    partition: {
      type: "byte",
      dimensions: ["time"],
      attributes: {
        long_name: "partition of the day",
        flag_values: Int8Array.from(partitions.keys()),
        flag_meanings: partitions.join(" "),
      },
    },
  };
}

function predictedOf({ column, isDischarge, epsilon }: SiteVariable): NetcdfVariable {
  return {
    type: "double",
    dimensions: ["site", "factor", "seed", "time"],
    attributes: {
      ...standardNameOf(column, isDischarge),
      long_name: `predicted ${column}; missing for a head that was never trained`,
      ...unitsOf(column),
      ...missing,
      coordinates: "site_id lat lon partition",
      ...(epsilon === null ? {} : { log_offset: Float64Array.of(epsilon) }),
    },
  };
}

function observedOf({ column, isDischarge }: SiteVariable): NetcdfVariable {
  return {
    type: "double",
    dimensions: ["site", "time"],
    attributes: {
      ...standardNameOf(column, isDischarge),
      long_name: `observed ${column}, without masked days`,
      ...unitsOf(column),
      ...missing,
      coordinates: "site_id lat lon partition",
    },
  };
}
