/**
 * The USGS Water Data API, api.waterdata.usgs.gov, version 0 of its OGC API: collections `daily` and
 * `monitoring-locations` as GeoJSON. It replaces the services of nwis.ts. Written from its documentation and from
 * answers that others recorded; it has not been tried on the living service yet.
 */
import { cannot } from "braid-engine";
import { parseDay } from "../tables/day.ts";
import { parseNumber } from "../tables/number.ts";
import { km2PerSquareMile, metresPerFoot } from "../tables/units.ts";
import { isAmong, queryOf, usualParameters } from "./parameters.ts";
import { byDay, type DailySeries, type DailyValue, noValue, type UsgsService } from "./service.ts";

/** Units that must be so: flow is converted, and a temperature in another unit would be plausible. */
const units: Readonly<Record<string, string>> = { "00060": "ft^3/s", "00010": "degC" };

/** The codes of nwis.ts for the words of this service, so that a config masks the same days with either. */
const codes: Readonly<Record<string, string>> = {
  Approved: "A",
  Provisional: "P",
  ESTIMATED: "e",
  ICE: "Ice",
};

/** The page size to request; the service may return less, with a link to the next page. */
const limit = 50_000;

/** The part of an answer that is read; everything may be missing in an answer that is none. */
interface Feature {
  geometry?: { coordinates?: number[] } | null;
  properties?: Record<string, unknown>;
}

interface Answer extends Feature {
  features?: Feature[];
  links?: { rel?: string; href?: string }[];
}

export const waterdata: UsgsService = {
  siteFile: "site.json",
  whenGone:
    "The service may have a new version: Braid uses v0 of api.waterdata.usgs.gov/ogcapi (data/src/usgs/waterdata.ts).",

  headers: () => (key() === "" ? {} : { "x-api-key": key() }),

  whenLimited: () =>
    key() === ""
      ? "The service allows more requests an hour to those who send a key: get one at api.waterdata.usgs.gov/signup and set API_USGS_PAT in the environment."
      : "The key in API_USGS_PAT has used up its requests of this hour.",

  pages: {
    next(text) {
      const link = (parseJson("daily values", text).links ?? []).find(({ rel }) => rel === "next");
      if (link === undefined) return null;
      if (typeof link.href === "string" && link.href !== "") return link.href;
      throw cannot("read", "daily values", "there are more, and the response does not say where");
    },
    join: (texts) =>
      JSON.stringify({
        type: "FeatureCollection",
        features: texts.flatMap((text) => parseJson("daily values", text).features ?? []),
      }),
  },

  siteUrl: (base, site) => `${base}/collections/monitoring-locations/items/USGS-${site}?f=json`,

  dailyUrl(base, site, from, to, parameters = usualParameters) {
    const [codes, statistics] = queryOf(parameters);
    return `${base}/collections/daily/items?f=json&monitoring_location_id=USGS-${site}&parameter_code=${codes}&statistic_id=${statistics}&time=${from}/${to}&skipGeometry=true&limit=${limit}`;
  },

  checkStation: (text) => void parseJson("monitoring location", text),

  parseStation(text, site) {
    const { properties = {}, geometry } = parseJson("monitoring location", text);
    if (properties.monitoring_location_number !== site)
      throw cannot("read site", site, "the response is not about it");
    const [longitude, latitude] = geometry?.coordinates ?? [];
    if (latitude === undefined || longitude === undefined)
      throw cannot("read site", site, "the service gives no coordinates: no drivers can be fetched");
    const number = (name: string) => (typeof properties[name] === "number" ? properties[name] : Number.NaN);
    return {
      site_id: site,
      name: String(properties.monitoring_location_name ?? ""),
      latitude,
      longitude,
      elevation_m: number("altitude") * metresPerFoot,
      drainage_area_km2: number("drainage_area") * km2PerSquareMile,
      // The service gives the twelve digits of a subwatershed; the first eight are the unit that nwis.ts gives.
      huc: String(properties.hydrologic_unit_code ?? "").slice(0, 8),
    };
  },

  parseDailyValues(text, site, parameters = usualParameters) {
    const { features } = parseJson("daily values", text);
    if (!Array.isArray(features)) throw cannot("read", "daily values", "the response has no features");
    const bySeries = new Map<string, Omit<DailySeries, "values"> & { days: [string, DailyValue][] }>();
    for (const { properties = {} } of features) {
      const { parameter_code, statistic_id, monitoring_location_id, unit_of_measure, time_series_id } =
        properties;
      const [parameter, statistic, unit] = [
        String(parameter_code),
        String(statistic_id),
        String(unit_of_measure),
      ];
      if (monitoring_location_id !== `USGS-${site}` || !isAmong(parameters, parameter, statistic)) continue;
      if (unit !== (units[parameter] ?? unit))
        throw cannot(
          "read",
          "daily values",
          `parameter ${parameter} comes in ${unit}, not in ${units[parameter]}`,
        );
      const method = String(time_series_id);
      const series = bySeries.get(method) ?? { parameter, statistic, unit, method, days: [] };
      bySeries.set(method, series);
      series.days.push(dayOf(properties));
    }
    return [...bySeries.values()].map(({ days, ...series }) => ({ ...series, values: byDay(days) }));
  },
};

/** The user's key; the name of the variable is that of the USGS's own clients, dataRetrieval and dataretrieval. */
function key(): string {
  return process.env.API_USGS_PAT ?? "";
}

function parseJson(what: string, text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch (error) {
    throw cannot("read", what, `the response is not complete JSON: ${(error as Error).message.slice(0, 80)}`);
  }
}

function dayOf({ time, value, approval_status, qualifier }: Record<string, unknown>): [string, DailyValue] {
  const date = String(time);
  if (parseDay(date) === null) throw cannot("read", "daily values", `"${date}" is not a date`);
  const words = [approval_status, ...(Array.isArray(qualifier) ? qualifier : [qualifier])]
    .filter((word) => typeof word === "string" && word !== "")
    .map((word) => codes[word as string] ?? (word as string).replace(/\s+/g, "_"));
  const text = value === null || value === undefined ? "" : String(value);
  const number = parseNumber(text);
  // A word in place of a number says why there is none.
  return [
    date,
    number === null
      ? { value: Number.NaN, qualifiers: [...words, text] }
      : { value: number === noValue ? Number.NaN : number, qualifiers: words },
  ];
}
