/**
 * CAMELS-GB: Coxon et al. 2020 (doi:10.5194/essd-12-2459-2020; data doi:10.5285/8344e4f3-d2ea-44f5-8afa-86d2987543a9).
 * One file of days a basin, with weather averaged over it and flow both in m3/s and in mm a day.
 */
import { openDayTables } from "./day-table.ts";
import type { Layout } from "./layout.ts";

export const camelsGb: Layout = {
  name: "camels-gb",
  title: "CAMELS-GB",
  source: "Coxon et al. 2020",
  sign: /(^|\/)CAMELS_GB_hydromet_timeseries_(?<site>\d+)_\d{8}-\d{8}\.(csv|txt)$/,
  example: "timeseries/CAMELS_GB_hydromet_timeseries_<id>_19701001-20150930.csv",
  drivers: [
    { name: "prcp_mm", from: ["precipitation"], learn: true },
    { name: "tmean_c", from: ["temperature"], learn: true },
    { name: "srad_wm2", from: ["shortwave_rad"], learn: true },
    { name: "lrad_wm2", from: ["longwave_rad"], learn: true },
    { name: "humidity_gkg", from: ["humidity"], learn: true },
    { name: "wind_ms", from: ["windspeed"], learn: true },
    { name: "pet_mm", from: ["pet"], learn: false },
    { name: "peti_mm", from: ["peti"], learn: false },
  ],
  flow: [
    { from: "discharge_vol", unit: "m3/s" },
    { from: "discharge_spec", unit: "mm/d" },
  ],
  attributes: [
    {
      files: /^CAMELS_GB_\w+_attributes\.(csv|txt)$/,
      id: "gauge_id",
      separator: ",",
      fromFlow: /_hydrologic_/,
    },
  ],
  open: (files) => openDayTables(files, camelsGb),
};
