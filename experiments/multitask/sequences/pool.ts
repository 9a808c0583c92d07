/**
 * From the unscaled data of the sites of a unit to the data that its models learn from: one scale for each driver and
 * attribute over the train days of all sites; targets scaled by the train days of each site (then the mean squared
 * error is, up to a constant, the mean over sites of 1 - NSE: Kratzert et al. 2019, doi 10.5194/hess-23-5089-2019) or of the
 * whole unit; all windows behind each other, padded to the longest.
 */

import { formatDay } from "@braid/data/tables";
import { cannot } from "braid-engine";
import type { Attribute } from "../attributes.ts";
import { checkLeaks } from "./leaks.ts";
import { type Prepared, type PreparedPartition, partitionOf } from "./prepared.ts";
import { fitScale, type Scale, scaled } from "./scaling.ts";
import { identity } from "./unscaled.ts";

/** What the pooling depends on beside the sites' data. */
export interface PoolSpec {
  readonly attributes: readonly Attribute[];
  readonly targets: "site" | "unit";
  /** Variables taken as ln(v + epsilon). */
  readonly logarithms: readonly string[];
}

export interface Pooled {
  readonly prepared: Prepared;
  readonly warnings: readonly string[];
}

/** The train days of a site: places (steps) in its train partition, each day once. */
function trainSteps({ valid, dates }: PreparedPartition): number[] {
  const seen = new Set<number>();
  return [...valid.keys()].filter((step) => {
    if (valid[step] === 0 || seen.has(dates[step]!)) return false;
    seen.add(dates[step]!);
    return true;
  });
}

/**
 * Pools the sites of a unit, in their order.
 * @throws if fewer than two sites are left, the primary is of no use, or an attribute leaks a target.
 */
export function pool(unit: string, members: readonly Prepared[], spec: PoolSpec): Pooled {
  if (members.length < 2)
    throw cannot(
      "pool unit",
      unit,
      `${members.length === 1 ? "only one" : "none"} of its sites could be prepared`,
      {
        hint: "The messages of its other sites say why they could not.",
      },
    );
  const [first] = members as [Prepared];
  const { drivers, variables } = first;
  const trains = members.map((member) => partitionOf(member, "train", member.sites[0]!));
  const steps = trains.map(trainSteps);
  const warnings = spec.attributes.flatMap(({ warning }) => warning ?? []);

  const attributes = spec.attributes.map((attribute) => attributeValues(attribute, members, trains, steps));
  const x = [
    ...drivers.map((driver, i) => {
      const scale = fitScale(columnOf(trains, steps, i, drivers.length));
      if (scale.std === 0)
        warnings.push(`driver "${driver}" is the same on every train day of unit ${unit}: it is dropped`);
      return scale;
    }),
    ...attributes.map((values, a) => attributeScale(spec.attributes[a]!.name, unit, values, warnings)),
  ];
  const ySites =
    spec.targets === "site"
      ? trains.map((train, s) => targetScales([train], [steps[s]!], variables, spec.logarithms))
      : sameForAll(members, targetScales(trains, steps, variables, spec.logarithms));
  for (const [s, member] of members.entries()) checkLogarithms(member, ySites[s]!);
  const y = spec.targets === "site" ? sharedScales(ySites) : ySites[0]!;
  checkTargets(unit, y, variables, warnings);
  checkLeaks(unit, spec.attributes, attributes, members);

  const partitions = Object.keys(first.partitions).map((name) => [
    name,
    join(
      members.map((member) => partitionOf(member, name, member.sites[0]!)),
      attributes,
      x,
      ySites,
    ),
  ]);
  return {
    warnings,
    prepared: {
      sites: members.map(({ sites }) => sites[0]!),
      drivers: [...drivers, ...spec.attributes.map(({ name }) => name)],
      variables,
      x: x.map(({ mean, std }) => ({ mean, std })),
      y,
      ySites,
      partitions: Object.fromEntries(partitions),
    },
  };
}

/** The unscaled data of a site by themselves, scaled by its own train days; what it never observed there has a `std` of 0. */
export function scaleAlone(site: Prepared, logarithms: readonly string[]): Prepared {
  const train = partitionOf(site, "train", site.sites[0]!);
  const steps = trainSteps(train);
  const x = site.drivers.map((_, i) => fitScale(columnOf([train], [steps], i, site.drivers.length)));
  const y = targetScales([train], [steps], site.variables, logarithms);
  checkLogarithms(site, y);
  const partitions = Object.keys(site.partitions).map((name) => [
    name,
    join([partitionOf(site, name, site.sites[0]!)], [], x, [y]),
  ]);
  return { ...site, x, y, partitions: Object.fromEntries(partitions) };
}

function sameForAll<T>(members: readonly unknown[], value: T): T[] {
  return members.map(() => value);
}

/** Column i of the drivers [.., I] at the train steps of all sites. */
function columnOf(
  trains: readonly PreparedPartition[],
  steps: readonly (readonly number[])[],
  i: number,
  I: number,
): Float64Array {
  return Float64Array.from(trains.flatMap(({ x }, s) => steps[s]!.map((step) => x[step * I + i]!)));
}

