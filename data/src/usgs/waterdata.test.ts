import { describe, expect, it } from "vitest";
import { readParameters } from "./parameters.ts";
import { waterdata } from "./waterdata.ts";

/**
 * A day and a station as the living service gave them in July 2026, recorded by the USGS for the tests of its own
 * client (dataretrieval 996b7a4, CC0); ids of other things than days and stations are left out.
 */
const day = {
  approval_status: "Provisional",
  last_modified: "2026-07-30T15:43:16.002990+00:00",
  monitoring_location_id: "USGS-05427718",
  parameter_code: "00060",
  qualifier: null,
  statistic_id: "00003",
  time: "2025-12-26",
  time_series_id: "90a0ea0b6d99431e9f3d91da1aa49564",
  unit_of_measure: "ft^3/s",
  value: "20.2",
};
const station = {
  geometry: { coordinates: [-73.52955169969904, 41.04777271320483], type: "Point" },
  id: "USGS-410252073314801",
  properties: {
    agency_code: "USGS",
    altitude: 9.0,
    drainage_area: null,
    hydrologic_unit_code: "011000060404",
    monitoring_location_name: "CT-STM    2",
    monitoring_location_number: "410252073314801",
  },
  type: "Feature",
};
const answer = (days: object[], links: object[] = []) =>
  JSON.stringify({
    type: "FeatureCollection",
    features: days.map((properties) => ({ type: "Feature", geometry: null, properties })),
    numberReturned: days.length,
    links,
  });
const site = "05427718";

