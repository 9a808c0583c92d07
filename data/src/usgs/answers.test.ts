import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { checkPoint, daymetUrl, parseDaymet } from "./daymet.ts";
import { nwis } from "./nwis.ts";
import { readParameters } from "./parameters.ts";
import { parseRdb } from "./rdb.ts";

const { dailyUrl, parseDailyValues, parseStation, siteUrl } = nwis;
const genuine = fileURLToPath(new URL("../../../../shared/data/fixtures", import.meta.url));
const read = (name: string) => readFile(`${genuine}/${name}`, "utf8");

describe.skipIf(!existsSync(genuine))("genuine answers (skipped without ../shared/data/fixtures)", () => {
  it("of the site service give name, coordinates, area and unit code", async () => {
    const station = parseStation(await read("nwis/site_rdb_120_thermoroute_2026.rdb"), "01435000");
    expect(station.name).toBe("NEVERSINK RIVER NEAR CLARYVILLE NY");
    expect([station.latitude, station.longitude]).toEqual([41.88994444, -74.5898056]);
    expect(station.huc).toBe("02040104");
    expect(station.drainage_area_km2).toBeCloseTo(172.4932, 4); // 66.6 square miles
    expect(station.elevation_m).toBeCloseTo(463.8538, 4); // 1521.83 feet
  });

  it("of the site service without the area leave it open", async () => {
    const station = parseStation(await read("nwis/site_rdb_dataretrieval.rdb"), "01491000");
    expect(station.latitude).toBe(38.99719444);
    expect(station.drainage_area_km2).toBeNaN();
  });

  it("of daily values: flow with its codes, and no series where the lists are empty", async () => {
    const text = await read("nwis/dv_json_01491000_01645000_2020-02-14_15_allparams.json");
    expect(parseDailyValues(text, "01491000")).toEqual([
      {
        ...{ parameter: "00060", statistic: "00003", unit: "ft3/s" },
        method: "68077",
        values: new Map([
          ["2020-02-14", { value: 466, qualifiers: ["P"] }],
          ["2020-02-15", { value: 362, qualifiers: ["P"] }],
        ]),
      },
    ]);
    expect(parseDailyValues(text, "01645000")[0]!.values.get("2020-02-15")!.value).toBe(136);
    expect(parseDailyValues(text, "01435000")).toEqual([]);
  });

  it("of RDB tables: rows that leave fields off, Ice in place of a number", async () => {
    const rows = parseRdb("rdb", await read("nwis/dv_rdb_13010065_2006-2007_00060_00010_00095.rdb"));
    expect(rows[0]).toMatchObject({
      datetime: "2006-03-09",
      "02_00060_00003": "361",
      "02_00060_00003_cd": "A",
    });
    expect(rows.find(({ datetime }) => datetime === "2007-01-11")).toMatchObject({ "02_00060_00003": "Ice" });
  });

  it("of Daymet version 4: three years, 31 December 2020 filled", async () => {
    const { elevation_m, days } = parseDaymet(await read("daymet/daymet_01435000.csv"));
    expect(elevation_m).toBe(538);
    expect(days).toHaveLength(1096);
    expect(days[0]).toEqual({
      date: "2018-01-01",
      values: [0, -22.28, -11.91, 220.34, 102.27],
      filled: false,
    });
    expect(days.find(({ date }) => date === "2020-02-29")?.filled).toBe(false);
    expect(days.filter(({ filled }) => filled)).toEqual([
      { date: "2020-12-31", values: [7.59, -9.19, 0.14, 175.07, 304.67], filled: true },
    ]);
  });

  it("of Daymet are about the point that was asked for, or refused", async () => {
    const pixel = parseDaymet(await read("daymet/daymet_01435000.csv"));
    expect(() => checkPoint(pixel, 41.88994444, -74.5898056)).not.toThrow();
    expect(() => checkPoint(pixel, 43.04, -71.2)).toThrow(
      "the response is about 41.88994444, -74.5898056 and not 43.04, -71.2",
    );
  });

  it("of Daymet version 3, with other head lines and columns", async () => {
    const { elevation_m, days } = parseDaymet(await read("daymet/daymetr_demo_data_old_format.csv"));
    expect(elevation_m).toBe(279);
    expect(days[3]).toMatchObject({
      date: "2000-01-04",
      values: [29, 6.5, 20, expect.closeTo(198.4, 3), 960],
    });
    // Between the genuine days around it
    const filled = days.find(({ date }) => date === "2000-12-31")!;
    const at = days.indexOf(filled);
    expect(filled.values[2]).toBe((days[at - 1]!.values[2]! + days[at + 1]!.values[2]!) / 2);
  });
});

