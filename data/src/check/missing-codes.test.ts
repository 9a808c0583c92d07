import { describe, expect, it } from "vitest";
import { missingCode } from "./missing-codes.ts";
import { edited, found } from "./testing.ts";

const of = (text: string, most?: number) => missingCode(Number(text), text, most);

describe("a code for missing is told from a value, whatever its column", () => {
  it.each([
    // NetCDF's fill values of float, double, short, int and int64; missing_value of CMIP; float32 of ArcGIS and GRIB
    ...["9.96921e36", "9.969209968386869e+36", "-32767", "-2147483647", "-9223372036854775806", "1e20"],
    ...["1.00000002004e+20", "-3.4028235e38", "3.4028235e+38", "1e30", "-1e30", "-32768", "-2147483648"],
    // USGS, HYDAT, GRDC, GHCN, Daymet, NARR, IMOS and their likes
    ...[
      "-999999",
      "-1.23456E+25",
      "-999",
      "-999.000",
      "-99",
      "-99.9",
      "-999.9",
      "-99.99",
      "-9999",
      "-9999.9",
    ],
    ...["-888", "-8888", "-888.8", "-777", "-7777", "-6666", "-6999", "-7999", "-8999"],
  ])("%s", (text) => {
    expect(of(text)).toBe('holds a code for "missing": leave the field empty');
  });

  it.each([
    ["-28316.8", "-999999, cubic feet to cubic metres"],
    ["-28316.818", "-999999, cubic feet to cubic metres"],
    ["-28317", "-999999, cubic feet to cubic metres"],
    ["-2831.66", "-99999, cubic feet to cubic metres"],
    ["-25374.6", "-999, inches to millimetres"],
    ["-10272.15", "-9999, kelvin to degrees Celsius"],
    ["-572.78", "-999, degrees Fahrenheit to Celsius"],
    ["-5572.7778", "-9999, degrees Fahrenheit to Celsius"],
    ["-9990", "-999, times 10"],
    ["-863913600", "-9999, seconds to days"],
    ["-11562.5", "-999, MJ to W"],
    ["-3047.6952", "-9999, feet to metres"],
  ])("%s after a conversion", (text, how) => {
    expect(of(text)).toBe(
      `holds a code for "missing" after a conversion of units (${how}): leave the field empty`,
    );
  });

  it("and no tide, frost, flood or sum is one", () => {
    for (const text of [
      "-98",
      "-283.14",
      "-28.2885",
      "-500.3",
      "-1500",
      "-12345.6",
      "999",
      "9999",
      "99999",
      "32767",
    ])
      expect(of(text), text).toBeNull();
    for (const text of ["0", "-0.5", "1e9", "123456789", "-65.2", "-28300", "-28330"])
      expect(of(text), text).toBeNull();
  });

  it("above 0 where no value can be", () => {
    expect(of("9999", 42)).toContain("code for");
    expect(of("999.9", 700)).toContain("code for");
    expect(of("99.99", 42)).toContain("code for");
    expect(of("99.99", 100)).toBeNull();
    expect(of("99", 42)).toBeNull();
    expect(of("9998", 42)).toBeNull();
  });
});

describe("a value far from all others", () => {
  const withValues = (values: Record<number, string>, column = "nitrate_mg_l") =>
    edited("observations", (rows) => {
      for (const [row, value] of Object.entries(values))
        rows[Number(row)] = rows[Number(row)]!.replace(/[^,]*$/, value);
    }).replace("temp_c", column);
  const repeats =
    'warning obs_file.csv 01022500: nitrate_mg_l repeats one low value far from all others: is it a code for "missing"?';

  it("that comes again is a finding, in a column of any name", async () => {
    expect(await found({ observations: withValues({ 5: "-55", 9: "-55", 40: "-55" }) })).toEqual([repeats]);
    expect(await found({ observations: withValues({ 5: "1234", 9: "1234" }) })).toEqual([
      repeats.replace("low", "high"),
    ]);
  });

  it("that comes once is one below 0 among others above", async () => {
    expect(await found({ observations: withValues({ 5: "-55" }) })).toEqual([
      repeats.replace("repeats", "has"),
    ]);
    expect(await found({ observations: withValues({ 5: "400" }) })).toEqual([]);
  });

  it("is none in flags and zeros", async () => {
    const flags = edited("drivers", (rows) => {
      for (const [i, row] of rows.entries()) rows[i] = row.replace(/[^,]*$/, i % 50 === 0 ? "1" : "0");
    }).replace("tmax_c", "filled");
    expect(await found({ drivers: flags })).toEqual([]);
    const zeros = edited("drivers", (rows) => {
      for (const [i, row] of rows.entries())
        rows[i] = row.replace(/[^,]*$/, i % 9 === 0 ? "0" : `${800 + i}`);
    }).replace("tmax_c", "swe");
    expect(await found({ drivers: zeros })).toEqual([]);
  });
});
