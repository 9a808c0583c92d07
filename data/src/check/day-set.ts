/** The days that were seen of one site, as bits: 18 kB for four centuries, however many rows there are. */
import { parseDay } from "../tables/day.ts";

const first = parseDay("1800-01-01")!;
const last = parseDay("2199-12-31")!;

/** Whether a day can be in a set at all. */
export function isWithinCenturies(day: number): boolean {
  return day >= first && day <= last;
}

/** A set of days. */
export interface DaySet {
  has(day: number): boolean;
  add(day: number): void;
}

/** An empty set. */
export function daySet(): DaySet {
  const bits = new Uint8Array((last - first + 8) >> 3);
  return {
    has: (day) => ((bits[(day - first) >> 3]! >> ((day - first) & 7)) & 1) === 1,
    add: (day) => {
      bits[(day - first) >> 3]! |= 1 << ((day - first) & 7);
    },
  };
}
