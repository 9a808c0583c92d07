/** On which days of a site its drivers are complete: a data folder's drivers have no empty field and no day left out. */
import { type Day, formatDay, parseDay } from "../tables/day.ts";
import type { DriverColumn, SiteDays } from "./layout.ts";

/** The days of a site that can be written. */
export interface Complete {
  /** The rows with the first and the last day. */
  readonly first: number;
  readonly last: number;
  /** Why a driver that a model can do without is not complete on these days, by its name; null if it is. */
  readonly others: ReadonlyMap<string, string | null>;
}

/** The column of a driver: the first of its names that the data set has. */
export function columnOf(
  { from }: DriverColumn,
  { columns }: SiteDays,
): readonly [name: string, values: readonly string[]] | undefined {
  const name = from.find((one) => columns.has(one));
  return name === undefined ? undefined : [name, columns.get(name)!];
}

/** From the first to the last day with all drivers that are needed; in words why there are none, or that days in between lack some. */
export function completeDays(drivers: readonly DriverColumn[], days: SiteDays): Complete | string {
  const needed: (readonly [name: string, values: readonly string[]])[] = [];
  for (const driver of drivers.filter(({ learn }) => learn)) {
    const found = columnOf(driver, days);
    if (found === undefined) return `no column ${driver.from.join(" or ")}`;
    needed.push(found);
  }
  const all = (row: number) => needed.every(([, values]) => values[row] !== "");
  let [first, last] = [0, days.dates.length - 1];
  while (first <= last && !all(first)) first++;
  while (last > first && !all(last)) last--;
  if (first > last) {
    const never = needed.find(([, values]) => values.every((text) => text === ""));
    return days.dates.length === 0
      ? "its file has no days"
      : `no day with all drivers${never === undefined ? "" : `: ${never[0]} is always missing`}`;
  }
  const gap = missingDay(days.dates, first, last) ?? missingValue(needed, days.dates, first, last);
  if (gap !== null) return gap;
  const others = drivers
    .filter(({ learn }) => !learn)
    .map((driver) => {
      const found = columnOf(driver, days);
      const why =
        found === undefined
          ? `no column ${driver.from.join(" or ")}`
          : missingValue([found], days.dates, first, last);
      return [driver.name, why] as const;
    });
  return { first, last, others: new Map(others) };
}

/** Days that have no row, in words. */
function missingDay(dates: readonly string[], first: number, last: number): string | null {
  const missing = parseDay(dates[last]!)! - parseDay(dates[first]!)! - (last - first);
  if (missing === 0) return null;
  let day: Day = parseDay(dates[first]!)!;
  let row = first;
  while (dates[row] === formatDay(day)) [day, row] = [day + 1, row + 1];
  return `no row for ${formatDay(day)}${andMore(missing - 1)} between its first and last day with drivers`;
}

/** Rows that lack a driver, in words. */
function missingValue(
  columns: readonly (readonly [name: string, values: readonly string[]])[],
  dates: readonly string[],
  first: number,
  last: number,
): string | null {
  let text: string | null = null;
  let days = 0;
  for (let row = first; row <= last; row++) {
    const lacking = columns.find(([, values]) => values[row] === "");
    if (lacking === undefined) continue;
    text ??= `no ${lacking[0]} on ${dates[row]!}`;
    days++;
  }
  return text === null ? null : `${text}${andMore(days - 1)} between its first and last day with drivers`;
}

function andMore(days: number): string {
  return days === 0 ? "," : ` and ${days} more ${days === 1 ? "day" : "days"},`;
}