/** [sites]: the value of an attribute at each site. */
function attributeValues(
  { name, values, climate }: Attribute,
  members: readonly Prepared[],
  trains: readonly PreparedPartition[],
  steps: readonly (readonly number[])[],
): number[] {
  return members.map(({ sites, drivers }, s) => {
    if (climate !== null) {
      const i = drivers.indexOf(climate.driver);
      return fitScale(columnOf([trains[s]!], [steps[s]!], i, drivers.length))[climate.statistic];
    }
    const value = values?.[sites[0]!];
    if (value === undefined) throw cannot("use attribute", name, `site "${sites[0]}" has no value`);
    return value;
  });
}

/** The scale over sites: each counts once, however many of its windows `fillGaps` leaves out. */
function attributeScale(name: string, unit: string, values: readonly number[], warnings: string[]) {
  const scale = fitScale(values);
  if (scale.std === 0)
    warnings.push(`attribute "${name}" is ${values[0]} at every site of unit ${unit}: it is dropped`);
  return scale;
}

/** [V]: the scale of each variable over the train days of some sites. */
function targetScales(
  trains: readonly PreparedPartition[],
  steps: readonly (readonly number[])[],
  variables: readonly string[],
  logarithms: readonly string[],
) {
  const V = variables.length;
  return variables.map((variable, v) => {
    const values = trains.flatMap(({ y, mask }, s) =>
      steps[s]!.filter((step) => mask[step * V + v] === 1).map((step) => y[step * V + v]!),
    );
    return fitScale(values, { logarithm: logarithms.includes(variable) });
  });
}

/** [V]: what the sites' own scales come to: their values are scaled already, unless no site has a scale. */
function sharedScales(ySites: readonly (readonly Scale[])[]): Scale[] {
  return ySites[0]!.map((_, v) =>
    ySites.some((scales) => scales[v]!.std > 0) ? identity : { ...identity, std: 0 },
  );
}

function checkTargets(
  unit: string,
  scales: readonly Scale[],
  variables: readonly string[],
  warnings: string[],
): void {
  scales.forEach(({ std }, v) => {
    if (std > 0) return;
    const state = "never observed, or the same on every observed day, in the train partition";
    if (v === 0)
      throw cannot("pool unit", unit, `its primary "${variables[0]}" is ${state} of all its sites`, {
        hint: "There is nothing to learn: choose another train partition, or leave the sites out.",
      });
    warnings.push(
      `auxiliary "${variables[v]}" is ${state} of all sites of unit ${unit}: it is masked everywhere`,
    );
  });
}

function checkLogarithms({ sites, variables, partitions }: Prepared, scales: readonly Scale[]): void {
  const V = variables.length;
  for (const { y, mask, dates } of Object.values(partitions))
    for (let i = 0; i < y.length; i++) {
      const { epsilon } = scales[i % V]!;
      if (epsilon === 0 || mask[i] === 0 || y[i]! + epsilon > 0) continue;
      const day = formatDay(dates[Math.floor(i / V)]!);
      throw cannot(
        "pool site",
        sites[0]!,
        `"${variables[i % V]}" is ${y[i]} on ${day}, which has no logarithm`,
        {
          facts: [["epsilon", `${epsilon} (0.01 x the mean of the train days)`]],
          hint: "Turn logDischarge off for sites whose flow reverses, or leave the value empty.",
        },
      );
    }
}

/** The windows of all sites: [sum of S, longest T, ...], attributes behind the drivers on every day of a window. */
function join(
  members: readonly PreparedPartition[],
  attributes: readonly (readonly number[])[],
  xScales: readonly Omit<Scale, "epsilon">[],
  yScales: readonly (readonly Scale[])[],
): PreparedPartition {
  const S = members.reduce((sum, { sequences }) => sum + sequences, 0);
  const T = Math.max(...members.map(({ steps }) => steps));
  const [A, I, V] = [attributes.length, xScales.length - attributes.length, yScales[0]!.length];
  const x = new Float32Array(S * T * (I + A));
  const y = new Float32Array(S * T * V);
  const mask = new Uint8Array(S * T * V);
  const valid = new Uint8Array(S * T);
  const dates = new Float64Array(S * T).fill(Number.NaN);
  const siteIndex = new Int32Array(S);
  let sequence = 0;
  members.forEach((member, m) => {
    const constants = attributes.map((values, a) => scaled(values[m]!, { ...xScales[I + a]!, epsilon: 0 }));
    for (let s = 0; s < member.sequences; s++, sequence++) {
      siteIndex[sequence] = m;
      for (let t = 0; t < member.steps; t++) {
        const [from, to] = [s * member.steps + t, sequence * T + t];
        if (Number.isNaN(member.dates[from])) continue;
        dates[to] = member.dates[from]!;
        valid[to] = member.valid[from]!;
        for (let i = 0; i < I; i++)
          x[to * (I + A) + i] = scaled(member.x[from * I + i]!, { ...xScales[i]!, epsilon: 0 });
        x.set(constants, to * (I + A) + I);
        for (let v = 0; v < V; v++) {
          const scale = yScales[m]![v]!;
          if (member.mask[from * V + v] === 0 || scale.std === 0) continue;
          y[to * V + v] = scaled(member.y[from * V + v]!, scale);
          mask[to * V + v] = 1;
        }
      }
    }
  });
  return { sequences: S, steps: T, x, y, mask, valid, dates, siteIndex };
}
