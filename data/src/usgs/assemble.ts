/** The answers about one site as rows of a data folder, with notes on what is missing and what to beware of. */
import { formatDay, parseDay } from "../tables/day.ts";
import { formatNumber } from "../tables/number.ts";
import { cmsPerCfs } from "../tables/units.ts";
import { csvLine } from "../tables/write-csv.ts";
import { daymetDrivers, type Pixel } from "./daymet.ts";
import { type DailySeries, type DailyValue, parameters, type Station } from "./service.ts";

/** A pixel at the gauge says little of a basin beyond this (km2). */
const largeBasin = 1000;

export const observationColumns = [
  "site_id",
  "date",
  "discharge_cms",
  "discharge_cms_qualifiers",
  "temp_c",
  "temp_c_qualifiers",
];
export const driverColumns = ["site_id", "date", ...Object.keys(daymetDrivers), "filled"];
export const siteColumns = [
  "site_id",
  "name",
  "latitude",
  "longitude",
  "elevation_m",
  "drainage_area_km2",
  "huc",
  "discharge_missing",
  "temp_missing",
  "notes",
];

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
): SiteTables {
  const notes: string[] = [];
  const { site_id, drainage_area_km2 } = station;
  const flow = choose("discharge", series, parameters.discharge, from, to, notes);
  const temperature = choose("water temperature", series, parameters.temperature, from, to, notes);

  let observations = "";
  let flowSeen = 0;
  let temperatureSeen = 0;
  const first = parseDay(from)!;
  const last = parseDay(to)!;
  for (let day = first; day <= last; day++) {
    const date = formatDay(day);
    const [q, t] = [flow.get(date), temperature.get(date)];
    const cms = formatNumber((q?.value ?? Number.NaN) * cmsPerCfs, 6);
    const celsius = formatNumber(t?.value ?? Number.NaN, 2);
    if (cms !== "") flowSeen += 1;
    if (celsius !== "") temperatureSeen += 1;
    observations += csvLine([site_id, date, cms, codes(q), celsius, codes(t)]);
  }

  const days = pixel.days.filter(({ date }) => date >= from && date <= to);
  const filled = days.filter((day) => day.filled).map(({ date }) => date);
  if (days.length === 0) notes.push("NO DRIVERS in this period");
  else if (days[0]!.date > from || days.at(-1)!.date < to)
    notes.push(`drivers only from ${days[0]!.date} to ${days.at(-1)!.date}`);
  if (filled.length > 0)
    notes.push(
      `drivers of ${filled.join(", ")} are the mean of the days around: Daymet has no 31 December in leap years`,
    );
  if (!(drainage_area_km2 <= largeBasin))
    notes.push(
      Number.isNaN(drainage_area_km2)
        ? "DRAINAGE AREA UNKNOWN: the drivers are one 1-km pixel at the gauge"
        : `LARGE BASIN of ${Math.round(drainage_area_km2)} km2: the drivers are one 1-km pixel at the gauge, not its mean`,
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
    share(flowSeen),
    share(temperatureSeen),
    notes.join("; "),
  ]);
  return { observations, drivers, site, notes };
}

function codes(value: DailyValue | undefined): string {
  return value === undefined ? "" : value.qualifiers.join(" ");
}

/**
 * The series of a parameter with the most numbers in the period: sensors at other depths or places are never mixed.
 */
function choose(
  name: string,
  series: readonly DailySeries[],
  parameter: string,
  from: string,
  to: string,
  notes: string[],
): ReadonlyMap<string, DailyValue> {
  const length = (one: DailySeries) =>
    [...one.values].filter(([date, { value }]) => date >= from && date <= to && !Number.isNaN(value)).length;
  const candidates = series
    .filter((one) => one.parameter === parameter)
    .map((one) => ({ one, days: length(one) }))
    .sort((a, b) => b.days - a.days);
  const [best] = candidates;
  if (best === undefined || best.days === 0) {
    notes.push(`no ${name} in this period`);
    return best?.one.values ?? new Map();
  }
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
