/**
 * From a site's records to its prepared data: scales from the train days, windows, masks, and a table of
 * what was left out and why.
 *
 * Drivers must be complete on every day of every window; a missing observation is only masked.
 */

import type { SiteRecord } from "@braid/data/records";
import { formatDay } from "@braid/data/tables";
import { cannot } from "braid-engine";
import { type Observed, observed } from "../reading/observations.ts";
import { type RowOf, rowsByDay } from "../reading/rows-by-day.ts";
import { type Exclusion, exclusionsOf } from "./exclusions.ts";
import { type DateRange, daysOf, formatRange, type Partitions } from "./partitions.ts";
import type { Prepared, PreparedPartition } from "./prepared.ts";
import { type Fit, fitScale, type Scale, scaled } from "./scaling.ts";
import { longest, type Sequence, tile, type Window } from "./windows.ts";

/** What the preparation of a site depends on beside its data. */
export interface PrepareSpec {
  /** The primary first. */
  readonly variables: readonly string[];
  readonly drivers: readonly string[];
  readonly partitions: Partitions;
  readonly sequence: Sequence;
  /** Variables taken as ln(v + epsilon). */
  readonly logarithms: readonly string[];
  /** Qualifier codes whose days are masked. */
  readonly mask: readonly string[];
}

export interface Preparation {
  readonly prepared: Prepared;
  readonly exclusions: readonly Exclusion[];
  readonly warnings: readonly string[];
}

/**
 * Prepares one site.
 * @throws where a driver is missing or a date lacks, or the primary has no use in the train partition.
 */
export function prepare(drivers: SiteRecord, observations: SiteRecord, spec: PrepareSpec): Preparation {
  const warnings: string[] = [];
  const seen = spec.variables.map((variable) => observed(observations, variable, spec.mask));
  const train = daysOf(spec.partitions.train!);
  const driverAt = rowsByDay(drivers.days);
  const observedAt = rowsByDay(observations.days);

  const windows = Object.entries(spec.partitions).map(([name, ranges]) => {
    const tiles = tile(ranges, drivers.days[0]!, spec.sequence);
    for (const window of tiles) checkDrivers(drivers, driverAt, spec.drivers, name, window);
    return [name, tiles] as const;
  });

  const x = spec.drivers.map((driver) => {
    const column = drivers.numbers[driver]!;
    const scale = fitScale(train.map((day) => column[driverAt(day)!]!));
    if (scale.std === 0)
      warnings.push(
        `driver "${driver}" of site ${drivers.site} is the same on every day in train: it is dropped`,
      );
    return scale;
  });
  const y = seen.map(({ values }, v) => {
    const variable = spec.variables[v]!;
    const logarithm = spec.logarithms.includes(variable);
    const column = train.map((day) => values[observedAt(day) ?? -1] ?? Number.NaN);
    const scale = fitScale(column, { logarithm });
    if (logarithm) checkLogarithm(observations, variable, values, scale);
    if (scale.std > 0) return scale;
    const state = scale.count === 0 ? "never observed" : "the same on every observed day";
    if (v === 0) throw uselessPrimary(observations, variable, state, spec.partitions.train!);
    warnings.push(
      `auxiliary "${variable}" of site ${observations.site} is ${state} in train: it is masked everywhere`,
    );
    return scale;
  });

  const partitions = Object.fromEntries(
    windows.map(([name, tiles]) => [name, fill(tiles, drivers, driverAt, seen, observedAt, x, y, spec)]),
  );
  return {
    prepared: { sites: [drivers.site], drivers: spec.drivers, variables: spec.variables, x, y, partitions },
    exclusions: exclusionsOf(seen, observedAt, x, y, spec),
    warnings,
  };
}

/** The arrays of a partition; see prepared.ts for their shapes. */
function fill(
  windows: readonly Window[],
  drivers: SiteRecord,
  driverAt: RowOf,
  seen: readonly Observed[],
  observedAt: RowOf,
  xScales: readonly Scale[],
  yScales: readonly Scale[],
  spec: PrepareSpec,
): PreparedPartition {
  const [S, T, I, V] = [windows.length, longest(windows), spec.drivers.length, spec.variables.length];
  const columns = spec.drivers.map((driver) => drivers.numbers[driver]!);
  const x = new Float32Array(S * T * I);
  const y = new Float32Array(S * T * V);
  const mask = new Uint8Array(S * T * V);
  const valid = new Uint8Array(S * T);
  const dates = new Float64Array(S * T).fill(Number.NaN);
  windows.forEach(({ start, first, end }, s) => {
    for (let day = start, step = s * T; day <= end; day++, step++) {
      const row = driverAt(day)!;
      dates[step] = day;
      columns.forEach((column, i) => {
        x[step * I + i] = scaled(column[row]!, xScales[i]!);
      });
      if (day < first) continue;
      valid[step] = 1;
      const observation = observedAt(day);
      if (observation === undefined) continue;
      yScales.forEach((scale, v) => {
        const value = seen[v]!.values[observation]!;
        if (scale.std === 0 || Number.isNaN(value)) return;
        y[step * V + v] = scaled(value, scale);
        mask[step * V + v] = 1;
      });
    }
  });
  return { sequences: S, steps: T, x, y, mask, valid, dates, siteIndex: new Int32Array(S) };
}

function checkDrivers(
  record: SiteRecord,
  rowOf: RowOf,
  drivers: readonly string[],
  partition: string,
  { start, end }: Window,
): void {
  for (let day = start; day <= end; day++) {
    const row = rowOf(day);
    if (row === undefined)
      throw cannot("prepare site", record.site, `the drivers have no line for ${formatDay(day)}`, {
        facts: [
          ["file", record.file],
          ["needed by", `partition "${partition}"`],
          ["lines", `${formatDay(record.days[0]!)} to ${formatDay(record.days.at(-1)!)}`],
        ],
        hint: "Drivers must be complete: fill the gap, or choose partitions that leave it out.",
      });
    const missing = drivers.find((driver) => Number.isNaN(record.numbers[driver]![row]!));
    if (missing !== undefined)
      throw cannot("prepare site", record.site, `driver "${missing}" is missing on ${formatDay(day)}`, {
        facts: [
          ["file", record.file],
          ["needed by", `partition "${partition}"`],
        ],
        hint: "Drivers must be complete: fill the value, leave the driver out, or choose partitions without the day.",
      });
  }
}

function checkLogarithm(
  { file, site, days }: SiteRecord,
  variable: string,
  values: Float64Array,
  { epsilon, count }: Fit,
): void {
  const row = values.findIndex((value) => value + epsilon <= 0 && value < 0);
  if (row < 0 || count === 0) return;
  throw cannot(
    "prepare site",
    site,
    `"${variable}" is ${values[row]} on ${formatDay(days[row]!)}, which has no logarithm`,
    {
      facts: [
        ["file", file],
        ["epsilon", `${epsilon} (0.01 x the mean of the train days)`],
      ],
      hint: "Turn logDischarge off for sites whose flow reverses, or leave the value empty.",
    },
  );
}

function uselessPrimary(
  { file, site }: SiteRecord,
  variable: string,
  state: string,
  train: readonly DateRange[],
): Error {
  return cannot("prepare site", site, `its primary "${variable}" is ${state} in the train partition`, {
    facts: [
      ["file", file],
      ["train", train.map(formatRange).join(", ")],
    ],
    hint: "There is nothing to learn: leave the site out, or choose another train partition.",
  });
}
