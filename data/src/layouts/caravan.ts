/**
 * Caravan and its extensions: Kratzert et al. 2023 (doi:10.1038/s41597-023-01975-w; data doi:10.5281/zenodo.6522634), in CSV
 * or NetCDF. ERA5-Land averaged over each basin in its local time, and flow in mm a day; the areas are in
 * `attributes_other_<source>.csv`. Ids are `<source>_<gauge>`.
 */
import { readDayTable, wantedColumns } from "./day-table.ts";
import type { FolderFiles } from "./files.ts";
import { filesBySite } from "./files.ts";
import type { AttributeFiles, Layout, OpenLayout } from "./layout.ts";
import { readNetcdf } from "./netcdf.ts";

const days = /(?:^|\/)(csv|netcdf)\/([^/]+)\/(\2_[^/]+)\.(csv|nc)$/i;

const tables: AttributeFiles = {
  files: /^attributes_other_.+\.csv$/,
  id: "gauge_id",
  separator: ",",
};

export const caravan: Layout = {
  name: "caravan",
  title: "Caravan",
  source: "Kratzert et al. 2023",
  sign: days,
  example: "timeseries/netcdf/<source>/<source>_<gauge>.nc, or csv instead of netcdf and nc",
  drivers: [
    { name: "prcp_mm", from: ["total_precipitation_sum"], learn: true },
    { name: "tmin_c", from: ["temperature_2m_min"], learn: true },
    { name: "tmax_c", from: ["temperature_2m_max"], learn: true },
    { name: "net_srad_wm2", from: ["surface_net_solar_radiation_mean"], learn: true },
    { name: "pressure_kpa", from: ["surface_pressure_mean"], learn: true },
    { name: "tmean_c", from: ["temperature_2m_mean"], learn: false },
    { name: "dewpoint_c", from: ["dewpoint_temperature_2m_mean"], learn: false },
    { name: "net_lrad_wm2", from: ["surface_net_thermal_radiation_mean"], learn: false },
    { name: "u_wind_ms", from: ["u_component_of_wind_10m_mean"], learn: false },
    { name: "v_wind_ms", from: ["v_component_of_wind_10m_mean"], learn: false },
    { name: "swe_mm", from: ["snow_depth_water_equivalent_mean"], learn: false },
    { name: "pet_mm", from: ["potential_evaporation_sum_FAO_PENMAN_MONTEITH"], learn: false },
    {
      name: "pet_era5_mm",
      from: ["potential_evaporation_sum_ERA5_LAND", "potential_evaporation_sum"],
      learn: false,
    },
  ],
  flow: [{ from: "streamflow", unit: "mm/d" }],
  attributes: [tables, { ...tables, files: /^attributes_(caravan|hydroatlas)_.+\.csv$/ }],
  open,
};

async function open(files: FolderFiles): Promise<OpenLayout> {
  const of = (kind: "csv" | "nc") =>
    filesBySite(files, (path) => {
      const [, , , site, ending] = days.exec(path) ?? [];
      return ending?.toLowerCase() === kind ? site : undefined;
    });
  const [netcdf, csv] = [of("nc"), of("csv")];
  const twice = [...csv.keys()].filter((site) => netcdf.has(site)).length;
  const wanted = wantedColumns(caravan);
  return {
    sites: [...new Set([...netcdf.keys(), ...csv.keys()])].sort(),
    leftOut: [],
    notes: twice === 0 ? [] : [`${twice} sites have both NetCDF and CSV files: the NetCDF files are used.`],
    read(site) {
      const path = netcdf.get(site);
      return path === undefined ? readDayTable(csv.get(site)!, wanted) : readNetcdf(path, wanted);
    },
  };
}
