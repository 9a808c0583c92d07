/**
 * The prepared data of a site that a model of several sites will learn from: the windows, days and checks of
 * prepare.ts, with values in physical units, since their scales rest on all sites of the unit (pool.ts).
 */

import type { SiteRecord } from "@braid/data/records";
import { cannot } from "braid-engine";
import { type Observed, observed } from "../reading/observations.ts";
import { type RowOf, rowsByDay } from "../reading/rows-by-day.ts";
import { exclusionsOf } from "./exclusions.ts";
import { daysOf, formatRange } from "./partitions.ts";
import { type Preparation, type PrepareSpec, prepare } from "./prepare.ts";
import type { PreparedPartition } from "./prepared.ts";
import { type Fit, fitScale } from "./scaling.ts";

/** A scale that changes nothing. */
export const identity = { mean: 0, std: 1, epsilon: 0 } as const;

/** What the preparation of a site of a unit depends on beside its data. */
export interface UnscaledSpec extends PrepareSpec {
  /** By what the targets will be scaled. */
  readonly targets: "site" | "unit";
}

/** Prepares one site. @throws as `prepare`; under unit scaling a primary that is of no use in train is a warning. */
export function prepareUnscaled(
  drivers: SiteRecord,
  observations: SiteRecord,
  { targets, ...spec }: UnscaledSpec,
): Preparation {
  const { prepared } = prepare(drivers, observations, { ...spec, variables: [], logarithms: [] });
  const seen = spec.variables.map((variable) => observed(observations, variable, spec.mask));
  const observedAt = rowsByDay(observations.days);
  const train = daysOf(spec.partitions.train!);
  const fits = seen.map(({ values }) =>
    fitScale(train.map((day) => values[observedAt(day) ?? -1] ?? Number.NaN)),
  );
  const warnings =
    targets === "site" ? siteFaults(observations, fits, spec) : unitFaults(observations, fits, spec);
  const used = (fit: Fit): Fit => (targets === "site" ? fit : { ...fit, std: 1 });
  const driverAt = rowsByDay(drivers.days);
  const columns = spec.drivers.map((driver) => drivers.numbers[driver]!);
  return {
    prepared: {
      ...prepared,
      variables: spec.variables,
      x: spec.drivers.map(() => identity),
      y: spec.variables.map(() => identity),
      partitions: Object.fromEntries(
        Object.entries(prepared.partitions).map(([name, frame]) => [
          name,
          fill(frame, columns, driverAt, seen, observedAt),
        ]),
      ),
    },
    exclusions: exclusionsOf(
      seen,
      observedAt,
      spec.drivers.map(() => ({ ...identity, count: 1 })),
      fits.map(used),
      spec,
    ),
    warnings,
  };
}

/** The frame's windows with values in physical units; drivers [C][D], observations [V][D]. */
function fill(
  frame: PreparedPartition,
  columns: readonly ArrayLike<number>[],
  driverAt: RowOf,
  seen: readonly Observed[],
  observedAt: RowOf,
): PreparedPartition {
  const [I, V] = [columns.length, seen.length];
  const x = new Float32Array(frame.dates.length * I);
  const y = new Float32Array(frame.dates.length * V);
  const mask = new Uint8Array(frame.dates.length * V);
  frame.dates.forEach((day, step) => {
    if (Number.isNaN(day)) return;
    const row = driverAt(day)!;
    columns.forEach((column, i) => {
      x[step * I + i] = column[row]!;
    });
    const observation = frame.valid[step] === 1 ? observedAt(day) : undefined;
    if (observation === undefined) return;
    seen.forEach(({ values }, v) => {
      const value = values[observation]!;
      if (Number.isNaN(value)) return;
      y[step * V + v] = value;
      mask[step * V + v] = 1;
    });
  });
  return { ...frame, x, y, mask };
}

const stateOf = ({ count }: Fit) => (count === 0 ? "never observed" : "the same on every observed day");

/** Warnings of auxiliaries without a scale at the site. @throws if the primary has none. */
function siteFaults({ site, file }: SiteRecord, fits: readonly Fit[], spec: PrepareSpec): string[] {
  return fits.flatMap((fit, v) => {
    const variable = spec.variables[v]!;
    if (fit.std > 0) return [];
    if (v > 0)
      return [`auxiliary "${variable}" of site ${site} is ${stateOf(fit)} in train: it is masked everywhere`];
    throw cannot(
      "prepare site",
      site,
      `its primary "${variable}" is ${stateOf(fit)} in the train partition`,
      {
        facts: [
          ["file", file],
          ["train", spec.partitions.train!.map(formatRange).join(", ")],
          ["scaling.targets", "site: what a model predicts is scaled back by the train days of the site"],
        ],
        hint: "Leave the site out, or set scaling.targets: unit: then it is predicted from the other sites of its unit.",
      },
    );
  });
}

/** Warnings of variables that a site adds nothing to. */
function unitFaults({ site }: SiteRecord, fits: readonly Fit[], { variables }: PrepareSpec): string[] {
  return fits.flatMap((fit, v) =>
    fit.count > 0
      ? []
      : [
          `"${variables[v]}" of site ${site} is never observed in train: it is predicted from the other sites of its unit`,
        ],
  );
}