describe("an answer of the Water Data API", () => {
  it("gives a day with the codes that the older service has", () => {
    const ice = { ...day, time: "2026-01-02", value: null, qualifier: ["ICE", "ESTIMATED"] };
    const none = { ...day, time: "2026-01-04", value: "-999999" };
    const odd = { ...day, time: "2026-01-03", approval_status: "Approved", qualifier: ["NEW CODE"] };
    expect(waterdata.parseDailyValues(answer([day, ice, odd, none]), site)).toEqual([
      {
        ...{ parameter: "00060", statistic: "00003", unit: "ft^3/s" },
        method: "90a0ea0b6d99431e9f3d91da1aa49564",
        values: new Map([
          ["2025-12-26", { value: 20.2, qualifiers: ["P"] }],
          ["2026-01-02", { value: Number.NaN, qualifiers: ["P", "Ice", "e"] }],
          ["2026-01-03", { value: 20.2, qualifiers: ["A", "NEW_CODE"] }],
          ["2026-01-04", { value: Number.NaN, qualifiers: ["P"] }],
        ]),
      },
    ]);
  });

  it("keeps series apart, and leaves out other sites, parameters and statistics", () => {
    const other = { ...day, time_series_id: "b" };
    const strange = [
      { ...day, monitoring_location_id: "USGS-01" },
      { ...day, parameter_code: "00095" },
      { ...day, statistic_id: "00001" },
    ];
    const series = waterdata.parseDailyValues(answer([day, other, ...strange]), site);
    expect(series.map(({ method }) => method)).toEqual([day.time_series_id, "b"]);
  });

  it("gives the parameters and statistics that were asked for, with their unit", () => {
    const parameters = readParameters(["99133", "00010:00002"]);
    expect(waterdata.dailyUrl("https://x", site, "2018-01-01", "2018-01-02", parameters)).toContain(
      "&parameter_code=00010,99133&statistic_id=00002,00003&",
    );
    const nitrate = { ...day, parameter_code: "99133", unit_of_measure: "mg/l", time_series_id: "n" };
    const coldest = { ...day, parameter_code: "00010", statistic_id: "00002", unit_of_measure: "degC" };
    const mean = { ...coldest, statistic_id: "00003", time_series_id: "m" };
    const series = waterdata.parseDailyValues(answer([day, nitrate, coldest, mean]), site, parameters);
    expect(series.map(({ parameter, statistic, unit }) => `${parameter} ${statistic} ${unit}`)).toEqual([
      "99133 00003 mg/l",
      "00010 00002 degC",
    ]);
  });

  it("is refused where it is cut, of another unit, without features or dates", () => {
    const refused = (text: string) => expect(() => waterdata.parseDailyValues(text, site));
    refused('{"features":[').toThrow("the response is not complete JSON");
    refused("{}").toThrow("the response has no features");
    refused(answer([{ ...day, unit_of_measure: "m^3/s" }])).toThrow(
      "parameter 00060 comes in m^3/s, not in ft^3/s",
    );
    refused(answer([{ ...day, time: "2025" }])).toThrow('"2025" is not a date');
  });

  it("names the next page as long as there is one, whatever the size of a page", () => {
    const { next, join } = waterdata.pages!;
    const link = { rel: "next", href: "https://x/daily/items?cursor=2" };
    for (const size of [1, 999, 10_000, 50_000])
      expect(next(answer(Array(size).fill(day), [{ rel: "self", href: "x" }, link]))).toBe(link.href);
    // A page of exactly the limit is whole where nothing follows it.
    expect(next(answer(Array(50_000).fill(day), [{ rel: "self" }]))).toBeNull();
    expect(next(answer([day]))).toBeNull();
    expect(() => next(answer([day], [{ rel: "next" }]))).toThrow(
      "there are more, and the response does not say where",
    );
    const pages = [answer([day], [link]), answer([{ ...day, time: "2025-12-27" }]), answer([])];
    const [series] = waterdata.parseDailyValues(join(pages), site);
    expect([...series!.values.keys()]).toEqual(["2025-12-26", "2025-12-27"]);
  });

  it("about a station gives name, coordinates and the eight-digit unit; no area is none", () => {
    expect(waterdata.parseStation(JSON.stringify(station), "410252073314801")).toEqual({
      site_id: "410252073314801",
      name: "CT-STM    2",
      latitude: 41.04777271320483,
      longitude: -73.52955169969904,
      elevation_m: expect.closeTo(2.7432, 6), // 9 feet
      drainage_area_km2: Number.NaN,
      huc: "01100006",
    });
    expect(() => waterdata.parseStation(JSON.stringify(station), "01")).toThrow(
      "the response is not about it",
    );
    expect(() =>
      waterdata.parseStation(JSON.stringify({ ...station, geometry: null }), "410252073314801"),
    ).toThrow("gives no coordinates");
    expect(() => waterdata.checkStation("{")).toThrow("the response is not complete JSON");
  });
});

it("the addresses are those that its documentation describes", () => {
  const base = "https://x/ogcapi/v0";
  expect(waterdata.siteUrl(base, site)).toBe(
    "https://x/ogcapi/v0/collections/monitoring-locations/items/USGS-05427718?f=json",
  );
  expect(waterdata.dailyUrl(base, site, "1980-10-01", "2014-09-30")).toBe(
    "https://x/ogcapi/v0/collections/daily/items?f=json&monitoring_location_id=USGS-05427718&parameter_code=00010,00060&statistic_id=00003&time=1980-10-01/2014-09-30&skipGeometry=true&limit=50000",
  );
});

it("a key of the user goes along as a header, never in the address", () => {
  const before = process.env.API_USGS_PAT;
  try {
    delete process.env.API_USGS_PAT;
    expect(waterdata.headers!()).toEqual({});
    process.env.API_USGS_PAT = "secret";
    expect(waterdata.headers!()).toEqual({ "x-api-key": "secret" });
    expect(waterdata.siteUrl("https://x", site)).not.toContain("secret");
    expect(waterdata.whenLimited!()).toBe("The key in API_USGS_PAT has used up its requests of this hour.");
    delete process.env.API_USGS_PAT;
    expect(waterdata.whenLimited!()).toContain("set API_USGS_PAT in the environment");
  } finally {
    if (before === undefined) delete process.env.API_USGS_PAT;
    else process.env.API_USGS_PAT = before;
  }
});
