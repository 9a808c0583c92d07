/** The days of a site's prepared data by date: drivers wherever any window has them, observations of the train days. */
import { type Day, parseDay } from "@braid/data/tables";
import type { Prepared } from "../sequences/prepared.ts";

/** What baselines learn from and predict with. */
export interface SiteDays {
  /** [I] scaled drivers by day: of all partitions, their run-in included. */
  readonly drivers: ReadonlyMap<Day, Float32Array>;
  /** By variable, the train days on which it was observed and its scaled values. */
  readonly observed: readonly { readonly days: readonly Day[]; readonly values: Float64Array }[];
}

/** The days of prepared data; a day that several windows have counts once. */
export function daysOfSite({ partitions, drivers: names, variables }: Prepared): SiteDays {
  const [I, V] = [names.length, variables.length];
  const drivers = new Map<Day, Float32Array>();
  for (const { x, dates } of Object.values(partitions))
    dates.forEach((day, row) => {
      if (!Number.isNaN(day)) drivers.set(day, x.subarray(row * I, (row + 1) * I));
    });
  const { y, mask, dates } = partitions.train!;
  const observed = variables.map((_, v) => {
    const values = new Map<Day, number>();
    dates.forEach((day, row) => {
      if (mask[row * V + v] === 1) values.set(day, y[row * V + v]!);
    });
    const days = [...values.keys()].sort((a, b) => a - b);
    return { days, values: Float64Array.from(days, (day) => values.get(day)!) };
  });
  return { drivers, observed };
}

/** The day's place in a year of 366 days, from 0: 1 March is the same in every year. */
export function dayOfYear(day: Day): number {
  const date = new Date(day * 86_400_000);
  const leapYear = 2000;
  const same = Date.UTC(leapYear, date.getUTCMonth(), date.getUTCDate()) / 86_400_000;
  return same - parseDay(`${leapYear}-01-01`)!;
}
