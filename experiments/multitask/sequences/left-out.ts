/**
 * Windows that were left out for gaps in their drivers, and days that were interpolated, in a site's table of exclusions: the
 * steps that score predictions read there which days have none.
 */
import { formatDay, parseDay } from "@braid/data/tables";
import type { Exclusion } from "./exclusions.ts";
import type { DateRange, Partitions } from "./partitions.ts";

/** The reason of interpolated days. */
export const filledReason = "filled: interpolated between the days around";

const leftOut = "no drivers: ";

/** The reason of a window that was left out. */
export function leftOutReason(why: string): string {
  return `${leftOut}${why}`;
}

/** The days of `partitions` without the windows that a table of exclusions says were left out. */
export function keptDays(partitions: Partitions, rows: readonly Exclusion[], variable: string): Partitions {
  return Object.fromEntries(
    Object.entries(partitions).map(([name, ranges]) => {
      const left = rows.filter((row) => row.partition === name && row.column === variable && isLeftOut(row));
      return [
        name,
        left.reduce<readonly DateRange[]>((kept, gone) => kept.flatMap((one) => without(one, gone)), ranges),
      ];
    }),
  );
}

/** Whether a row of the table of exclusions is of a window that was left out. */
export function isLeftOut({ reason }: Pick<Exclusion, "reason">): boolean {
  return reason.startsWith(leftOut);
}

/** Whether a row of the table of exclusions is of interpolated days. */
export function isFilled({ reason }: Pick<Exclusion, "reason">): boolean {
  return reason === filledReason;
}

/** What is left of a range without the days of another. */
function without(range: DateRange, gone: DateRange): DateRange[] {
  if (gone.to < range.from || gone.from > range.to) return [range];
  const before = formatDay(parseDay(gone.from)! - 1);
  const after = formatDay(parseDay(gone.to)! + 1);
  return [
    ...(range.from <= before ? [{ from: range.from, to: before }] : []),
    ...(after <= range.to ? [{ from: after, to: range.to }] : []),
  ];
}
