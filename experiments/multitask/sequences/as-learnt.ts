/**
 * Windows of days that were not trained on, scaled as a model has learnt: by the scales of its own train days, never by those
 * of the new days. A site of the model also keeps the attributes that it was trained with.
 */
import type { SiteRecord } from "@braid/data/records";
import { cannot } from "braid-engine";
import type { Attribute } from "../attributes.ts";
import { rowsByDay } from "../reading/rows-by-day.ts";
import { type Prepared, type PreparedPartition, partitionOf } from "./prepared.ts";
import { fitScale, type Scale, scaled } from "./scaling.ts";

/**
 * Scales the unscaled windows of `members`, one site each, as `learnt`, the prepared data of a unit; all partitions but train. The result
 * holds no observations: y is 0 and masked, since predictions need none.
 * @throws if the drivers are not those learnt, or a site has no value of an attribute.
 */
export function scaleAsLearnt(
  members: readonly Prepared[],
  learnt: Prepared,
  attributes: readonly Attribute[],
): Prepared {
  for (const member of members) checkDrivers(member, learnt, attributes.length);
  const constants = members.map((member) => attributesOf(member, learnt, attributes));
  const names = Object.keys(members[0]!.partitions).filter((name) => name !== "train");
  return {
    ...learnt,
    sites: members.map(({ sites }) => sites[0]!),
    ySites: members.map(({ sites }) => learnt.ySites?.[learnt.sites.indexOf(sites[0]!)] ?? learnt.y),
    partitions: Object.fromEntries(
      names.map((name) => [
        name,
        join(
          members.map((member) => partitionOf(member, name, member.sites[0]!)),
          constants,
          learnt,
        ),
      ]),
    ),
  };
}

/**
 * The windows of a site with its drivers scaled as `learnt`, the prepared data of the same site; the same bits as the experiment's
 * own windows of these days have.
 * @throws if the drivers are not those learnt.
 */
export function scaleRecordAsLearnt(windows: Prepared, record: SiteRecord, learnt: Prepared): Prepared {
  checkDrivers(windows, learnt, 0);
  const [rowOf, scales] = [rowsByDay(record.days), learnt.x.map(withoutLogarithm)];
  const columns = learnt.drivers.map((driver) => record.numbers[driver]!);
  const [I, V] = [learnt.drivers.length, learnt.variables.length];
  const scaledIn = (partition: PreparedPartition): PreparedPartition => {
    const { dates } = partition;
    const x = new Float32Array(dates.length * I);
    dates.forEach((day, step) => {
      if (Number.isNaN(day)) return;
      const row = rowOf(day)!;
      columns.forEach((column, i) => {
        x[step * I + i] = scaled(column[row]!, scales[i]!);
      });
    });
    return { ...partition, x, y: new Float32Array(dates.length * V), mask: new Uint8Array(dates.length * V) };
  };
  return {
    ...learnt,
    partitions: Object.fromEntries(
      Object.entries(windows.partitions).map(([name, partition]) => [name, scaledIn(partition)]),
    ),
  };
}

/** A mean of new days that is this many train standard deviations from that of the train days gives a warning. */
const far = 4;

/**
 * Warnings about drivers with a mean over the new days of a site, and attributes with a value, far from those of the train days: they may
 * have another unit, or the models must extrapolate.
 */
export function unlikeLearnt({ sites, drivers, partitions }: Prepared): string[] {
  const I = drivers.length;
  return Object.values(partitions).flatMap(({ x, dates, steps, siteIndex }) => {
    // [S, I] and [S], in one pass over the steps of all sites.
    const [sums, days] = [new Float64Array(sites.length * I), new Uint32Array(sites.length)];
    for (const [step, day] of dates.entries()) {
      if (Number.isNaN(day)) continue;
      const s = siteIndex[Math.floor(step / steps)]!;
      days[s]! += 1;
      for (let i = 0; i < I; i++) sums[s * I + i]! += x[step * I + i]!;
    }
    return sites.flatMap((site, s) =>
      drivers.flatMap((driver, i) => {
        const mean = sums[s * I + i]! / days[s]!;
        return Math.abs(mean) < far || days[s] === 0
          ? []
          : [
              `"${driver}" of site ${site} is on average ${mean.toFixed(1)} standard deviations from the train days of the models: does it have another unit, or is the site unlike those that the models learnt from?`,
            ];
      }),
    );
  });
}

