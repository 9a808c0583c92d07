/** Values of parts of a day, put together by a rule; a day with too few of them has no value. */
import type { Day } from "../../tables/day.ts";
import type { Aggregate } from "../mapping/targets.ts";
import { type DaySeries, daySeries } from "./day-series.ts";

/** The values of one variable at one site on their way to daily ones. */
export interface DayParts {
  add(day: Day, value: number): void;
  /** Daily values, given how many a day has at most and how many each has; and the days that have too few or too many. */
  days(wholeDay: number, valuesOf: (day: Day) => number, minimumShare: number): DailyValues;
}

/** Daily values of a variable at a site. */
export interface DailyValues {
  readonly values: DaySeries;
  /** How many days have too few values, by the number that they should have. */
  readonly short: ReadonlyMap<number, number>;
  /** How many days have more values than they should, but no more than a day of 25 hours, by the number that they should have. */
  readonly long: ReadonlyMap<number, number>;
  /** The first day with more values than fit into it, and how many; null if there is none. */
  readonly overfull: { readonly day: Day; readonly count: number } | null;
}

/** A day of the clock change in autumn has 25 hours. */
const longestDay = 25 / 24;

const join: Readonly<Record<Aggregate, (so_far: number, value: number) => number>> = {
  mean: (sum, value) => sum + value,
  sum: (sum, value) => sum + value,
  min: Math.min,
  max: Math.max,
};

/** No values yet. */
export function dayParts(rule: Aggregate): DayParts {
  const [joined, counts] = [daySeries(), daySeries()];
  return {
    add(day, value) {
      const count = counts.get(day) || 0;
      joined.set(day, count === 0 ? value : join[rule](joined.get(day), value));
      counts.set(day, count + 1);
    },
    days(wholeDay, valuesOf, minimumShare) {
      const values = daySeries();
      const [short, long] = [new Map<number, number>(), new Map<number, number>()];
      let overfull: DailyValues["overfull"] = null;
      const [first, last] = joined.span() ?? [0, -1];
      for (let day = first; day <= last; day++) {
        const count = counts.get(day);
        if (Number.isNaN(count)) continue;
        const whole = valuesOf(day);
        if (count > Math.floor(wholeDay * longestDay)) overfull ??= { day, count };
        else if (count > whole) addTo(long, whole, 1);
        if (count < minimumShare * whole) addTo(short, whole, 1);
        else values.set(day, rule === "mean" ? joined.get(day) / count : joined.get(day));
      }
      return { values, short, long, overfull };
    },
  };
}

/** How far apart the moments of a site are (minutes in UTC): counts the steps, and tells the most common one. */
export interface Steps {
  add(utc: number): void;
  /** How many values make a day of 24 hours; at least 1. */
  wholeDay(): number;
  /** How many values lie from one moment to before another; at least 1. */
  between(from: number, to: number): number;
}

/** No moments yet. */
export function countSteps(): Steps {
  const counts = new Map<number, number>();
  const times = new Map<number, number>();
  let before: number | undefined;
  const mostCommon = (of: Map<number, number>) => [...of].sort((a, b) => b[1] - a[1])[0]?.[0];
  return {
    add(utc) {
      const step = before === undefined ? 0 : Math.abs(utc - before);
      before = utc;
      if (step > 0) addTo(counts, step, 1);
      addTo(times, ((utc % 1440) + 1440) % 1440, 1);
    },
    wholeDay() {
      const step = mostCommon(counts);
      return step === undefined ? 1 : Math.max(1, Math.round(1440 / step));
    },
    between(from, to) {
      const step = mostCommon(counts);
      // Of one value a day there are not two on a day of 25 hours.
      if (step === undefined || step >= 1440) return 1;
      if (1440 % step !== 0) return Math.max(1, Math.round((to - from) / step));
      const phases = new Map<number, number>();
      for (const [time, often] of times) addTo(phases, time % step, often);
      const phase = mostCommon(phases)!;
      return Math.max(1, Math.ceil((to - phase) / step) - Math.ceil((from - phase) / step));
    },
  };
}

function addTo(counts: Map<number, number>, key: number, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
