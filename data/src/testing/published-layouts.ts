/**
 * For tests: folders with the files of published data sets, in the layouts of the papers that `layouts/` cites, with the values
 * of synthetic basins. Real files have more columns and attributes; the ones here are those that matter to an import.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BasinDay, syntheticBasin } from "./synthetic-basin.ts";

/** Which basins, and for how long. */
export interface Wanted {
  readonly sites: readonly string[];
  readonly from?: string;
  readonly days?: number;
}

const area = 250;

const text = (value: number, missing = "NaN") => (Number.isNaN(value) ? missing : String(value));

function write(folder: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function basins({ sites, from = "2001-10-01", days = 400 }: Wanted): [string, BasinDay[]][] {
  return sites.map((site) => [site, syntheticBasin(site, from, days)]);
}

/** A table as CSV. */
function csv(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  separator = ",",
): string {
  return [header, ...rows].map((row) => `${row.join(separator)}\n`).join("");
}

/** CAMELS-US: one product of forcing, streamflow, and three tables of attributes. */
export function writeCamelsUs(folder: string, wanted: Wanted, product = "daymet"): void {
  const kind = product === "daymet" ? "cida" : product.replace("_extended", "");
  const header =
    kind === "cida"
      ? "Year Mnth Day Hr dayl(s) prcp(mm/day) srad(W/m2) swe(mm) tmax(C) tmin(C) vp(Pa)"
      : "Year Mnth Day Hr Dayl(s) PRCP(mm/day) SRAD(W/m2) SWE(mm) Tmax(C) Tmin(C) Vp(Pa)";
  for (const [site, days] of basins(wanted)) {
    const rows = days.map(
      ({ date, rain, sunlight, tmax, tmin, vapour }) =>
        `${date.replaceAll("-", " ")} 12\t40000.00\t${rain}\t${sunlight}\t0.00\t${tmax}\t${tmin}\t${vapour}\n`,
    );
    const forcing = `  44.82\n 133.00\n ${area * 1e6}\n${header}\n${rows.join("")}`;
    write(folder, `basin_mean_forcing/${product}/01/${site}_lump_${kind}_forcing_leap.txt`, forcing);
    const flows = days.map(({ date, flow }) => {
      const cfs = (flow * area) / 86.4 / 0.028316846592;
      return `${site} ${date.replaceAll("-", " ")} ${Number.isNaN(flow) ? "-999.00 M" : `${cfs.toFixed(2)} A`}\n`;
    });
    write(folder, `usgs_streamflow/01/${site}_streamflow_qc.txt`, flows.join(""));
  }
  const { sites } = wanted;
  for (const [name, columns, values] of [
    ["name", ["huc_02", "gauge_name"], ["01", "SYNTHETIC river"]],
    ["topo", ["gauge_lat", "gauge_lon", "area_gages2"], [44.6, -67.9, area - 5]],
    ["hydro", ["q_mean", "runoff_ratio"], [1.7, 0.5]],
  ] as const)
    write(
      folder,
      `camels_attributes_v2.0/camels_${name}.txt`,
      csv(
        ["gauge_id", ...columns],
        sites.map((site) => [site, ...values]),
        ";",
      ),
    );
}

/** CAMELS-GB. */
export function writeCamelsGb(folder: string, wanted: Wanted): void {
  const header =
    "date,precipitation,pet,temperature,discharge_spec,discharge_vol,peti,humidity,shortwave_rad,longwave_rad,windspeed";
  for (const [site, days] of basins(wanted)) {
    const rows = days.map((day) => [
      ...[day.date, day.rain, day.pet, day.tmean],
      ...[text(day.flow), text(Number(((day.flow * area) / 86.4).toFixed(3)))],
      ...[day.pet, day.humidity, day.sunlight, day.longwave, day.wind],
    ]);
    const [first, last] = [days[0]!.date, days.at(-1)!.date].map((date) => date.replaceAll("-", ""));
    write(
      folder,
      `timeseries/CAMELS_GB_hydromet_timeseries_${site}_${first}-${last}.csv`,
      csv(header.split(","), rows),
    );
  }
  writeTables(folder, "CAMELS_GB", wanted.sites, {
    topographic: {
      gauge_name: "SYNTHETIC river at Bridge",
      gauge_lat: 52.5,
      gauge_lon: -1.5,
      gauge_elev: 61,
      area,
      elev_mean: 130,
    },
    climatic: { p_mean: 2.4, aridity: 0.6 },
    hydrologic: { q_mean: 1.1, baseflow_index: 0.5, Q5: 3, zero_q_freq: 0 },
    hydrometry: { station_type: "VA", flow_perc_complete: 97, bankfull_flow: 21, q5_uncert_upper: 12 },
  });
}

/** CAMELS-DE. */
export function writeCamelsDe(folder: string, wanted: Wanted): void {
  const header =
    "date,discharge_vol_obs,discharge_spec_obs,water_level,precipitation_mean,precipitation_stdev,humidity_mean,radiation_global_mean,temperature_mean,temperature_min,temperature_max";
  for (const [site, days] of basins(wanted)) {
    const rows = days.map((day) => [
      ...[day.date, text(Number(((day.flow * area) / 86.4).toFixed(3)), ""), text(day.flow, ""), ""],
      ...[day.rain, day.rain / 10, 70, day.sunlight, day.tmean, day.tmin, day.tmax],
    ]);
    write(folder, `timeseries/CAMELS_DE_hydromet_timeseries_${site}.csv`, csv(header.split(","), rows));
  }
  writeTables(folder, "CAMELS_DE", wanted.sites, {
    topographic: { gauge_name: "SYNTHETISCH", gauge_lat: 48.1, gauge_lon: 9.5, gauge_elev: 460, area },
    hydrologic: { q_mean: 1.1, Q95: 0.2 },
  });
}

function writeTables(
  folder: string,
  prefix: string,
  sites: readonly string[],
  tables: Readonly<Record<string, Readonly<Record<string, string | number>>>>,
): void {
  for (const [name, row] of Object.entries(tables))
    write(
      folder,
      `${prefix}_${name}_attributes.csv`,
      csv(
        ["gauge_id", ...Object.keys(row)],
        sites.map((site) => [site, ...Object.values(row)]),
      ),
    );
}

/** CAMELS-CL as of 2018 (tabs, attributes in rows) or of 2022. */
export function writeCamelsCl(folder: string, wanted: Wanted, year: 2018 | 2022): void {
  const all = basins(wanted);
  const files = {
    streamflow_m3s: ["2_CAMELScl_streamflow_m3s", "q_m3s_day", ({ flow }: BasinDay) => (flow * area) / 86.4],
    precip: ["4_CAMELScl_precip_cr2met", "precip_cr2met_mm_day", ({ rain }: BasinDay) => rain],
    tmin: ["8_CAMELScl_tmin_cr2met", "tmin_cr2met_C_day", ({ tmin }: BasinDay) => tmin],
    tmax: ["9_CAMELScl_tmax_cr2met", "tmax_cr2met_C_day", ({ tmax }: BasinDay) => tmax],
    pet: ["12_CAMELScl_pet_hargreaves", "pet_hargreaves_mm_day", ({ pet }: BasinDay) => pet],
  } as const;
  const { sites } = wanted;
  for (const [old, recent, of] of Object.values(files)) {
    const rows = all[0]![1].map(({ date }, i) =>
      all.map(([, days]) => text(of(days[i]!), year === 2018 ? '" "' : "")).toSpliced(0, 0, date),
    );
    if (year === 2022) {
      const dated = rows.map(([date, ...cells]) => [date!, ...date!.split("-"), ...cells]);
      write(folder, `${recent}.csv`, csv(["date", "year", "month", "day", ...sites], dated));
    } else
      write(
        folder,
        `${old}/${old}.txt`,
        csv(
          ['"gauge_id"', ...sites.map((site) => `"${site}"`)],
          rows.map(([date, ...cells]) => [`"${date}"`, ...cells]),
          "\t",
        ),
      );
  }
  const attributes = { gauge_name: "Río SINTÉTICO", gauge_lat: -33.4, gauge_lon: -70.5, q_mean: 1.2 };
  if (year === 2022)
    write(
      folder,
      "catchment_attributes.csv",
      csv(
        ["gauge_id", ...Object.keys(attributes), "area_km2"],
        sites.map((site) => [site, ...Object.values(attributes), area]),
      ),
    );
  else
    write(
      folder,
      "1_CAMELScl_attributes/1_CAMELScl_attributes.txt",
      csv(
        ['"gauge_id"', ...sites.map((site) => `"${site}"`)],
        Object.entries({ ...attributes, area }).map(([name, value]) => [
          `"${name}"`,
          ...sites.map(() => `"${value}"`),
        ]),
        "\t",
      ),
    );
}

/** The variables of Caravan that an import reads. */
export function caravanColumns(days: readonly BasinDay[]): Record<string, number[]> {
  const all = (of: (day: BasinDay) => number) => days.map(of);
  return {
    total_precipitation_sum: all(({ rain }) => rain),
    temperature_2m_min: all(({ tmin }) => tmin),
    temperature_2m_max: all(({ tmax }) => tmax),
    temperature_2m_mean: all(({ tmean }) => tmean),
    surface_net_solar_radiation_mean: all(({ sunlight }) => sunlight),
    surface_pressure_mean: all(({ tmean }) => Number((98 - tmean / 50).toFixed(2))),
    potential_evaporation_sum_FAO_PENMAN_MONTEITH: all(({ pet }) => pet),
    streamflow: all(({ flow }) => flow),
  };
}

/** Caravan, of the source that the ids begin with; NetCDF files are written by `writeNetcdf` (testing/netcdf.ts). */
export async function writeCaravan(
  folder: string,
  wanted: Wanted,
  writeNetcdf?: (path: string, from: string, columns: Record<string, number[]>) => Promise<void>,
): Promise<void> {
  for (const [site, days] of basins(wanted)) {
    const source = site.split("_")[0]!;
    const columns = caravanColumns(days);
    const path = (kind: string, ending: string) => `timeseries/${kind}/${source}/${site}.${ending}`;
    if (writeNetcdf !== undefined) {
      write(folder, path("netcdf", "nc"), "");
      await writeNetcdf(join(folder, path("netcdf", "nc")), days[0]!.date, columns);
    } else {
      const rows = days.map(({ date }, i) => [
        date,
        ...Object.values(columns).map((values) => text(values[i]!, "")),
      ]);
      write(folder, path("csv", "csv"), csv(["date", ...Object.keys(columns)], rows));
    }
  }
  for (const [source, sites] of Map.groupBy(wanted.sites, (site) => site.split("_")[0]!)) {
    const table = (name: string, header: string[], values: (string | number)[]) =>
      write(
        folder,
        `attributes/${source}/attributes_${name}_${source}.csv`,
        csv(
          ["gauge_id", ...header],
          sites.map((site) => [site, ...values]),
        ),
      );
    table(
      "other",
      ["area", "country", "gauge_lat", "gauge_lon", "gauge_name"],
      [area, "nowhere", 46.1, 7.2, '"SYNTHETIC river, at Bridge"'],
    );
    table("caravan", ["p_mean", "aridity_FAO_PM"], [2.4, 0.6]);
    table("hydroatlas", ["ele_mt_sav", "dis_m3_pyr", "run_mm_syr"], [400, 12, 500]);
  }
}
