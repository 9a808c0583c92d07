/**
 * The USGS water services that came first: NWIS "waterservices", daily values 1.x as JSON and the site service as RDB.
 * The USGS has announced to retire them early in 2027; waterdata.ts speaks to what replaces them.
 */
import { cannot } from "braid-engine";
import { parseDay } from "../tables/day.ts";
import { parseNumber } from "../tables/number.ts";
import { km2PerSquareMile, metresPerFoot } from "../tables/units.ts";
import { isAmong, queryOf, usualParameters } from "./parameters.ts";
import { parseRdb } from "./rdb.ts";
import { byDay, type DailyValue, noValue, type UsgsService } from "./service.ts";

/** Units that must be so: flow is converted, and a temperature in another unit would be plausible. */
const units: Readonly<Record<string, string>> = { "00060": "ft3/s", "00010": "deg C" };

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
    "The USGS retires this service (announced for early 2027). To use the service that replaces it, add --services.usgs waterdata.",

  siteUrl: (base, site) => `${base}/site/?format=rdb&sites=${site}&siteOutput=expanded&siteStatus=all`,

  dailyUrl(base, site, from, to, parameters = usualParameters) {
    const [codes, statistics] = queryOf(parameters);
    return `${base}/dv/?format=json&sites=${site}&startDT=${from}&endDT=${to}&parameterCd=${codes}&statCd=${statistics}&siteStatus=all`;
  },

  checkStation: (text) => void parseRdb("site service", text),

  parseStation(text, site) {
    const row = parseRdb("site service", text).find((one) => one.site_no === site);
    if (row === undefined)
      throw cannot("read site", site, "the response of the site service has no row for it", {
        hint: "Is the id right? To continue without the site, remove it from --sites.",
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

  parseDailyValues(text, site, parameters = usualParameters) {
    const series = parseJson(text).value?.timeSeries;
    if (!Array.isArray(series)) throw cannot("read", "daily values", "the response has no time series");
    return series.flatMap(({ sourceInfo, variable, values = [] }) => {
      const parameter = variable?.variableCode?.[0]?.value ?? "";
      const unit = variable?.unit?.unitCode ?? "";
      const statistic = variable?.options?.option?.[0]?.optionCode ?? "";
      if (sourceInfo?.siteCode?.[0]?.value !== site || !isAmong(parameters, parameter, statistic)) return [];
      if (unit !== (units[parameter] ?? unit))
        throw cannot(
          "read",
          "daily values",
          `parameter ${parameter} comes in ${unit}, not in ${units[parameter]}`,
        );
      return values.flatMap(({ value: days = [], method = [] }) => {
        if (days.length === 0) return [];
        const { methodID, methodDescription } = method[0] ?? {};
        return [
          {
            ...{ parameter, statistic, unit },
            method: [methodID, methodDescription].filter(Boolean).join(" "),
            values: byDay(days.map((day) => dayOf(day, variable?.noDataValue))),
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
      `the response is not complete JSON: ${(error as Error).message.slice(0, 80)}`,
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
