/**
 * Daymet's single-pixel service (ORNL DAAC): daily weather on a 1-km grid, version 3 or 4, read by its column names.
 * Daymet's years have 365 days: 29 February is there, 31 December of leap years is not.
 */
import { cannot } from "braid-engine";
import { formatDay, parseDay } from "../tables/day.ts";
import { parseNumber } from "../tables/number.ts";

/** Drivers by the names of a data folder, and what Daymet calls them; the unit is in the name. */
export const daymetDrivers = {
  prcp_mm: "prcp (mm/day)",
  tmin_c: "tmin (deg c)",
  tmax_c: "tmax (deg c)",
  srad_wm2: "srad (W/m^2)",
  vp_pa: "vp (Pa)",
} as const;

/** What to tell a user whose requests are refused or lead elsewhere. */
export const daymetGone =
  "Daymet covers North America up to the end of a recent year: see https://daymet.ornl.gov. Has its single-pixel service moved? --services.daymet gives another address.";

/** The first day of Daymet. */
export const daymetBegins = "1980-01-01";

/** The address of the weather at a point; `base` is such as https://daymet.ornl.gov/single-pixel/api/data. */
export function daymetUrl(
  base: string,
  latitude: number,
  longitude: number,
  from: string,
  to: string,
): string {
  const vars = "prcp,srad,tmax,tmin,vp";
  const start = from < daymetBegins ? daymetBegins : from;
  return `${base}?lat=${latitude}&lon=${longitude}&vars=${vars}&start=${start}&end=${to}`;
}

/** A day of drivers, in the order of `daymetDrivers`. */
export interface DriverDay {
  readonly date: string;
  readonly values: readonly number[];
  /** Whether Daymet has no such day and the mean of its neighbours stands here. */
  readonly filled: boolean;
}

/** The point that was asked for (degrees), the elevation of its pixel (m), and its days, none missing between. */
export interface Pixel {
  readonly latitude: number;
  readonly longitude: number;
  readonly elevation_m: number;
  readonly days: readonly DriverDay[];
}

/** Reads an answer of the service. @throws for text that is none, cut, or not of consecutive days. */
export function parseDaymet(text: string): Pixel {
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex((line) => line.startsWith("year,yday"));
  const header = lines[at]?.split(",") ?? [];
  const columns = Object.values(daymetDrivers).map((name) => header.indexOf(name));
  if (at < 0 || columns.includes(-1))
    throw cannot("read", "Daymet", "the response does not have the requested columns", {
      facts: [
        ["expected", Object.values(daymetDrivers).join(", ")],
        ["it begins", text.slice(0, 80)],
      ],
    });
  // A last number that lost digits would still be a number.
  if (!text.endsWith("\n")) throw cannot("read", "Daymet", "it ends in the middle of a line");
  const days = lines.slice(at + 1).flatMap((line, i): DriverDay[] => {
    if (line === "") return [];
    const numbers = line.split(",").map((cell) => parseNumber(cell) ?? Number.NaN);
    const date = dateOf(numbers[0]!, numbers[1]!);
    if (numbers.length !== header.length || numbers.some(Number.isNaN) || date === null)
      throw cannot("read", "Daymet", `line ${at + i + 2} is not a day with ${header.length} numbers`, {
        facts: [["line", line.slice(0, 80)]],
      });
    return [{ date, values: columns.map((column) => numbers[column]!), filled: false }];
  });
  if (days.length === 0) throw cannot("read", "Daymet", "the response has no days");
  const said = (name: string) =>
    Number(new RegExp(`\\b${name}:\\s*(-?[\\d.]+)`).exec(text)?.[1] ?? Number.NaN);
  return {
    latitude: said("Latitude"),
    longitude: said("Longitude"),
    elevation_m: said("Elevation"),
    days: fillLeapYears(days),
  };
}

/** @throws where an answer is about another point than the one asked for. */
export function checkPoint(pixel: Pixel, latitude: number, longitude: number): void {
  const near = (a: number, b: number) => Math.abs(a - b) < 0.001;
  if (near(pixel.latitude, latitude) && near(pixel.longitude, longitude)) return;
  throw cannot(
    "read",
    "Daymet",
    `the response is about ${pixel.latitude}, ${pixel.longitude} and not ${latitude}, ${longitude}`,
  );
}

function dateOf(year: number, dayOfYear: number): string | null {
  const first = parseDay(`${year}-01-01`);
  if (first === null || !Number.isInteger(dayOfYear) || dayOfYear < 1 || dayOfYear > 365) return null;
  return formatDay(first + dayOfYear - 1);
}

/** Puts in each 31 December of a leap year the mean of the days around it (at the end: the day before). */
function fillLeapYears(days: readonly DriverDay[]): DriverDay[] {
  return days.flatMap((day, i) => {
    const next = days[i + 1];
    const due = formatDay(parseDay(day.date)! + 1);
    if (next?.date === due) return [day];
    const leapEnd = day.date.endsWith("-12-30");
    if (next === undefined && !leapEnd) return [day];
    if (!leapEnd || (next !== undefined && next.date !== formatDay(parseDay(due)! + 1)))
      throw cannot("read", "Daymet", `after ${day.date} comes ${next?.date}`);
    const values = day.values.map((value, k) => (next === undefined ? value : (value + next.values[k]!) / 2));
    return [day, { date: due, values, filled: true }];
  });
}
