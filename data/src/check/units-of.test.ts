import { describe, expect, it } from "vitest";
import { edited, found, soundRows, text } from "./testing.ts";
import { isDischarge, isPrecipitation, oddMean } from "./units-of.ts";

describe("a mean that is none of its kind's is asked about, with the units that fit", () => {
  it.each([
    ["pr", 2.6e-8, "has an unlikely mean for precipitation in mm a day: is its unit m/s?"],
    ["pr", 2.9e-5, "has an unlikely mean for precipitation in mm a day: is its unit kg/m2/s?"],
    [
      "tp",
      0.0025,
      "has an unlikely mean for precipitation in mm a day: is its unit metres a day or inches a day or mm an hour?",
    ],
    [
      "rain_in",
      2.6,
      "has an unlikely mean for precipitation in inches a day: is its unit mm a day or tenths of mm?",
    ],
    [
      "tas",
      283,
      "has an unlikely mean for air temperature in degrees Celsius: is its unit kelvin or tenths of a degree?",
    ],
    [
      "tmax_k",
      12,
      "has an unlikely mean for air temperature in kelvin: is its unit degrees Celsius or degrees Fahrenheit or tenths of a degree?",
    ],
    [
      "wtemp",
      55,
      "has an unlikely mean for water temperature in degrees Celsius: is its unit degrees Fahrenheit?",
    ],
    ["ssrd", 1.4e7, "has an unlikely mean for sunlight in W/m2: is its unit J/m2 a day?"],
    ["vp_kpa", 900, "has an unlikely mean for vapour pressure in kPa: is its unit Pa?"],
    ["wind", 88, "has an unlikely mean for wind in m/s: is its unit km/h or packed integers?"],
    [
      "pet",
      0.002,
      "has an unlikely mean for evaporation in mm a day: is its unit metres a day or inches a day?",
    ],
    ["tas", 5000, "has an unlikely mean for air temperature in degrees Celsius: what is its unit?"],
  ])("%s of %d", (name, mean, odd) => {
    expect(oddMean(name, mean)).toBe(odd);
  });

  it("and none that its name or kind allows", () => {
    for (const [name, mean] of [
      ["pr", 2.5],
      ["pr_ms", 2.6e-8],
      ["rain_in", 0.1],
      ["tas_k", 283],
      ["ssrd_mj", 14],
      ["snow_depth", 1e6],
      ["nitrate_mg_l", 1e-9],
    ] as const)
      expect(oddMean(name, mean), name).toBeNull();
  });
});

describe("discharge on the area of its basin", () => {
  const sites = (area: number) => text("site_id,drainage_area_km2", [`01022500,${area}`, "01435000,"]);
  const flow = (factor: number, name: string) =>
    edited("observations", (rows) => {
      for (const [i, row] of rows.entries()) {
        const cells = row.split(",");
        if (cells[2] !== "") cells[2] = String(Number(cells[2]) * factor);
        rows[i] = cells.join(",");
      }
    }).replace("discharge_cms", name);

  // 8 m3/s of 600 km2 are 1.2 mm a day, 2.5 mm fall
  it.each([
    [
      35.3147,
      "flow",
      "flow is more than three times the precipitation: is its unit cubic feet per second or megalitres a day, or",
    ],
    [
      1000,
      "streamflow_cms",
      "streamflow_cms is more than three times the precipitation: is its unit litres per second, or",
    ],
    [0.001, "q_m3s", "q_m3s is less than two thousandths of the precipitation: the area"],
  ])("x %d named %s", async (factor, name, odd) => {
    const messages = await found({ sites: sites(600), observations: flow(factor, name) });
    expect(messages.join("\n")).toContain(`warning obs_file.csv 01022500: ${odd}`);
  });

  it("in the unit of its name is not asked about", async () => {
    for (const [factor, name] of [
      [1, "flow"],
      [35.3147, "discharge_cfs"],
      [0.144, "q_mm"],
    ] as const)
      expect(
        (await found({ sites: sites(600), observations: flow(factor, name) })).join("\n"),
        name,
      ).not.toContain("precipitation");
  });

  it("per area needs no area, and what is not per area but named so is found", async () => {
    const none = text("site_id", ["01022500", "01435000"]);
    const messages = async (factor: number, name: string, list: string | null = none) =>
      (await found({ sites: list, observations: flow(factor, name) })).join("\n");
    expect(await messages(0.144, "streamflow_mm_d")).not.toContain("precipitation");
    const odd = "warning obs_file.csv 01022500: q_mm is more than three times the precipitation:";
    // 8 m3/s under the name of mm a day: 600 km2 would make 1.2 mm of it
    expect(await messages(1, "q_mm")).toContain(`${odd} what is its unit?`);
    expect(await messages(1, "q_mm", null)).toContain(`${odd} what is its unit?`);
    expect(await messages(1, "q_mm", sites(600))).toContain(`${odd} is its unit cubic metres per second?`);
    expect(await messages(0.144, "q_cms", sites(600))).not.toContain("precipitation");
    expect(await messages(0.001, "abfluss_m3s", sites(600))).toContain(
      "abfluss_m3s is less than two thousandths of the precipitation",
    );
  });

  it("of any unit is not negative", async () => {
    for (const name of ["q_mm", "streamflow_ls", "abfluss_m3s", "discharge_cms"])
      expect((await found({ observations: flow(-0.01, name) })).join("\n"), name).toContain(
        `${name} is negative`,
      );
  });

  it("is held against precipitation of any name", async () => {
    const rows = soundRows().drivers;
    const drivers = text("site_id,date,rainfall,tmin_c,tmax_c", rows);
    const messages = await found({ sites: sites(600), drivers, observations: flow(35.3147, "flow") });
    expect(messages.join("\n")).toContain("flow is more than three times the precipitation");
  });
});

it("discharge is known by a word of the field and its unit, or by a unit of flow", () => {
  for (const name of ["flow", "Q", "QObs(mm/d)", "q_mm_d-1", "streamflow_cfs", "abfluss_m3s", "debit (m3/s)"])
    expect(isDischarge(name), name).toBe(true);
  for (const name of ["flow_temp_c", "stage_m", "m3s", "mm", "baseflow_index", "nitrate_mg_l", "q_hpa"])
    expect(isDischarge(name), name).toBe(false);
});

it("precipitation is known by its name, a lone letter only with a depth", () => {
  for (const name of ["prcp_mm", "rainfall", "tp", "p_mm", "N_mm", "snowfall_mm", "Niederschlag"])
    expect(isPrecipitation(name), name).toBe(true);
  for (const name of ["tmax_c", "p_hpa", "p", "n", "pet_mm", "srad_wm2"])
    expect(isPrecipitation(name), name).toBe(false);
});
