/** For tests: NetCDF-4 files as xarray writes them, by the HDF5 library itself. */
import h5wasm from "h5wasm/node";

/** Writes 32-bit variables along `date`, which counts days from the first one, `from`. */
export async function writeNetcdf(
  path: string,
  from: string,
  columns: Readonly<Record<string, readonly number[]>>,
  { units = `days since ${from} 00:00:00`, calendar = "proleptic_gregorian" } = {},
): Promise<void> {
  await h5wasm.ready;
  const file = new h5wasm.File(path, "w");
  const days = Object.values(columns)[0]!.length;
  const date = file.create_dataset({
    name: "date",
    data: BigInt64Array.from({ length: days }, (_, i) => BigInt(i)),
  });
  date.create_attribute("units", units);
  date.create_attribute("calendar", calendar);
  for (const [name, values] of Object.entries(columns)) {
    const variable = file.create_dataset({ name, data: Float32Array.from(values) });
    variable.create_attribute("_FillValue", Number.NaN, [1], "<f");
  }
  file.close();
}
