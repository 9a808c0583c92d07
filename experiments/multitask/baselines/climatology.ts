/**
 * Climatology: what is usual on a day of the year. The prediction of a day is the mean of the train observations whose
 * day of the year is at most 15 days from its own, around the turn of the year too; where there are none, that of all.
 */
import type { Day } from "@braid/data/tables";
import { dayOfYear } from "./days.ts";

/** Days of the year on either side that count. */
const halfWindow = 15;
const yearDays = 366;

/** The prediction for any day, from observed days and their values (at least one). */
export function climatology(days: readonly Day[], values: Float64Array): (day: Day) => number {
  const sums = new Float64Array(yearDays);
  const counts = new Float64Array(yearDays);
  days.forEach((day, i) => {
    sums[dayOfYear(day)]! += values[i]!;
    counts[dayOfYear(day)]! += 1;
  });
  const all = values.reduce((sum, value) => sum + value, 0) / values.length;
  const means = Float64Array.from(sums, (_, at) => {
    let [sum, count] = [0, 0];
    for (let away = -halfWindow; away <= halfWindow; away++) {
      const near = (at + away + yearDays) % yearDays;
      sum += sums[near]!;
      count += counts[near]!;
    }
    return count === 0 ? all : sum / count;
  });
  return (day) => means[dayOfYear(day)]!;
}
