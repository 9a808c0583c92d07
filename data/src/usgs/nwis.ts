/**
 * The USGS water services as they are spoken here: NWIS "waterservices", daily values 1.x as JSON and the site service
 * as RDB. The USGS is moving to api.waterdata.usgs.gov; a client for that replaces this one module.
 */
import { cannot } from "@braid/engine";
import { parseDay } from "../tables/day.ts";
import { parseNumber } from "../tables/number.ts";
import { km2PerSquareMile, metresPerFoot } from "../tables/units.ts";
import { parseRdb } from "./rdb.ts";

/** Parameter codes and the unit each must come in. */
export const parameters = { discharge: "00060", temperature: "00010" } as const;
const units: Readonly<Record<string, string>> = { "00060": "ft3/s", "00010": "deg C" };
const dailyMean = "00003";

/** The address of a site's description; `base` is such as https://waterservices.usgs.gov/nwis. */
export function siteUrl(base: string, site: string): string {
  return `${base}/site/?format=rdb&sites=${site}&siteOutput=expanded&siteStatus=all`;
}

/** The address of a site's daily means of flow and water temperature. */
export function dailyUrl(base: string, site: string, from: string, to: string): string {
  const codes = Object.values(parameters).sort().join(",");
  return `${base}/dv/?format=json&sites=${site}&startDT=${from}&endDT=${to}&parameterCd=${codes}&statCd=${dailyMean}&siteStatus=all`;
}

/** What the site service says of a station. */
export interface Station {
  readonly site_id: string;
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  /** NaN where the service has none. */
  readonly elevation_m: number;
  readonly drainage_area_km2: number;
  readonly huc: string;
}

/** The station of an answer of the site service. @throws where the answer has no row of it, or no coordinates. */
export function parseStation(text: string, site: string): Station {
  const row = parseRdb("site service", text).find((one) => one.site_no === site);
  if (row === undefined) throw cannot("read site", site, "the site service's answer has no row of it");
  const number = (column: string) => parseNumber(row[column] ?? "") ?? Number.NaN;
  const [latitude, longitude] = [number("dec_lat_va"), number("dec_long_va")];
  if (Number.isNaN(latitude) || Number.isNaN(longitude))
    throw cannot("read site", site, "the site service gives no coordinates: no drivers can be fetched");
  return {
    site_id: site,
    name: row.station_nm ?? "",
    latitude,
    longitude,
    elevation_m: number("alt_va") * metresPerFoot,
    drainage_area_km2: number("drain_area_va") * km2PerSquareMile,
    huc: row.huc_cd ?? "",
  };
}

/** A day of a series: NaN where the service has no number; the codes beside it (A approved, P provisional, e, Ice). */
export interface DailyValue {
  readonly value: number;
  readonly qualifiers: readonly string[];
}

/** One series of daily means, of one sensor or method. */
export interface DailySeries {
  readonly parameter: string;
  readonly method: string;
  readonly values: ReadonlyMap<string, DailyValue>;
}

/** The part of an answer that is read; everything may be missing in an answer that is none. */
interface Answer {
  value?: {
    timeSeries?: {
      sourceInfo?: { siteCode?: { value?: string }[] };
      variable?: {
        variableCode?: { value?: string }[];
        unit?: { unitCode?: string };
        noDataValue?: number;
        options?: { option?: { optionCode?: string }[] };
      };
      values?: {
        value?: { value?: string; qualifiers?: string[]; dateTime?: string }[];
        method?: { methodDescription?: string; methodID?: number }[];
      }[];
    }[];
  };
}

/**
 * The daily means of a site in an answer of the daily-values service; a series without any value is left out.
 * @throws for text that is no such answer, and for values in another unit.
 */
export function parseDailyValues(text: string, site: string): DailySeries[] {
  const series = parseJson(text).value?.timeSeries;
  if (!Array.isArray(series)) throw cannot("read", "daily values", "the answer has no time series");
  return series.flatMap(({ sourceInfo, variable, values = [] }) => {
    const parameter = variable?.variableCode?.[0]?.value ?? "";
    const unit = units[parameter];
    const statistic = variable?.options?.option?.[0]?.optionCode;
    if (sourceInfo?.siteCode?.[0]?.value !== site || unit === undefined || statistic !== dailyMean) return [];
    if (variable?.unit?.unitCode !== unit)
      throw cannot(
        "read",
        "daily values",
        `parameter ${parameter} comes in ${variable?.unit?.unitCode}, not in ${unit}`,
      );
    return values.flatMap(({ value: days = [], method = [] }) => {
      if (days.length === 0) return [];
      const { methodID, methodDescription } = method[0] ?? {};
      return [
        {
          parameter,
          method: [methodID, methodDescription].filter(Boolean).join(" "),
          values: new Map(days.map((day) => dayOf(day, variable.noDataValue))),
        },
      ];
    });
  });
}

function parseJson(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch (error) {
    throw cannot(
      "read",
      "daily values",
      `the answer is not complete JSON: ${(error as Error).message.slice(0, 80)}`,
    );
  }
}

function dayOf(
  {
    value = "",
    qualifiers = [],
    dateTime = "",
  }: { value?: string; qualifiers?: string[]; dateTime?: string },
  noData: number | undefined,
): [string, DailyValue] {
  const date = dateTime.slice(0, 10);
  if (parseDay(date) === null) throw cannot("read", "daily values", `"${dateTime}" is not a date`);
  const number = parseNumber(value);
  // A word in place of a number says why there is none: Ice, Eqp, Bkw
  if (number === null) return [date, { value: Number.NaN, qualifiers: [...qualifiers, value] }];
  return [date, { value: number === noData ? Number.NaN : number, qualifiers }];
}
