/**
 * CAMELS-CL: Alvarez-Garreton et al. 2018 (doi:10.5194/hess-22-5817-2018), as published at PANGAEA in 2018
 * (doi:10.1594/PANGAEA.894885) and by CR2 in 2022. One file per variable, with a row per day and a column per basin.
 */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cannot } from "braid-engine";
import { type Day, formatDay, parseDay } from "../tables/day.ts";
import { nextDate } from "./day-table.ts";
import { type FolderFiles, fileName } from "./files.ts";
import type { AttributeFiles, Layout, LeftOut, OpenLayout, SiteDays } from "./layout.ts";
import { valueText } from "./values.ts";

/** The files by variable: of 2018, and of 2022. Of four products of precipitation, CR2MET is read, as for the temperatures. */
const variables: Readonly<Record<string, RegExp>> = {
  streamflow_m3s: /^(2_CAMELScl_streamflow_m3s\.txt|q_m3s_day\.csv)$/,
  streamflow_mm: /^(3_CAMELScl_streamflow_mm\.txt|q_mm_day\.csv)$/,
  precip_cr2met: /^(4_CAMELScl_precip_cr2met\.txt|precip_cr2met(_mm)?_day\.csv)$/,
  tmin_cr2met: /^(8_CAMELScl_tmin_cr2met\.txt|tmin_cr2met(_C)?_day\.csv)$/,
  tmax_cr2met: /^(9_CAMELScl_tmax_cr2met\.txt|tmax_cr2met(_C)?_day\.csv)$/,
  tmean_cr2met: /^(10_CAMELScl_tmean_cr2met\.txt|tmean_cr2met(_C)?_day\.csv)$/,
  pet_hargreaves: /^(12_CAMELScl_pet_hargreaves\.txt|pet_hargreaves(_mm)?_day\.csv)$/,
};

const tables: AttributeFiles = {
  files: /^1_CAMELScl_attributes\.txt$/,
  id: "gauge_id",
  separator: "\t",
  transposed: true,
  names: { elev_gauge: "elevation_m", area_km2: "drainage_area_km2" },
};

export const camelsCl: Layout = {
  name: "camels-cl",
  title: "CAMELS-CL",
  source: "Alvarez-Garreton et al. 2018",
  sign: /(^|\/)(\d+_CAMELScl_\w+\.txt|(q_m3s|q_mm|precip_cr2met(_mm)?)_day\.csv)$/,
  example:
    "2_CAMELScl_streamflow_m3s.txt, 4_CAMELScl_precip_cr2met.txt ... (2018) or q_m3s_day.csv ... (2022)",
  drivers: [
    { name: "prcp_mm", from: ["precip_cr2met"], learn: true },
    { name: "tmin_c", from: ["tmin_cr2met"], learn: true },
    { name: "tmax_c", from: ["tmax_cr2met"], learn: true },
    { name: "tmean_c", from: ["tmean_cr2met"], learn: false },
    { name: "pet_mm", from: ["pet_hargreaves"], learn: false },
  ],
  flow: [
    { from: "streamflow_m3s", unit: "m3/s" },
    { from: "streamflow_mm", unit: "mm/d" },
  ],
  attributes: [
    tables,
    { ...tables, files: /^catchment_attributes\.csv$/, separator: ",", transposed: false },
  ],
  open,
};

/** The values of one variable. */
interface Variable {
  /** Where the basins with any value stand in the rows. */
  readonly columns: ReadonlyMap<string, number>;
  /** The values of each day with any, NaN where missing. */
  readonly rows: ReadonlyMap<Day, Float64Array>;
}

