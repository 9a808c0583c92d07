import { expect, test } from "vitest";
import { safeNames, seedValues, standardNameOf, unitOf } from "./cf.ts";

test.each([
  ["discharge_cms", "m3 s-1"],
  ["discharge_cfs", "ft3 s-1"],
  ["temp_c", "degree_Celsius"],
  ["nitrate_mg_l", "mg L-1"],
  ["TEMP_C", "degree_Celsius"],
  ["chlorophyll", null],
  ["basic", null],
])("the unit of %s is %s", (column, unit) => expect(unitOf(column)).toBe(unit));

test("only discharge in a volume per time has the standard name of discharge", () => {
  expect(standardNameOf("discharge_cms", true)).toEqual({
    standard_name: "water_volume_transport_in_river_channel",
  });
  expect(standardNameOf("discharge_mm", true)).toEqual({});
  expect(standardNameOf("discharge_cms", false)).toEqual({});
});

test("columns get names of letters, digits and underscores, each its own", () => {
  const columns = ["temp_c", "flow (m3/s)", "flow (m3_s)", "7Q10", "seed", "time"];
  expect([...safeNames(columns).values()]).toEqual([
    "temp_c",
    "flow__m3_s_",
    "flow__m3_s__2",
    "v_7Q10",
    "seed_2",
    "time_2",
  ]);
});

test("no array of a variable has the name of another variable's", () => {
  const columns = ["q", "q_observed", "q_log", "q_rmse"];
  expect([...safeNames(columns).values()]).toEqual(["q", "q_observed_2", "q_log_2", "q_rmse_2"]);
});

test("seeds that do not fit into 32 bits are doubles, never other seeds", () => {
  expect(seedValues([0, 2_147_483_647])).toEqual(Int32Array.of(0, 2_147_483_647));
  expect(seedValues([7, 3_000_000_000])).toEqual(Float64Array.of(7, 3_000_000_000));
});
