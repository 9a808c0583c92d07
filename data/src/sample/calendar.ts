/**
 * The sample's days: 25 water years, 1990-10-01 to 2015-09-30, behind two years in which the stores fill.
 */

/** First and last day written, inclusive. */
export const period = { from: "1990-10-01", to: "2015-09-30" };

const dayMs = 86_400_000;
const spinUpStart = Date.parse("1988-10-01");

/** Days simulated before the first one written. */
export const spinUpDays = (Date.parse(period.from) - spinUpStart) / dayMs;

/** All simulated days, spin-up included: ISO date and day of the year (1..366). */
export const days: readonly { date: string; dayOfYear: number }[] = Array.from(
  { length: (Date.parse(period.to) - spinUpStart) / dayMs + 1 },
  (_, i) => {
    const at = new Date(spinUpStart + i * dayMs);
    const dayOfYear = (at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / dayMs + 1;
    return { date: at.toISOString().slice(0, 10), dayOfYear };
  },
);
