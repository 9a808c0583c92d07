import { expect, it } from "vitest";
import { isUsualUnit, readParameters, rolesOf, usualParameters } from "./parameters.ts";

const columns = (...texts: string[]) => readParameters(texts).map(({ column }) => column);

it("a parameter is a column with its unit, and p and its code if the table does not have it", () => {
  expect(readParameters(undefined)).toBe(usualParameters);
  expect(columns("00060", "00010", "00631", "00400")).toEqual([
    ...["discharge_cms", "temp_c", "nitrate_mg_l", "ph"],
  ]);
  expect(columns("00010:00001", "00010:00002", "00060:00008", "00010:00021", "99999")).toEqual([
    ...["temp_max_c", "temp_min_c", "discharge_median_cms", "temp_s00021_c", "p99999"],
  ]);
});

it("a parameter given twice, and two for one column, are refused", () => {
  expect(() => readParameters(["00060", "00060:00003"])).toThrow(
    'Cannot fetch parameter "00060:00003": it is given twice',
  );
  expect(() => readParameters(["00060", "00631", "99133"])).toThrow(
    /Cannot fetch parameters "00631 and 99133": both are the column nitrate_mg_l\n {2}00631 +nitrate plus nitrite as N, filtered\n {2}99133 +nitrate plus nitrite as N, in situ\n {2}Fetch one of them/,
  );
});

it("discharge is what is predicted, wherever it stands, else the first", () => {
  expect(rolesOf(readParameters(["00010", "00060"]))).toEqual(["discharge_cms", "temp_c"]);
  expect(rolesOf(readParameters(["00631", "00010"]))).toEqual(["nitrate_mg_l", "temp_c"]);
});

it("a unit is known in the spelling of either service", () => {
  const [conductance, nitrate, ph, turbidity, other] = readParameters([
    ...["00095", "99133", "00400", "63680", "00480"],
  ]);
  for (const unit of ["uS/cm @25C", "uS/cm"]) expect(isUsualUnit(conductance!, unit)).toBe(true);
  for (const unit of ["mg/l as N", "mg/L"]) expect(isUsualUnit(nitrate!, unit)).toBe(true);
  for (const unit of ["std units", "pH"]) expect(isUsualUnit(ph!, unit)).toBe(true);
  for (const unit of ["FNU", "_FNU"]) expect(isUsualUnit(turbidity!, unit)).toBe(true);
  expect(isUsualUnit(other!, "anything")).toBe(true);
  expect(isUsualUnit(nitrate!, "ug/l")).toBe(false);
  expect(isUsualUnit(nitrate!, "mg/l NO3")).toBe(false);
  expect(isUsualUnit(ph!, "mg/l")).toBe(false);
});
