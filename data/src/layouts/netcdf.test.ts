import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newFolder } from "../testing/files.ts";
import { writeNetcdf } from "../testing/netcdf.ts";
import { readNetcdf } from "./netcdf.ts";

const fixture = (name: string) => join(import.meta.dirname, "fixtures", name);
const wanted = new Set(["total_precipitation_sum", "streamflow"]);

let folder: string;
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

it.each(["xarray-netcdf4.nc", "xarray-netcdf3.nc"])("reads %s, which another program wrote", async (name) => {
  const { dates, columns } = await readNetcdf(fixture(name), wanted);
  expect(dates).toEqual(["1999-12-28", "1999-12-29", "1999-12-30", "1999-12-31", "2000-01-01", "2000-01-02"]);
  expect([...columns].sort()).toEqual([
    ["streamflow", ["", "0.73", "0.47", "0.59", "0.5", ""]],
    ["total_precipitation_sum", ["0", "1.25", "0.1", "12.34", "0", "3"]],
  ]);
});

it("reads the wanted variables only", async () => {
  const { columns } = await readNetcdf(fixture("xarray-netcdf4.nc"), new Set(["streamflow", "snow"]));
  expect([...columns.keys()]).toEqual(["streamflow"]);
});

it("has no value where a file has the default fill value, -9999 or NaN", async () => {
  const path = join(folder, "a.nc");
  await writeNetcdf(path, "2000-01-01", { streamflow: [9.96921e36, -9999, Number.NaN, -99, 1e-7] });
  const { columns } = await readNetcdf(path, wanted);
  expect(columns.get("streamflow")).toEqual(["", "", "", "-99", "1e-7"]);
});

describe("a file that cannot be read is named", () => {
  it.each([
    ["xarray-netcdf4.nc", 4000, "the HDF5 library cannot read it"],
    ["xarray-netcdf3.nc", 300, "it is not a complete NetCDF-3 file"],
    ["xarray-netcdf3.nc", 6, "it is not a complete NetCDF-3 file"],
    ["xarray-netcdf4.nc", 3, "it is not a NetCDF file"],
    ["xarray-netcdf4.nc", 0, "it is empty"],
  ])("%s, cut after %i bytes", async (name, length, cause) => {
    const path = join(folder, "cut.nc");
    writeFileSync(path, readFileSync(fixture(name)).subarray(0, length));
    await expect(readNetcdf(path, wanted)).rejects.toThrow(`Cannot read "${path}": ${cause}`);
    await expect(readNetcdf(path, wanted)).rejects.toThrow("Is the file complete? Download it again.");
  });

  it.each(["days since 2000-1-1", "days since 2000-01-01T00:00:00Z", "days since 2000-01-01 0:00 UTC"])(
    "unless its days count from midnight in another spelling: %s",
    async (units) => {
      const path = join(folder, "a.nc");
      await writeNetcdf(path, "2000-01-01", { streamflow: [1, 2] }, { units });
      expect((await readNetcdf(path, wanted)).dates).toEqual(["2000-01-01", "2000-01-02"]);
    },
  );

  it("another calendar, another unit, no dates", async () => {
    const path = join(folder, "a.nc");
    await writeNetcdf(path, "2000-01-01", { streamflow: [1, 2] }, { calendar: "noleap" });
    await expect(readNetcdf(path, wanted)).rejects.toThrow('date is in the calendar "noleap"');
    await writeNetcdf(path, "2000-01-01", { streamflow: [1, 2] }, { units: "months since 2000-01-01" });
    await expect(readNetcdf(path, wanted)).rejects.toThrow('date is in "months since 2000-01-01"');
    await writeNetcdf(path, "2000-01-01", { streamflow: [1, 2] }, { units: "hours since 2000-01-01" });
    await expect(readNetcdf(path, wanted)).rejects.toThrow("line 2: 2000-01-01 occurs twice");
  });
});
