/**
 * The USGS water services that came first: NWIS "waterservices", daily values 1.x as JSON and the site service as RDB.
 * The USGS has announced to retire them early in 2027; waterdata.ts speaks to what replaces them.
 */
import { cannot } from "braid-engine";
import { parseDay } from "../tables/day.ts";
import { parseNumber } from "../tables/number.ts";
import { km2PerSquareMile, metresPerFoot } from "../tables/units.ts";
import { parseRdb } from "./rdb.ts";
import { byDay, type DailyValue, dailyMean, noValue, parameters, type UsgsService } from "./service.ts";

const units: Readonly<Record<string, string>> = {
  [parameters.discharge]: "ft3/s",
  [parameters.temperature]: "deg C",
};

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

/** The client of these services; `base` is such as https://waterservices.usgs.gov/nwis. */
export const nwis: UsgsService = {
  siteFile: "site.rdb",
  whenGone:
    "The USGS retires this service (announced for early 2027). The same command with --services.usgs waterdata asks the one that replaces it.",

  siteUrl: (base, site) => `${base}/site/?format=rdb&sites=${site}&siteOutput=expanded&siteStatus=all`,

  dailyUrl(base, site, from, to) {
    const codes = Object.values(parameters).sort().join(",");
    return `${base}/dv/?format=json&sites=${site}&startDT=${from}&endDT=${to}&parameterCd=${codes}&statCd=${dailyMean}&siteStatus=all`;
  },

  checkStation: (text) => void parseRdb("site service", text),

  parseStation(text, site) {
    const row = parseRdb("site service", text).find((one) => one.site_no === site);
    if (row === undefined)
      throw cannot("read site", site, "the site service's answer has no row of it", {
        hint: "Is the id right? Without it in --sites the same command goes on with the others.",
      });
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
  },

  parseDailyValues(text, site) {
    const series = parseJson(text).value?.timeSeries;
    if (!Array.isArray(series)) throw cannot("read", "daily values", "the answer has no time series");
    return series.flatMap(({ sourceInfo, variable, values = [] }) => {
      const parameter = variable?.variableCode?.[0]?.value ?? "";
      const unit = units[parameter];
      const statistic = variable?.options?.option?.[0]?.optionCode;
      if (sourceInfo?.siteCode?.[0]?.value !== site || unit === undefined || statistic !== dailyMean)
        return [];
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
            values: byDay(days.map((day) => dayOf(day, variable.noDataValue))),
          },
        ];
      });
    });
  },
};

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
  return [date, { value: number === noData || number === noValue ? Number.NaN : number, qualifiers }];
}