describe("the addresses", () => {
  it("are those that the services document", () => {
    expect(siteUrl("https://x/nwis", "01435000")).toBe(
      "https://x/nwis/site/?format=rdb&sites=01435000&siteOutput=expanded&siteStatus=all",
    );
    expect(dailyUrl("https://x/nwis", "01435000", "1980-10-01", "2014-09-30")).toBe(
      "https://x/nwis/dv/?format=json&sites=01435000&startDT=1980-10-01&endDT=2014-09-30&parameterCd=00010,00060&statCd=00003&siteStatus=all",
    );
    expect(daymetUrl("https://y", 41.88994444, -74.5898056, "1979-10-01", "2014-09-30")).toBe(
      "https://y?lat=41.88994444&lon=-74.5898056&vars=prcp,srad,tmax,tmin,vp&start=1980-01-01&end=2014-09-30",
    );
  });
});

/** An answer of daily values with one series a call of `values`. */
function dailyAnswer(parameter: string, unit: string, ...values: [string, string, string[]][][]): string {
  return JSON.stringify({
    value: {
      timeSeries: [
        {
          sourceInfo: { siteCode: [{ value: "01435000" }] },
          variable: {
            variableCode: [{ value: parameter }],
            unit: { unitCode: unit },
            noDataValue: -999999,
            options: { option: [{ optionCode: "00003" }] },
          },
          values: values.map((days, i) => ({
            method: [{ methodID: i + 1, methodDescription: "" }],
            value: days.map(([date, value, qualifiers]) => ({
              dateTime: `${date}T00:00:00.000`,
              value,
              qualifiers,
            })),
          })),
        },
      ],
    },
  });
}

describe("daily values of other parameters and statistics", () => {
  const parameters = readParameters(["00631", "00010:00001"]);
  it("are asked for by codes and statistics", () => {
    expect(dailyUrl("https://x/nwis", "01435000", "2018-01-01", "2018-01-02", parameters)).toContain(
      "&parameterCd=00010,00631&statCd=00001,00003&",
    );
  });

  it("are read with their unit, and no others are", () => {
    const answer = dailyAnswer("00631", "mg/l as N", [["2020-01-01", "1.25", ["A"]]]);
    expect(parseDailyValues(answer, "01435000")).toEqual([]);
    expect(parseDailyValues(answer, "01435000", parameters)).toMatchObject([
      { parameter: "00631", statistic: "00003", unit: "mg/l as N" },
    ]);
    const temperature = dailyAnswer("00010", "deg C", [["2020-01-01", "5", ["A"]]]);
    expect(parseDailyValues(temperature, "01435000", parameters)).toEqual([]);
    const highest = temperature.replace('"optionCode":"00003"', '"optionCode":"00001"');
    expect(parseDailyValues(highest, "01435000", parameters)).toMatchObject([{ statistic: "00001" }]);
    expect(() => parseDailyValues(highest.replace("deg C", "deg F"), "01435000", parameters)).toThrow(
      "parameter 00010 comes in deg F, not in deg C",
    );
  });
});

