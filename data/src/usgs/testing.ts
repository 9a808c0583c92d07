/** For tests: the services answering with genuine answers, and `pnpm data fetch` run against them. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Answer, body, type LocalService } from "./local-service.ts";
import { nwis } from "./nwis.ts";

const genuine = fileURLToPath(new URL("../../../../shared/data/fixtures", import.meta.url));
const command = fileURLToPath(new URL("../fetch-data.ts", import.meta.url));
/** Whether the genuine answers are there. */
export const present = existsSync(genuine);
const read = (name: string) => (present ? readFile(`${genuine}/${name}`, "utf8") : "");

// Genuine answers as they came; the daily values of 01435000 are real ones in the genuine envelope.
const sites = await read("nwis/site_rdb_120_thermoroute_2026.rdb");
export const weather = await read("daymet/daymet_01435000.csv");
export const daily = {
  "01435000": await read("nwis/rewrapped/dv_01435000.json"),
  empty: await read("nwis/dv_json_01491000_01645000_2020-02-14_15_allparams.json"),
};

/** The same station and days in the form of the Water Data API. */
export function asWaterData(path: string): string {
  if (path.includes("/monitoring-locations/")) {
    const { name, longitude, latitude, huc } = nwis.parseStation(sites, "01435000");
    const properties = {
      ...{ monitoring_location_number: "01435000", monitoring_location_name: name },
      ...{ altitude: 1521.83, drainage_area: 66.6, hydrologic_unit_code: `${huc}0101` },
    };
    return JSON.stringify({ geometry: { coordinates: [longitude, latitude] }, properties });
  }
  const features = nwis.parseDailyValues(daily["01435000"], "01435000").flatMap((series, at) =>
    [...series.values].map(([time, { value, qualifiers }]) => ({
      properties: {
        ...{
          monitoring_location_id: "USGS-01435000",
          parameter_code: series.parameter,
          statistic_id: "00003",
        },
        ...{ time_series_id: String(at), time, value: String(value) },
        unit_of_measure: series.parameter === "00060" ? "ft^3/s" : "degC",
        approval_status: qualifiers.includes("P") ? "Provisional" : "Approved",
        qualifier: qualifiers.includes("e") ? ["ESTIMATED"] : null,
      },
    })),
  );
  return JSON.stringify({ features });
}

/** What the services answer when nothing is wrong. */
export function wellAnswered(path: string): Answer {
  if (path.startsWith("/ogcapi/")) return body(asWaterData(path));
  if (path.startsWith("/nwis/site/")) return body(sites);
  if (path.startsWith("/nwis/dv/"))
    return body(path.includes("sites=01435000") ? daily["01435000"] : daily.empty);
  // The weather of one point stands for every other: only the head line is made to fit.
  const [, latitude, longitude] = /lat=([-\d.]+)&lon=([-\d.]+)/.exec(path)!;
  return body(weather.replace(/^.*/, `Latitude: ${latitude}  Longitude: ${longitude}`));
}

/** Runs `pnpm data fetch` into `folder` against `service`; an answer may take `timeout` seconds. */
export function fetchInto(
  folder: string,
  service: LocalService,
  args: readonly string[],
  timeout = 20,
  signal?: AbortSignal,
): Promise<{ code: number; text: string }> {
  const options = {
    out: folder,
    "services.nwis": `${service.url}/nwis`,
    "services.waterdata": `${service.url}/ogcapi/v0`,
    "services.daymet": `${service.url}/daymet`,
    "manners.interval": 0,
    "manners.backoff": 0.01,
    "manners.retries": 2,
    "manners.timeout": timeout,
  };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return new Promise((resolve) => {
    const how = { killSignal: "SIGKILL", ...(signal === undefined ? {} : { signal }) } as const;
    execFile(process.execPath, [command, ...args, ...words], how, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, text: stdout + stderr });
    });
  });
}
