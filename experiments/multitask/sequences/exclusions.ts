/** What was left out of a site's prepared data, and why: the table beside them. */
import { type Day, formatDay } from "@braid/data/tables";
import type { Observed } from "../reading/observations.ts";
import type { RowOf } from "../reading/rows-by-day.ts";
import { type DateRange, daysOf, type Partitions } from "./partitions.ts";
import type { Fit } from "./scaling.ts";

/** Days of one column that were not used, in runs; both ends inclusive. */
export interface Exclusion {
  readonly column: string;
  readonly partition: string;
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly reason: string;
}

/** The columns and days in question. */
interface Excluded {
  readonly variables: readonly string[];
  readonly drivers: readonly string[];
  readonly partitions: Partitions;
}

/** Runs of days that a column lacks for one reason, by partition, column and date. */
export function exclusionsOf(
  seen: readonly Observed[],
  observedAt: RowOf,
  x: readonly Fit[],
  y: readonly Fit[],
  spec: Excluded,
): Exclusion[] {
  return Object.entries(spec.partitions).flatMap(([partition, ranges]) => {
    const whole = (column: string, reason: string) =>
      ranges.flatMap((range) => runs(partition, column, range, () => reason));
    return [
      ...spec.drivers.flatMap((driver, i) => (x[i]!.std > 0 ? [] : whole(driver, "does not vary in train"))),
      ...spec.variables.flatMap((variable, v) => {
        if (y[v]!.std === 0)
          return whole(variable, y[v]!.count === 0 ? "never observed in train" : "does not vary in train");
        const reasonOf = (day: Day) => {
          const row = observedAt(day);
          return row === undefined ? "not observed" : seen[v]!.reasons[row]!;
        };
        return ranges.flatMap((range) => runs(partition, variable, range, reasonOf));
      }),
    ];
  });
}

function runs(
  partition: string,
  column: string,
  range: DateRange,
  reasonOf: (day: Day) => string | null,
): Exclusion[] {
  const found: { first: Day; last: Day; reason: string }[] = [];
  for (const day of daysOf([range])) {
    const reason = reasonOf(day);
    const last = found.at(-1);
    if (reason === null) continue;
    if (last !== undefined && last.last === day - 1 && last.reason === reason) last.last = day;
    else found.push({ first: day, last: day, reason });
  }
  return found.map(({ first, last, reason }) => ({
    column,
    partition,
    from: formatDay(first),
    to: formatDay(last),
    days: last - first + 1,
    reason,
  }));
}
