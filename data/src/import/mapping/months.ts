/** Tables with a column per day, for each month or for each site: read like tables of sites, they would be nonsense. */
import { cannot } from "braid-engine";
import { firstDay, formatDay, lastDay } from "../../tables/day.ts";
import { dateFormNames, readDate } from "../files/dates.ts";
import type { ColumnProfile } from "../files/profile.ts";

/** The fewest days of a month. */
const fewestDays = 28;

/** @throws if the columns of a file are the days of a month, and its dates, where it has some, are months. */
export function checkMonths(
  file: string,
  columns: readonly ColumnProfile[],
  date: string | string[] | undefined,
): void {
  const bases = Map.groupBy(
    columns.map(({ name }) => name).filter((name) => /[a-z]_?\d{1,2}$/i.test(name)),
    (name) => name.replace(/_?\d{1,2}$/, ""),
  );
  const days = [...bases].find(([, names]) => names.length <= 31 && isMonth(names))?.[1];
  if (days === undefined || Array.isArray(date)) return;
  const column = columns.find(({ name }) => name === date);
  if (column !== undefined && !holdsMonths(column)) return;
  throw daysAcross(file, "a row per month and a column per day", days);
}

/** So many dates among the names of columns are no accident. */
const fewestDates = 5;

/** @throws if most columns of a file are named after days. */
export function checkDays(file: string, names: readonly string[]): void {
  const days = names.filter(isDay);
  if (days.length < fewestDates || 2 * days.length <= names.length) return;
  throw daysAcross(file, "a column per day", days);
}

function daysAcross(file: string, has: string, days: readonly string[]): Error {
  return cannot("import", file, `it has ${has} (${days[0]} to ${days.at(-1)})`, {
    hint: "Write it with a row per day: site_id,date,value.",
  });
}

function isDay(name: string): boolean {
  return dateFormNames.some((form) => {
    const day = readDate(name, form)?.day;
    return day !== undefined && day >= firstDay && day <= lastDay;
  });
}

function isMonth(names: readonly string[]): boolean {
  const numbers = new Set(names.map((name) => Number(/\d{1,2}$/.exec(name)![0])));
  return Array.from({ length: fewestDays }, (_, i) => i + 1).every((day) => numbers.has(day));
}

/** Whether all dates may be the same day of their months. */
function holdsMonths({ dates, texts }: ColumnProfile): boolean {
  return [...dates.forms].some((form) => {
    const days = [...texts].flatMap((text) => {
      const moment = readDate(text, form);
      return moment === null ? [] : [formatDay(moment.day).slice(8)];
    });
    return new Set(days).size === 1;
  });
}
