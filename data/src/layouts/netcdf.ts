/**
 * NetCDF files of one site: variables along the one dimension `date`. NetCDF-4 files are HDF5 files and read with h5wasm (the
 * HDF5 library as WebAssembly), NetCDF-3 files with netcdfjs; each is loaded when the first such file is read.
 */
import { open } from "node:fs/promises";
import { cannot } from "braid-engine";
import { formatDay, parseDay } from "../tables/day.ts";
import { nextDate } from "./day-table.ts";
import type { SiteDays } from "./layout.ts";
import type { Variable } from "./netcdf-variables.ts";
import { isMissing, sevenDigits } from "./values.ts";

/** Reads the wanted variables of a file, and their days. @throws for a file that is cut or not NetCDF. */
export async function readNetcdf(path: string, wanted: ReadonlySet<string>): Promise<SiteDays> {
  const names = new Set([...wanted, "date"]);
  const variables = (await isHdf5(path))
    ? await (await import("./netcdf4.ts")).readVariables(path, names)
    : await (await import("./netcdf3.ts")).readVariables(path, names);
  const date = variables.get("date");
  if (date === undefined)
    throw cannot("read", path, 'it has no variable "date"', {
      facts: [["it has", [...variables.keys()].join(", ") || "none of the wanted variables"]],
    });
  const dates = readDates(path, date);
  const columns = new Map<string, string[]>();
  for (const [name, variable] of variables) {
    if (name === "date") continue;
    if (variable.values.length !== dates.length)
      throw cannot("read", path, `${name} has ${variable.values.length} values and date has ${dates.length}`);
    columns.set(name, unpack(variable));
  }
  return { dates, columns };
}

/** Whether a file is HDF5, and so NetCDF-4; false for NetCDF-3. @throws for any other. */
async function isHdf5(path: string): Promise<boolean> {
  const file = await open(path, "r");
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0).finally(() => file.close());
  const signature = buffer.subarray(0, bytesRead).toString("latin1");
  if (signature === "\x89HDF\r\n\x1a\n") return true;
  if (["CDF\x01", "CDF\x02"].includes(signature.slice(0, 4))) return false;
  throw cannot("read", path, bytesRead === 0 ? "it is empty" : "it is not a NetCDF file", {
    hint: "Is the file complete? Download it again.",
  });
}

const secondsOf: Readonly<Record<string, number>> = { days: 86_400, hours: 3600, minutes: 60, seconds: 1 };

/** The days of a CF time variable ("days since 1951-01-01"), as ISO dates. */
function readDates(path: string, { values, attributes }: Variable): string[] {
  const units = String(attributes.get("units") ?? "");
  const calendar = String(attributes.get("calendar") ?? "standard");
  const [, unit = "", from = ""] =
    /^(\w+) since (\d{4}-\d{1,2}-\d{1,2})([T ]0{1,2}:00(:00)?(\.0+)?)?\s*(Z|UTC|\+?00:?00)?$/.exec(units) ??
    [];
  const [year, ...parts] = from.split("-");
  const [seconds, start] = [
    secondsOf[unit],
    parseDay([year, ...parts.map((one) => one.padStart(2, "0"))].join("-")),
  ];
  if (seconds === undefined || start === null)
    throw cannot("read", path, `date is in "${units}", and not in days since a day`, {
      hint: "Write it as xarray does: days since 1951-01-01.",
    });
  if (!["standard", "gregorian", "proleptic_gregorian"].includes(calendar))
    throw cannot(
      "read",
      path,
      `date is in the calendar "${calendar}", whose days are not those of observations`,
      { hint: "Convert it to the standard calendar first." },
    );
  const dates: string[] = [];
  for (let i = 0; i < values.length; i++) {
    const day = start + Math.floor((Number(values[i]) * seconds) / 86_400);
    dates.push(nextDate(Number.isFinite(day) ? formatDay(day) : "none", dates.at(-1), path, i + 1));
  }
  return dates;
}

/** What NetCDF writes for a value that nobody gave, where the file names no fill value (NC_FILL_FLOAT, NC_FILL_DOUBLE). */
const defaultFill = 9.96e36;

/** The values as text: fill values empty, packed integers unpacked (CF: stored x scale_factor + add_offset). */
function unpack({ values, attributes }: Variable): string[] {
  const number = (name: string) => {
    const value = attributes.get(name);
    return value === undefined ? undefined : Number(value);
  };
  const fills = [number("_FillValue"), number("missing_value")];
  const [scale = 1, offset = 0] = [number("scale_factor"), number("add_offset")];
  return Array.from(values, (value) => {
    const stored = Number(value);
    if (fills.includes(stored) || Math.abs(stored) >= defaultFill) return "";
    const text = sevenDigits(stored * scale + offset);
    return isMissing(text) ? "" : text;
  });
}
