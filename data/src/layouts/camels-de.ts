/**
 * CAMELS-DE: Loritz et al. 2024 (doi:10.5194/essd-16-5625-2024; data doi:10.5281/zenodo.13837553). One file of days a basin,
 * with weather averaged over it and flow both in m3/s and in mm a day. Simulated flow is in other files, which are not read.
 */
import { openDayTables } from "./day-table.ts";
import type { Layout } from "./layout.ts";

export const camelsDe: Layout = {
  name: "camels-de",
  title: "CAMELS-DE",
  source: "Loritz et al. 2024",
  sign: /(^|\/)CAMELS_DE_hydromet_timeseries_(?<site>\w+)\.csv$/,
  example: "timeseries/CAMELS_DE_hydromet_timeseries_<id>.csv",
  drivers: [
    { name: "prcp_mm", from: ["precipitation_mean"], learn: true },
    { name: "tmin_c", from: ["temperature_min"], learn: true },
    { name: "tmax_c", from: ["temperature_max"], learn: true },
    { name: "srad_wm2", from: ["radiation_global_mean"], learn: true },
    { name: "rh_percent", from: ["humidity_mean"], learn: true },
    { name: "tmean_c", from: ["temperature_mean"], learn: false },
    { name: "prcp_sd_mm", from: ["precipitation_stdev"], learn: false },
  ],
  // Before version 1.0, the columns had no "_obs".
  flow: [
    { from: "discharge_vol_obs", unit: "m3/s" },
    { from: "discharge_vol", unit: "m3/s" },
    { from: "discharge_spec_obs", unit: "mm/d" },
    { from: "discharge_spec", unit: "mm/d" },
  ],
  attributes: [
    {
      files: /^CAMELS_DE_(\w+_attributes|simulation_benchmark)\.csv$/,
      id: "gauge_id",
      separator: ",",
      fromFlow: /_hydrologic_|_simulation_/,
    },
  ],
  open: (files) => openDayTables(files, camelsDe),
};
