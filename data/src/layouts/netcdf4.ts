/** NetCDF-4 files, with h5wasm. */
import { cannot } from "braid-engine";
import h5wasm from "h5wasm/node";
import type { Variable, Variables } from "./netcdf-variables.ts";

/** Reads the variables of these names. @throws for a file that is cut. */
export async function readVariables(path: string, names: ReadonlySet<string>): Promise<Variables> {
  const hdf5 = await h5wasm.ready;
  // Otherwise the library prints its stack of C functions and returns nothing.
  hdf5.activate_throwing_error_handler();
  let file: InstanceType<typeof h5wasm.File> | undefined;
  try {
    file = new h5wasm.File(path, "r");
    const variables = new Map<string, Variable>();
    for (const name of file.keys()) {
      const dataset = names.has(name) ? file.get(name) : null;
      if (!(dataset instanceof h5wasm.Dataset)) continue;
      variables.set(name, {
        values: dataset.value as ArrayLike<number | bigint>,
        attributes: new Map(
          ["units", "calendar", "_FillValue", "missing_value", "scale_factor", "add_offset"].flatMap(
            (key) => {
              const value = dataset.attrs[key]?.value;
              return value === undefined
                ? []
                : [[key, ArrayBuffer.isView(value) ? (value as Float64Array)[0] : value]];
            },
          ),
        ),
      });
    }
    return variables;
  } catch (error) {
    throw cannot("read", path, "the HDF5 library cannot read it", {
      facts: [["it says", innermost(String(error))]],
      hint: "Is the file complete? Download it again.",
    });
  } finally {
    file?.close();
  }
}

/** The innermost message of HDF5's stack: "  #006: H5Fsuper.c line 454 in H5F__super_read(): truncated file: eof = 3000, ...". */
function innermost(stack: string): string {
  return ([...stack.matchAll(/\(\): (.*)$/gm)].at(-1)?.[1] ?? stack.split("\n")[0]!).slice(0, 100);
}