async function open(files: FolderFiles): Promise<OpenLayout> {
  const read = new Map<string, Variable>();
  for (const [name, pattern] of Object.entries(variables)) {
    const [path, ...more] = files.paths.filter((one) => pattern.test(fileName(one)));
    if (more.length > 0)
      throw cannot("import CAMELS-CL from", files.folder, `there are two files of ${name}`, {
        facts: [["files", [path!, ...more].join(", ")]],
        hint: "Give a folder with one copy of the data set.",
      });
    // The same flow in another unit.
    if (path === undefined || (name === "streamflow_mm" && read.has("streamflow_m3s"))) continue;
    read.set(name, await readVariable(join(files.folder, path)));
  }
  const needed = ["precip_cr2met", "tmin_cr2met", "tmax_cr2met"];
  const lacking = needed.filter((name) => !read.has(name));
  if (!read.has("streamflow_m3s") && !read.has("streamflow_mm"))
    lacking.push("streamflow_m3s or streamflow_mm");
  if (lacking.length > 0)
    throw cannot("import CAMELS-CL from", files.folder, `it has no file of ${lacking.join(", ")}`, {
      facts: [["it has", [...read.keys()].join(", ")]],
      hint: "Download the missing files of the data set.",
    });
  const all = [...new Set([...read.values()].flatMap(({ columns }) => [...columns.keys()]))].sort();
  const required = [...read].filter(([name]) => needed.includes(name) || name.startsWith("streamflow"));
  const leftOut = all.flatMap((site): LeftOut[] => {
    const without = required.filter(([, variable]) => !variable.columns.has(site)).map(([name]) => name);
    return without.length === 0 ? [] : [{ site, why: `no value of ${without.join(", ")}` }];
  });
  const out = new Set(leftOut.map(({ site }) => site));
  const days = daysWithRain(read);
  const dates = days.map(formatDay);
  return {
    sites: all.filter((site) => !out.has(site)),
    leftOut,
    notes: [],
    read: async (site) => ({ dates, columns: columnsOf(site, read, days) }),
  };
}

/** Reads a file of one variable: the first column, or the one named `date`, has the dates; the columns of ids are basins. */
async function readVariable(path: string): Promise<Variable> {
  const separator = path.endsWith(".txt") ? "\t" : ",";
  const columns = new Map<string, number>();
  const rows = new Map<Day, Float64Array>();
  let header: string[] | undefined;
  let basins: (readonly [site: string, at: number])[] = [];
  let dateAt = 0;
  let [line, before] = [0, undefined as string | undefined];
  for await (const text of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    line++;
    if (text === "") continue;
    const cells = text.split(separator).map((cell) => cell.replaceAll('"', "").trim());
    if (header === undefined) {
      header = cells.map((cell) => cell.replace(/^\uFEFF/, ""));
      dateAt = Math.max(0, header.indexOf("date"));
      basins = [...header.entries()].flatMap(([at, site]) =>
        at !== dateAt && /^\d+$/.test(site) ? [[site, at] as const] : [],
      );
      const [twice] = basins.find(([site], i) => basins.findIndex(([other]) => other === site) !== i) ?? [];
      if (twice !== undefined)
        throw cannot("read", path, `it has two columns of basin ${twice}`, {
          hint: "Use the file as it was published.",
        });
      continue;
    }
    if (cells.length !== header.length)
      throw cannot("read", path, `line ${line} has ${cells.length} fields and the header ${header.length}`, {
        hint: "Is the file complete? Download it again.",
      });
    before = nextDate(cells[dateAt]!, before, path, line);
    // Of the many days before the first gauge, nothing is kept. Shape [basins].
    let row: Float64Array | undefined;
    for (const [i, [site, at]] of basins.entries()) {
      const value = valueText(cells[at]!, path, line, site);
      if (value === "") continue;
      row ??= new Float64Array(basins.length).fill(Number.NaN);
      row[i] = Number(value);
      columns.set(site, i);
    }
    if (row !== undefined) rows.set(parseDay(before)!, row);
  }
  if (header === undefined) throw cannot("read", path, "it is empty");
  return { columns, rows };
}

/** The days of all sites: from the first to the last with precipitation anywhere; none if no day has any. */
function daysWithRain(read: ReadonlyMap<string, Variable>): Day[] {
  const known = [...read.get("precip_cr2met")!.rows.keys()];
  const [first = 0, last = -1] = [known[0], known.at(-1)];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** The values of a site on `days`, by variable. */
function columnsOf(
  site: string,
  read: ReadonlyMap<string, Variable>,
  days: readonly Day[],
): SiteDays["columns"] {
  const columns = [...read].flatMap(([name, { columns, rows }]) => {
    const at = columns.get(site);
    if (at === undefined) return [];
    const texts = days.map((day) => {
      const value = rows.get(day)?.[at] ?? Number.NaN;
      return Number.isNaN(value) ? "" : String(value);
    });
    return [[name, texts] as const];
  });
  return new Map(columns);
}