describe("daily values that are not plain", () => {
  it("have no number where the service has its no-data value or a word, and keep the codes", () => {
    const answer = dailyAnswer("00060", "ft3/s", [
      ["2020-01-01", "-999999", ["P", "Ice"]],
      ["2020-01-02", "Ice", ["P"]],
      ["2020-01-03", "-5.2", ["A", "e"]],
    ]);
    expect([...parseDailyValues(answer, "01435000")[0]!.values.values()]).toEqual([
      { value: Number.NaN, qualifiers: ["P", "Ice"] },
      { value: Number.NaN, qualifiers: ["P", "Ice"] },
      { value: -5.2, qualifiers: ["A", "e"] },
    ]);
  });

  it("have no number for -999999 where the answer does not say what its no-data value is", () => {
    const answer = dailyAnswer("00060", "ft3/s", [
      ["2020-01-01", "-999999", ["P"]],
      ["2020-01-02", "-999", ["A"]],
    ]).replace('"noDataValue":-999999,', "");
    const [series] = parseDailyValues(answer, "01435000");
    expect([...series!.values.values()].map(({ value }) => value)).toEqual([Number.NaN, -999]);
  });

  it("that give a day two values are refused; the same value twice is one", () => {
    const answer = (second: string) =>
      dailyAnswer("00060", "ft3/s", [
        ["2020-01-01", "5", ["A"]],
        ["2020-01-01", second, ["A"]],
      ]);
    expect(parseDailyValues(answer("5"), "01435000")[0]!.values.size).toBe(1);
    expect(() => parseDailyValues(answer("6"), "01435000")).toThrow("2020-01-01 has two values, 5 and 6");
  });

  it("in another unit are refused", () => {
    const answer = dailyAnswer("00010", "deg F", [["2020-01-01", "50", ["A"]]]);
    expect(() => parseDailyValues(answer, "01435000")).toThrow(
      "parameter 00010 comes in deg F, not in deg C",
    );
  });

  it.each([
    ["<html>", "the response is not complete JSON"],
    ['{"value":{"timeSeries":[', "the response is not complete JSON"],
    ["{}", "the response has no time series"],
  ])("%s is refused", (text, message) => expect(() => parseDailyValues(text, "1")).toThrow(message));
});

describe("text that is no answer", () => {
  it("is refused by the site service's reader", () => {
    expect(() => parseStation("# nothing\n", "1")).toThrow("it is not an RDB table");
    const head = "agency_cd\tsite_no\tdec_lat_va\tdec_long_va\n5s\t15s\t16s\t16s\n";
    expect(() => parseStation(`${head}USGS\t02\t40\t-90\n`, "01")).toThrow(
      /response of the site service has no row for it[\s\S]*To continue without the site/,
    );
    expect(() => parseStation(`${head}USGS\t01\t\t\n`, "01")).toThrow("gives no coordinates");
    expect(() => parseStation(`${head}USGS\t01\t4`, "01")).toThrow("it ends in the middle of a row");
    expect(() => parseStation(`${head}USGS\t01\t4\t5\t6\n`, "01")).toThrow(
      "a row has 5 fields, the header has 4",
    );
  });

  it("is refused by Daymet's reader", () => {
    const head = "year,yday,prcp (mm/day),srad (W/m^2),tmax (deg c),tmin (deg c),vp (Pa)\n";
    expect(() => parseDaymet("year,yday,prcp (in)\n")).toThrow(
      "the response does not have the requested columns",
    );
    expect(() => parseDaymet(head)).toThrow("the response has no days");
    expect(() => parseDaymet(`${head}2018,1,0,220,1,-2\n`)).toThrow("line 2 is not a day with 7 numbers");
    expect(() => parseDaymet(`${head}2018,1,0,220,1,-2,30`)).toThrow("it ends in the middle of a line");
    expect(() => parseDaymet(`${head}2018,366,0,220,1,-2,3\n`)).toThrow("line 2 is not a day");
    expect(() => parseDaymet(`${head}2018,1,0,220,1,-2,3\n2018,3,0,220,1,-2,3\n`)).toThrow(
      "after 2018-01-01 comes 2018-01-03",
    );
  });
});
