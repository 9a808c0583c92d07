/** The days that were seen of one site, as bits: 18 kB for four centuries, however many rows there are. */
import { type Day, firstDay, lastDay } from "../tables/day.ts";

/** A set of days between `firstDay` and `lastDay`. */
export interface DaySet {
  has(day: Day): boolean;
  add(day: Day): void;
}

/** An empty set. */
export function daySet(): DaySet {
  const bits = new Uint8Array((lastDay - firstDay + 8) >> 3);
  return {
    has: (day) => ((bits[(day - firstDay) >> 3]! >> ((day - firstDay) & 7)) & 1) === 1,
    add: (day) => {
      bits[(day - firstDay) >> 3]! |= 1 << ((day - firstDay) & 7);
    },
  };
}
