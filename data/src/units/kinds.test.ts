import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type KindName, kinds, readUnit } from "./kinds.ts";

/** The value in the unit of a data folder. */
const convert = (kind: KindName, unit: string, value: number, area?: number) =>
  readUnit(unit, kinds[kind])?.to(value, area);

// Worked out by hand: 1 ft = 0.3048 m, 1 in = 25.4 mm, 1 mi = 1609.344 m, 1 kn = 1852 m/h, a day = 86,400 s
it.each([
  ["discharge", "ft3/s", 100, 2.8316846592],
  ["discharge", "L/s", 1500, 1.5],
  ["discharge", "ML/d", 86.4, 1],
  ["discharge", "m3/d", 86_400, 1],
  ["airTemperature", "°F", 50, 10],
  ["airTemperature", "K", 283.15, 10],
  ["waterTemperature", "degF", 32, 0],
  ["precipitation", "in", 2, 50.8],
  ["precipitation", "m", 0.01, 10],
  ["precipitation", "m/s", 1e-7, 8.64],
  ["precipitation", "kg m-2 s-1", 1e-4, 8.64],
  ["precipitation", "0.1 mm", 25, 2.5],
  ["sunlight", "MJ/m²/d", 8.64, 100],
  ["sunlight", "J/cm2", 864, 100],
  ["vapourPressure", "hPa", 12, 1200],
  ["vapourPressure", "kPa", 1.2, 1200],
  ["airPressure", "Pa", 101_325, 1013.25],
  ["airPressure", "mmHg", 1, 1.333_224],
  ["wind", "km/h", 36, 10],
  ["wind", "kn", 10, 5.144_444],
  ["area", "sq mi", 1, 2.589_988],
  ["height", "ft", 100, 30.48],
] as const)("%s: %s", (kind, unit, value, expected) => {
  expect(convert(kind, unit, value)).toBeCloseTo(expected, 5);
});

it("a depth of runoff is a flow by the area of the basin", () => {
  // 1 mm on 86.4 km2 are 86,400 m3 a day
  expect(convert("discharge", "mm/d", 1, 86.4)).toBeCloseTo(1, 12);
  expect(convert("discharge", "mm/d", 1)).toBeNaN();
});

it("spellings of a unit mean the same", () => {
  for (const spelling of ["m3/s", "m³/s", "m^3/s", "m3 s-1", "m³ s⁻¹", "M3/S", "cms", "cumecs"])
    expect(readUnit(spelling, kinds.discharge)?.symbol, spelling).toBe("m3/s");
  for (const spelling of ["cfs", "ft³/s", "ft^3/s", "cubic feet per second"])
    expect(readUnit(spelling, kinds.discharge)?.symbol, spelling).toBe("ft3/s");
  for (const spelling of ["", "?", "m", "m2/s", "hogsheads"])
    expect(readUnit(spelling, kinds.discharge), spelling).toBeNull();
});

it("mm are an amount, mm a day a rate", () => {
  expect(readUnit("mm", kinds.precipitation)).toMatchObject({ symbol: "mm", amount: true });
  expect(readUnit("mm/d", kinds.precipitation)).toMatchObject({ symbol: "mm/d", amount: false });
  expect(readUnit("mm/d", kinds.precipitation)?.to(3)).toBe(3);
});

it("the README lists every unit", () => {
  const text = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const table = text.slice(text.indexOf("| variable | units |"), text.indexOf("What cannot be known"));
  for (const { units } of Object.values(kinds))
    for (const { symbol } of units)
      if (symbol !== "0.1 degC" && symbol !== "0.1 m/s") expect(table).toContain(symbol);
});
