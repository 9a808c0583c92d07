import { expect, it } from "vitest";
import { attributeFault } from "./attribute-fault.ts";

const fault = (name: string, text: string) => {
  const found = attributeFault(name, Number(text), text);
  return found === null ? null : `${found.level}: ${found.what}`;
};

it.each([
  ["drainage_area_km2", "-999", 'error: holds a code for "missing": leave the field empty'],
  ["drain_area_va", "-5", "error: is not above 0, as an area is: leave the field empty"],
  ["area_gages2", "0", "error: is not above 0, as an area is: leave the field empty"],
  ["elevation_m", "99999", 'error: holds a code for "missing": leave the field empty'],
  ["alt_va", "-999", 'error: holds a code for "missing": leave the field empty'],
  ["elevation_m", "-99", 'warning: may hold a code for "missing": leave the field empty if it does'],
  ["elevation_m", "12000", "warning: is not between -450 and 9000"],
  ["latitude", "-99", 'error: holds a code for "missing": leave the field empty'],
  ["latitude", "91", "warning: is not between -90 and 90"],
  ["slope", "-99", 'error: holds a code for "missing": leave the field empty'],
  ["slope", "-1", "warning: is negative"],
  ["anything", "-9999", 'error: holds a code for "missing": leave the field empty'],
  ["anything", "-99", 'warning: may hold a code for "missing": leave the field empty if it does'],
])("%s %s: %s", (name, text, expected) => {
  expect(fault(name, text)).toBe(expected);
});

it.each([
  ["longitude", "-99.9"],
  ["elevation_m", "-86"],
  ["drainage_area_km2", "9999"],
  ["slope", "0"],
  ["anything", "-5"],
])("nothing is wrong with %s %s", (name, text) => {
  expect(fault(name, text)).toBeNull();
});
