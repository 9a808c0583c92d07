/**
 * Calendar days as whole numbers: days since 1970-01-01, what NumPy's `datetime64[D]` counts.
 * Text is ISO (2018-01-31) everywhere, so that two dates compare as strings too.
 */

/** Days since 1970-01-01. */
export type Day = number;

const millisecondsPerDay = 86_400_000;
const lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The day of an ISO date from year 1000 on; null for text that is no date of the calendar (2019-02-29, 1990-1-1). */
export function parseDay(text: string): Day | null {
  if (text.length !== 10 || text[4] !== "-" || text[7] !== "-") return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= lengths[month - 1]!) || !(year >= 1000)) return null;
  if (month === 2 && day === 29 && !(year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))) return null;
  return Date.UTC(year, month - 1, day) / millisecondsPerDay;
}

/** The ISO date of a day. */
export function formatDay(day: Day): string {
  return new Date(day * millisecondsPerDay).toISOString().slice(0, 10);
}

/** The days that a record may hold: an instrument's are within these centuries, a slip of the pen is not. */
export const firstDay: Day = parseDay("1800-01-01")!;
export const lastDay: Day = parseDay("2199-12-31")!;

/** The number written with the decimal digits of `text` from `from` to before `to`; NaN where one is no digit. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
