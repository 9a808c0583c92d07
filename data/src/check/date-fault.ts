/** Explains why a text is not a date; each way in which files write dates has its own message. */
import { parseDay } from "../tables/day.ts";

const months = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

const not = "a date is not written like 2018-01-31";

/** What is wrong with a text that `parseDay` does not take. */
export function dateFault(text: string): string {
  if (text === "") return "a date is empty";
  const iso = /^(\d{4})-(\d\d)-(\d\d)(.*)$/.exec(text);
  if (iso !== null)
    return iso[4] === ""
      ? (noSuchDay(iso[1]!, Number(iso[2]), Number(iso[3])) ?? `${not}: no year is before 1000`)
      : withTime(iso[4]!);
  if (/^\d{8}$/.test(text)) return `${not}: it has no hyphens`;
  if (/^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}( .*)?$/.test(text))
    return `${not}: the year is not first, and days may be taken for months`;
  if (/^\d{4}([/.-])\d{1,2}\1\d{1,2}$/.test(text))
    return `${not}: months and days need two digits and hyphens`;
  if (/^\d{4}-?\d{3}$/.test(text)) return `${not}: it looks like a year with a day of the year`;
  if (/^\d{5}(\.\d+)?$/.test(text)) return `${not}: it looks like the day number of a spreadsheet`;
  if (/[a-z]{3}/i.test(text) && /\d{4}/.test(text)) return `${not}: the month is a word`;
  return not;
}

/** Says that the calendar has no such day, and which other calendar has it; null for a day that there is. */
export function noSuchDay(year: string, month: number, day: number): string | null {
  const name = months[month - 1];
  if (name === undefined) return `there is no month ${month}: are day and month swapped?`;
  const digits = [month, day].map((number) => String(number).padStart(2, "0"));
  if (parseDay([year, ...digits].join("-")) !== null) return null;
  const text = `there is no ${day} ${name} ${year}`;
  if (month !== 2 || day < 29 || day > 30) return text;
  return day === 30
    ? `${text}: does the calendar have 360 days?`
    : `${text}: does the calendar make every year a leap year, or have 360 days?`;
}

/** The message for a time after the date: a time of day, midnight, or one with a zone, which decides the day. */
function withTime(text: string): string {
  const time = /^[T ](\d\d):?(\d\d)?:?(\d\d(?:\.\d+)?)?\s*(.*)$/.exec(text);
  if (time === null) return not;
  const [, hour, minute = "00", second = "00", zone = ""] = time;
  if (zone !== "")
    return "a date has a time and a time zone: the zone decides the day of a value, so write only days, like 2018-01-31";
  if (Number(hour) === 0 && Number(minute) === 0 && Number(second) === 0)
    return "a date has a time, midnight: write only the day, like 2018-01-31";
  return "a date has a time of day: aggregate the values to one line per day, written like 2018-01-31";
}