function checkDrivers({ sites, drivers }: Prepared, learnt: Prepared, attributes: number): void {
  const wanted = learnt.drivers.slice(0, learnt.drivers.length - attributes);
  if (drivers.join() === wanted.join()) return;
  throw cannot("scale site", sites[0]!, "its drivers are not those that the models learnt from", {
    facts: [
      ["drivers", drivers.join(", ")],
      ["learnt", wanted.join(", ")],
    ],
  });
}

/** [A]: the attributes of a site as its model sees them, scaled. */
function attributesOf(site: Prepared, learnt: Prepared, attributes: readonly Attribute[]): Float32Array {
  const [name = ""] = site.sites;
  const I = learnt.drivers.length - attributes.length;
  const at = learnt.sites.indexOf(name);
  if (at >= 0) {
    const { x, siteIndex, steps } = partitionOf(learnt, "train", name);
    const first = siteIndex.indexOf(at) * steps * learnt.drivers.length;
    return x.slice(first + I, first + learnt.drivers.length);
  }
  return Float32Array.from(attributes, (attribute, a) =>
    scaled(valueAt(site, attribute), withoutLogarithm(learnt.x[I + a]!)),
  );
}

/** The value of an attribute at a site that no model learnt from; a climate is that of its train days. */
function valueAt(site: Prepared, { name, values, climate }: Attribute): number {
  const [id = ""] = site.sites;
  if (climate === null) {
    const value = values?.[id];
    if (value !== undefined) return value;
    throw cannot("use attribute", name, `site "${id}" has no value`);
  }
  const { x, valid, dates } = partitionOf(site, "train", id);
  const [i, I] = [site.drivers.indexOf(climate.driver), site.drivers.length];
  // Windows may overlap: each day counts once.
  const days = new Map<number, number>();
  for (const [step, isDay] of valid.entries()) if (isDay === 1) days.set(dates[step]!, x[step * I + i]!);
  return fitScale([...days.values()])[climate.statistic];
}

/** The windows of all members behind each other: x [sum of S, longest T, I + A] scaled, attributes on every day of a window. */
function join(
  members: readonly PreparedPartition[],
  constants: readonly Float32Array[],
  learnt: Prepared,
): PreparedPartition {
  const [A, V] = [constants[0]!.length, learnt.variables.length];
  const I = learnt.x.length - A;
  const S = members.reduce((sum, { sequences }) => sum + sequences, 0);
  const T = Math.max(...members.map(({ steps }) => steps));
  const scales = learnt.x.slice(0, I).map(withoutLogarithm);
  const x = new Float32Array(S * T * (I + A));
  const valid = new Uint8Array(S * T);
  const dates = new Float64Array(S * T).fill(Number.NaN);
  const siteIndex = new Int32Array(S);
  let sequence = 0;
  members.forEach((member, m) => {
    for (let s = 0; s < member.sequences; s++, sequence++) {
      siteIndex[sequence] = m;
      for (let t = 0; t < member.steps; t++) {
        const [from, to] = [s * member.steps + t, sequence * T + t];
        if (Number.isNaN(member.dates[from])) continue;
        dates[to] = member.dates[from]!;
        valid[to] = member.valid[from]!;
        scales.forEach((scale, i) => {
          x[to * (I + A) + i] = scaled(member.x[from * I + i]!, scale);
        });
        x.set(constants[m]!, to * (I + A) + I);
      }
    }
  });
  const empty = S * T * V;
  return {
    ...{ sequences: S, steps: T, x, valid, dates, siteIndex },
    ...{ y: new Float32Array(empty), mask: new Uint8Array(empty) },
  };
}

/** Drivers and attributes are scaled as they are. */
const withoutLogarithm = ({ mean, std }: Omit<Scale, "epsilon">): Scale => ({ mean, std, epsilon: 0 });
