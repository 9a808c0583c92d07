/** One number a day, in memory for the days between the first and the last alone: 8 bytes each. */
import type { Day } from "../../tables/day.ts";

/** A series that grows at both ends; NaN on days without a number. */
export interface DaySeries {
  get(day: Day): number;
  set(day: Day, value: number): void;
  /** The first and the last day that were set; null for an empty series. */
  span(): readonly [first: Day, last: Day] | null;
}

/** An empty series. */
export function daySeries(): DaySeries {
  let values = new Float64Array(0);
  let base = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  const makeRoom = (day: Day) => {
    const from = values.length === 0 ? day : Math.min(base, day < base ? day - (values.length >> 1) : base);
    const to =
      values.length === 0 ? day + 366 : Math.max(base + values.length, day + (values.length >> 1) + 1);
    const larger = new Float64Array(to - from).fill(Number.NaN);
    larger.set(values, values.length === 0 ? 0 : base - from);
    values = larger;
    base = from;
  };
  return {
    get: (day) => values[day - base] ?? Number.NaN,
    set(day, value) {
      if (day < base || day >= base + values.length) makeRoom(day);
      values[day - base] = value;
      first = Math.min(first, day);
      last = Math.max(last, day);
    },
    span: () => (first <= last ? [first, last] : null),
  };
}
