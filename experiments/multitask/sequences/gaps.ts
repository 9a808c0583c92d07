/**
 * Gaps in the drivers of a site, and which of them are interpolated where the config sets `fillGaps`.
 *
 * Linear interpolation, only between two known days and never over more days than the config allows. Precipitation
 * is not interpolated unless the config says so: the rain of one day says little of the next. CRHMr's `interpolate`
 * (University of Saskatchewan) makes the same choice. Gaps of rain are usually filled from other gauges: Paulhus & Kohler
 * 1952, Mon. Weather Rev. 80, 129-133, doi 10.1175/1520-0493(1952)080<0129:IOMPR>2.0.CO;2.
 */
import { isPrecipitation } from "@braid/data/check";
import type { SiteRecord } from "@braid/data/records";
import { type Day, formatDay } from "@braid/data/tables";
import { count } from "braid-engine/quantities";
import type { Window } from "./windows.ts";

/** Which gaps are interpolated. */
export interface FillGaps {
  /** The longest gap that is interpolated; with 0, none is. */
  readonly days: number;
  /** Whether precipitation is interpolated too. */
  readonly precipitation: boolean;
}

/** Days of a driver without a value, both ends inclusive; without a driver, days outside the record. */
export interface Gap {
  readonly driver: string | null;
  readonly first: Day;
  readonly last: Day;
}

export interface ClosedGaps {
  /** Every day from the first to the last, short gaps filled; NaN where a gap is open. */
  readonly record: SiteRecord;
  readonly filled: readonly Gap[];
  readonly open: readonly Gap[];
}

/** Interpolates the gaps of the drivers `names` that `rule` allows. */
export function closeGaps(drivers: SiteRecord, names: readonly string[], rule: FillGaps): ClosedGaps {
  const first = drivers.days[0]!;
  const D = drivers.days.at(-1)! - first + 1;
  const filled: Gap[] = [];
  const open: Gap[] = [];
  const numbers = Object.fromEntries(
    names.map((driver) => {
      // [D]
      const values = new Float64Array(D).fill(Number.NaN);
      const known = drivers.numbers[driver]!;
      drivers.days.forEach((day, row) => {
        values[day - first] = known[row]!;
      });
      const fillable = rule.precipitation || !isPrecipitation(driver);
      for (const [from, to] of missingRuns(values)) {
        const inside = from > 0 && to < D - 1;
        const closes = fillable && inside && to - from + 1 <= rule.days;
        if (closes) interpolate(values, from, to);
        (closes ? filled : open).push({ driver, first: first + from, last: first + to });
      }
      return [driver, values];
    }),
  );
  const days = Int32Array.from({ length: D }, (_, i) => first + i);
  return { record: { ...drivers, days, numbers, texts: {} }, filled, open };
}

/** The first and the last index of each run of NaN. */
function missingRuns(values: Float64Array): [from: number, to: number][] {
  const runs: [number, number][] = [];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i]!)) continue;
    const from = i;
    while (i + 1 < values.length && Number.isNaN(values[i + 1]!)) i++;
    runs.push([from, i]);
  }
  return runs;
}

/** v_i = v_a + (v_b - v_a) (i - a) / (b - a), with a and b the known days around from..to. */
function interpolate(values: Float64Array, from: number, to: number): void {
  const [a, b] = [from - 1, to + 1];
  for (let i = from; i <= to; i++) values[i] = values[a]! + ((values[b]! - values[a]!) * (i - a)) / (b - a);
}

/** The first gap that a window sees, its run-in included; null if its drivers are complete. */
export function gapIn({ start, end }: Window, { days }: SiteRecord, open: readonly Gap[]): Gap | null {
  const [begins, ends] = [days[0]!, days.at(-1)!];
  if (start < begins) return { driver: null, first: start, last: begins - 1 };
  return (
    open.find(({ first, last }) => first <= end && last >= start) ??
    (end > ends ? { driver: null, first: ends + 1, last: end } : null)
  );
}

/** Why a gap is open, in words that follow "the window is left out" or "no drivers". */
export function why(
  { driver, first, last }: Gap,
  { days, precipitation }: FillGaps,
  { days: record }: SiteRecord,
): string {
  if (driver === null)
    return last < record[0]!
      ? `they begin on ${formatDay(record[0]!)}`
      : `they end on ${formatDay(record.at(-1)!)}`;
  const text = `${driver} is missing from ${formatDay(first)} to ${formatDay(last)}`;
  const short = last - first + 1 <= days;
  if (short && !precipitation && isPrecipitation(driver))
    return `${text}, and precipitation is not interpolated`;
  return short ? `${text}, at an end of the record` : `${text} (${count(last - first + 1, "day")})`;
}
