/** The answers about one site as rows of a data folder, with notes on what is missing and what to beware of. */
import { formatDay, parseDay } from "../tables/day.ts";
import { formatNumber } from "../tables/number.ts";
import { csvLine } from "../tables/write-csv.ts";
import { daymetDrivers, type Pixel } from "./daymet.ts";
import { isUsualUnit, type Parameter, usualParameters } from "./parameters.ts";
import type { DailySeries, DailyValue, Station } from "./service.ts";

/** A pixel at the gauge says little of a basin beyond this (km2). */
const largeBasin = 1000;

/** The columns of obs_file.csv: of each parameter its values and their codes. */
export function observationColumns(parameters: readonly Parameter[]): string[] {
  return ["site_id", "date", ...parameters.flatMap(({ column }) => [column, `${column}_qualifiers`])];
}

export const driverColumns = ["site_id", "date", ...Object.keys(daymetDrivers), "filled"];

/** The columns of sites.csv: of each parameter the share of days without a value. */
export function siteColumns(parameters: readonly Parameter[]): string[] {
  return [
    ...["site_id", "name", "latitude", "longitude", "elevation_m", "drainage_area_km2", "huc"],
    ...parameters.map(({ short }) => `${short}_missing`),
    "notes",
  ];
}

/** The rows of a site for the three files, as CSV text, and its notes. */
export interface SiteTables {
  readonly observations: string;
  readonly drivers: string;
  readonly site: string;
  readonly notes: readonly string[];
}

/** Assembles `from` to `to`, inclusive ISO dates. */
export function assembleSite(
  station: Station,
  series: readonly DailySeries[],
  pixel: Pixel,
  from: string,
  to: string,
  parameters: readonly Parameter[] = usualParameters,
): SiteTables {
  const notes: string[] = [];
  const { site_id, drainage_area_km2 } = station;
  const first = parseDay(from)!;
  const last = parseDay(to)!;
  const chosen = parameters.map(
    (one): Chosen => ({ ...one, values: choose(one, series, from, to, notes), seen: 0 }),
  );
  let observations = "";
  for (let day = first; day <= last; day++) {
    const date = formatDay(day);
    const cells = chosen.flatMap((one) => cellsOf(one, date));
    observations += csvLine([site_id, date, ...cells]);
  }

  const days = pixel.days.filter(({ date }) => date >= from && date <= to);
  const filled = days.filter((day) => day.filled).map(({ date }) => date);
  if (days.length === 0) notes.push("NO DRIVERS in this period");
  else if (days[0]!.date > from || days.at(-1)!.date < to)
    notes.push(`drivers only from ${days[0]!.date} to ${days.at(-1)!.date}`);
  if (filled.length > 0)
    notes.push(
      `drivers of ${filled.join(", ")} are the mean of the days before and after: Daymet has no 31 December in leap years`,
    );
  if (!(drainage_area_km2 <= largeBasin))
    notes.push(
      Number.isNaN(drainage_area_km2)
        ? "DRAINAGE AREA UNKNOWN: the drivers are one 1-km pixel at the gauge"
        : `LARGE BASIN of ${Math.round(drainage_area_km2)} km2: the drivers are one 1-km pixel at the gauge, not the mean of the basin`,
    );
  const drivers = days
    .map(({ date, values, filled: isFilled }) =>
      csvLine([site_id, date, ...values.map((value) => formatNumber(value, 3)), isFilled ? "1" : "0"]),
    )
    .join("");

  const share = (seen: number) => formatNumber(1 - seen / (last - first + 1), 4);
  const site = csvLine([
    site_id,
    station.name,
    formatNumber(station.latitude, 6),
    formatNumber(station.longitude, 6),
    formatNumber(station.elevation_m, 1),
    formatNumber(drainage_area_km2, 2),
    station.huc,
    ...chosen.map(({ seen }) => share(seen)),
    notes.join("; "),
  ]);
  return { observations, drivers, site, notes };
}

interface Chosen extends Parameter {
  readonly values: ReadonlyMap<string, DailyValue>;
  /** The days that had a value so far. */
  seen: number;
}

/** The value of a day and its codes, as text; counts it. */
function cellsOf(chosen: Chosen, date: string): [value: string, codes: string] {
  const day = chosen.values.get(date);
  const text = formatNumber((day?.value ?? Number.NaN) * chosen.factor, chosen.decimals);
  if (text !== "") chosen.seen += 1;
  return [text, codes(day)];
}

function codes(value: DailyValue | undefined): string {
  return value === undefined ? "" : value.qualifiers.join(" ");
}

/**
 * The series of a parameter with the most numbers in the period: sensors at other depths or places are never mixed.
 */
function choose(
  parameter: Parameter,
  series: readonly DailySeries[],
  from: string,
  to: string,
  notes: string[],
): ReadonlyMap<string, DailyValue> {
  const { code, statistic, words: name } = parameter;
  const length = (one: DailySeries) =>
    [...one.values].filter(([date, { value }]) => date >= from && date <= to && !Number.isNaN(value)).length;
  const candidates = series
    .filter((one) => one.parameter === code && one.statistic === statistic)
    .map((one) => ({ one, days: length(one) }))
    .sort((a, b) => b.days - a.days);
  const [best] = candidates;
  if (best === undefined || best.days === 0) {
    notes.push(`no ${name} in this period`);
    return best?.one.values ?? new Map();
  }
  if (!usualParameters.some((one) => one.column === parameter.column))
    notes.push(unitNote(parameter, best.one.unit));
  if (candidates.length > 1)
    notes.push(
      `${candidates.length} series of ${name} with ${candidates.map(({ days }) => days).join(", ")} days: used the first, method ${best.one.method}`,
    );
  const missing = parseDay(to)! - parseDay(from)! + 1 - best.days;
  if (missing > 0) notes.push(`${name}: ${missing} of ${best.days + missing} days missing`);
  const inPeriod = [...best.one.values].filter(([date]) => date >= from && date <= to);
  for (const [code, what] of [
    ["P", "provisional"],
    ["e", "estimated"],
    ["Ice", "affected by ice"],
  ] as const) {
    const days = inPeriod.filter(([, { qualifiers }]) => qualifiers.includes(code)).length;
    if (days > 0) notes.push(`${name}: ${days} ${days === 1 ? "day" : "days"} ${what} (${code})`);
  }
  return best.one.values;
}

/** Records the unit of a column that is none of the usual two: its values are as they came. */
function unitNote(parameter: Parameter, unit: string): string {
  const { column, code, words } = parameter;
  const what = parameter.unit === null ? "" : `, ${words}`;
  return isUsualUnit(parameter, unit)
    ? `${column} is parameter ${code}${what}, in ${unit}`
    : `UNIT of ${column}: parameter ${code}${what} came in ${unit} and not in ${parameter.unit}, and is not converted`;
}
