/** NetCDF-3 files, with netcdfjs. */
import { readFile } from "node:fs/promises";
import { cannot } from "braid-engine";
import { NetCDFReader } from "netcdfjs";
import type { Variables } from "./netcdf-variables.ts";

/** Reads the variables of these names. @throws for a file that is cut. */
export async function readVariables(path: string, names: ReadonlySet<string>): Promise<Variables> {
  const bytes = await readFile(path);
  try {
    const reader = new NetCDFReader(bytes);
    return new Map(
      reader.variables
        .filter(({ name }) => names.has(name))
        .map((variable) => [
          variable.name,
          {
            values: reader.getDataVariable(variable) as number[],
            attributes: new Map(variable.attributes.map(({ name, value }) => [name, value])),
          },
        ]),
    );
  } catch (error) {
    throw cannot("read", path, "it is not a complete NetCDF-3 file", {
      facts: [["netcdfjs says", (error as Error).message.slice(0, 100)]],
      hint: "Is the file complete? Download it again.",
    });
  }
}
