/** Calendar days as whole numbers: days since 1970-01-01. Text is ISO (2018-01-31). */

const dayMs = 86_400_000;

/** The day of an ISO date from year 1000 on, or null for text that is no date of the calendar. */
export function parseDay(text: string): number | null {
  if (!/^[1-9]\d{3}-\d\d-\d\d$/.test(text)) return null;
  const time = Date.parse(text);
  // 2019-02-29 is no date to some engines and 1 March to others
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) return null;
  return time / dayMs;
}

/** The ISO date of a day. */
export function formatDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
