import { describe, expect, it } from "vitest";
import { assembleSite, observationColumns, siteColumns } from "./assemble.ts";
import type { Pixel } from "./daymet.ts";
import { readParameters } from "./parameters.ts";
import type { DailySeries, Station } from "./service.ts";

describe("a site's tables", () => {
  const station: Station = {
    site_id: "01435000",
    name: "NEVERSINK, NY",
    latitude: 41.89,
    longitude: -74.59,
    elevation_m: 463.85,
    drainage_area_km2: 172.49,
    huc: "02040104",
  };
  const series = (
    parameter: string,
    method: string,
    days: Record<string, [number, string]>,
    { statistic = "00003", unit = "" } = {},
  ): DailySeries => ({
    ...{ parameter, statistic, unit, method },
    values: new Map(
      Object.entries(days).map(([date, [value, codes]]) => [date, { value, qualifiers: codes.split(" ") }]),
    ),
  });
  const pixel = (dates: string[]): Pixel => ({
    latitude: 41.89,
    longitude: -74.59,
    elevation_m: 500,
    days: dates.map((date) => ({ date, values: [1.5, -2, 3, 200, 300], filled: date === "2020-12-31" })),
  });
  const from = "2020-12-30";
  const to = "2021-01-01";
  const dates = ["2020-12-29", "2020-12-30", "2020-12-31", "2021-01-01"];

  it("have a row per day, units converted, codes beside the values, nothing outside the period", () => {
    const tables = assembleSite(
      station,
      [
        series("00060", "1", {
          "2020-12-30": [64.9, "A"],
          "2020-12-31": [Number.NaN, "P Ice"],
          "2021-02-01": [9, "P"],
        }),
        series("00010", "2", { "2021-01-01": [0.45, "A e"] }),
      ],
      pixel(dates),
      from,
      to,
    );
    expect(tables.observations).toBe(
      // 64.9 x 0.028316846592 = 1.83776334...
      "01435000,2020-12-30,1.837763,A,,\n01435000,2020-12-31,,P Ice,,\n01435000,2021-01-01,,,0.45,A e\n",
    );
    expect(tables.drivers).toBe(
      "01435000,2020-12-30,1.5,-2,3,200,300,0\n01435000,2020-12-31,1.5,-2,3,200,300,1\n01435000,2021-01-01,1.5,-2,3,200,300,0\n",
    );
    expect(tables.site).toMatch(
      /^01435000,"NEVERSINK, NY",41.89,-74.59,463.9,172.49,02040104,0.6667,0.6667,/,
    );
    expect(tables.notes).toEqual([
      "discharge: 2 of 3 days missing",
      "discharge: 1 day provisional (P)",
      "discharge: 1 day affected by ice (Ice)",
      "water temperature: 2 of 3 days missing",
      "water temperature: 1 day estimated (e)",
      "drivers of 2020-12-31 are the mean of the days before and after: Daymet has no 31 December in leap years",
    ]);
  });

  it("use one of several temperature series, the longest, and say so", () => {
    const { observations, notes } = assembleSite(
      station,
      [
        series("00010", "8 left bank", { "2020-12-30": [1, "A"] }),
        series("00010", "9 right bank", { "2020-12-31": [2, "A"], "2021-01-01": [3, "A"] }),
      ],
      pixel(dates),
      from,
      to,
    );
    expect(observations).toBe(
      "01435000,2020-12-30,,,,\n01435000,2020-12-31,,,2,A\n01435000,2021-01-01,,,3,A\n",
    );
    expect(notes).toContain(
      "2 series of water temperature with 2, 1 days: used the first, method 9 right bank",
    );
    expect(notes).toContain("no discharge in this period");
  });

  it("have a column for each parameter that was asked for, with the unit of the answer in the notes", () => {
    const parameters = readParameters(["99133", "00010:00001", "00480", "00400", "00300"]);
    expect(observationColumns(parameters).filter((name) => !name.endsWith("_qualifiers"))).toEqual([
      ...["site_id", "date", "nitrate_mg_l", "temp_max_c", "p00480", "ph", "oxygen_mg_l"],
    ]);
    expect(siteColumns(parameters).slice(7)).toEqual([
      ...["nitrate_missing", "temp_max_missing", "p00480_missing", "ph_missing", "oxygen_missing", "notes"],
    ]);
    const { observations, notes } = assembleSite(
      station,
      [
        series("99133", "1", { "2020-12-30": [1.234, "A"] }, { unit: "mg/l as N" }),
        series("00010", "2", { "2020-12-30": [0.45, "A e"] }),
        series("00010", "3", { "2020-12-31": [3.25, "P"] }, { statistic: "00001", unit: "deg C" }),
        series("00480", "4", { "2021-01-01": [31.5, "A"] }, { unit: "PSU" }),
        series("00400", "5", { "2021-01-01": [7.2, "A"] }, { unit: "std units" }),
        series("00300", "6", { "2021-01-01": [90, "A"] }, { unit: "% saturation" }),
      ],
      pixel(dates),
      from,
      to,
      parameters,
    );
    expect(observations).toBe(
      "01435000,2020-12-30,1.234,A,,,,,,,,\n01435000,2020-12-31,,,3.25,P,,,,,,\n01435000,2021-01-01,,,,,31.5,A,7.2,A,90,A\n",
    );
    expect(notes.filter((note) => note.includes(" parameter "))).toEqual([
      "nitrate_mg_l is parameter 99133, nitrate plus nitrite as N, in situ, in mg/l as N",
      "temp_max_c is parameter 00010, water temperature (max), in deg C",
      "p00480 is parameter 00480, in PSU",
      "ph is parameter 00400, pH, in std units",
      "UNIT of oxygen_mg_l: parameter 00300, dissolved oxygen came in % saturation and not in mg/l, and is not converted",
    ]);
    expect(notes).toContain("nitrate plus nitrite as N, in situ: 2 of 3 days missing");
  });

  it("say loudly when a pixel stands for a large basin, or how large is unknown", () => {
    const notesFor = (drainage_area_km2: number) =>
      assembleSite({ ...station, drainage_area_km2 }, [], pixel(dates), from, to).notes.join();
    expect(notesFor(29000)).toContain(
      "LARGE BASIN of 29000 km2: the drivers are one 1-km pixel at the gauge",
    );
    expect(notesFor(Number.NaN)).toContain("DRAINAGE AREA UNKNOWN");
    expect(notesFor(900)).not.toContain("pixel");
  });

  it("say which days have no drivers", () => {
    const notes = (days: string[]) => assembleSite(station, [], pixel(days), from, to).notes.join();
    expect(notes(["2020-12-31", "2021-01-01"])).toContain("drivers only from 2020-12-31 to 2021-01-01");
    expect(notes([])).toContain("NO DRIVERS in this period");
  });
});
