import { describe, expect, it } from "vitest";
import { kinds } from "../../units/kinds.ts";
import { recognise, unitIn } from "./recognise.ts";

describe("a name says the variable and the unit", () => {
  it.each([
    ["discharge_cms", "discharge_cms", "m3/s"],
    ["Q [m³/s]", "discharge_cms", "m3/s"],
    ["Q_cfs", "discharge_cms", "ft3/s"],
    ["Mean daily flow (ML/d)", "discharge_cms", "ML/d"],
    ["Débit (m3 s-1)", "discharge_cms", "m3/s"],
    ["69928_00060_00003", "discharge_cms", "ft3/s"],
    ["X_00010_00003", "temp_c", "degC"],
    ["Abfluss", "discharge_cms", null],
    ["Q [hogsheads]", "discharge_cms", null],
    ["Niederschlag (mm)", "prcp_mm", "mm"],
    ["rain in", "prcp_mm", "in"],
    ["N_mm", "prcp_mm", "mm"],
    ["N [mm/d]", "prcp_mm", "mm/d"],
    ["N", undefined, null],
    ["N_mg/l", undefined, null],
    ["n [m]", undefined, null],
    ["temp_max_F", "tmax_c", "degF"],
    ["Min. Temp °C", "tmin_c", "degC"],
    ["Lufttemperatur Max", "tmax_c", null],
    ["maximum air temperature (°C)", "tmax_c", "degC"],
    ["tas", "tmean_c", null],
    ["mean air temp", "tmean_c", null],
    ["T2m K", "tmean_c", "K"],
    ["water temperature, deg F", "temp_c", "degF"],
    ["Globalstrahlung [MJ/m²/d]", "srad_wm2", "MJ/m2/d"],
    ["wind km/h", "wind_ms", "km/h"],
    ["Einzugsgebiet (km²)", "drainage_area_km2", "km2"],
    ["DRAIN_SQKM", "drainage_area_km2", null],
    ["drain_area_va", "drainage_area_km2", "mi2"],
    ["alt_va", "elevation_m", "ft"],
    ["areaKm2", "drainage_area_km2", "km2"],
    ["area", "drainage_area_km2", null],
  ])("%s", (name, target, unit) => {
    const said = recognise(name);
    expect(typeof said?.target === "object" ? said.target.name : said?.target).toBe(target);
    expect(said?.unit?.symbol ?? null).toBe(unit);
  });

  it("but not whether a temperature is of air or water, and nothing of other names", () => {
    expect(recognise("mean temp (°C)")).toMatchObject({ target: "temperature", unit: { symbol: "degC" } });
    expect(recognise("temp_F")).toMatchObject({ target: "temperature", unit: { symbol: "degF" } });
    for (const name of ["level", "Bemerkung", "remark", "01022500", "flow_direction"])
      expect(recognise(name), name).toBeNull();
  });
});

it("a name that a mapping gives says its unit, whatever else it says", () => {
  expect(unitIn("temp_F", kinds.waterTemperature)?.symbol).toBe("degF");
  expect(unitIn("my gauge [L/s]", kinds.discharge)?.symbol).toBe("L/s");
  expect(unitIn("station_7_cfs", kinds.discharge)?.symbol).toBe("ft3/s");
  expect(unitIn("N", kinds.precipitation, "mm")?.symbol).toBe("mm");
  expect(unitIn("N", kinds.precipitation)).toBeNull();
});
