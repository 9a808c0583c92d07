/**
 * CAMELS-US: Newman et al. 2015 (doi:10.5194/hess-19-209-2015; data doi:10.5065/D6MW2F4D) and, for the attributes, Addor et
 * al. 2017 (doi:10.5194/hess-21-5293-2017). Forcing averaged over a basin in three products, and USGS streamflow.
 *
 * Of Maurer and NLDAS, the archive has one temperature for both extremes; `maurer_extended` and `nldas_extended` (Kratzert
 * et al. 2019, doi:10.4211/hs.17c896843cf940339c3c3496d0c1c077) have both.
 */
import { readFile } from "node:fs/promises";
import { cannot } from "braid-engine";
import { formatNumber, parseNumber } from "../tables/number.ts";
import { cmsPerCfs } from "../tables/units.ts";
import { nextDate } from "./day-table.ts";
import { type FolderFiles, fileName, filesBySite } from "./files.ts";
import type { Layout, LayoutOptions, LeftOut, OpenLayout, SiteDays } from "./layout.ts";
import { codeFault, codeHint, valueText } from "./values.ts";

const forcingFile = /^(\d{8})_lump_(cida|maurer|nldas)_forcing_leap\.txt$/;
const streamflowFile = /^(\d{8})_streamflow_qc\.txt$/;

const products = ["daymet", "maurer", "nldas", "maurer_extended", "nldas_extended"];

/** The columns of a forcing file after Year, Mnth, Day and Hr, in order. Their case differs between the products. */
const forcingColumns = ["dayl(s)", "prcp(mm/day)", "srad(w/m2)", "swe(mm)", "tmax(c)", "tmin(c)", "vp(pa)"];
const headerStart = ["year", "mnth", "day", "hr"];

const attributes = {
  id: "gauge_id",
  separator: ";",
  names: { huc_02: "huc" },
} as const;

export const camelsUs: Layout = {
  name: "camels-us",
  title: "CAMELS-US",
  source: "Newman et al. 2015, Addor et al. 2017",
  sign: /(^|\/)\d{8}_(lump_(cida|maurer|nldas)_forcing_leap|streamflow_qc)\.txt$/,
  example: "<id>_lump_cida_forcing_leap.txt (or maurer, nldas) and <id>_streamflow_qc.txt",
  drivers: [
    { name: "prcp_mm", from: ["prcp(mm/day)"], learn: true },
    { name: "tmin_c", from: ["tmin(c)"], learn: true },
    { name: "tmax_c", from: ["tmax(c)"], learn: true },
    { name: "srad_wm2", from: ["srad(w/m2)"], learn: true },
    { name: "vp_pa", from: ["vp(pa)"], learn: true },
    { name: "dayl_s", from: ["dayl(s)"], learn: false },
  ],
  flow: [{ from: "streamflow", unit: "m3/s" }],
  qualifiers: true,
  attributes: [
    { ...attributes, files: /^camels_(name|topo|clim|geol|soil|vege|hydro)\.txt$/, fromFlow: /hydro/ },
  ],
  forcings: products,
  open,
};

async function open(files: FolderFiles, options: LayoutOptions): Promise<OpenLayout> {
  const there = products.filter((product) => files.paths.some((path) => productOf(path) === product));
  const product = chooseProduct(files.folder, there, options.forcing);
  const forcing = filesBySite(files, (path) =>
    productOf(path) === product ? forcingFile.exec(fileName(path))![1] : undefined,
  );
  const streamflow = filesBySite(files, (path) => streamflowFile.exec(fileName(path))?.[1]);
  const sites = [...forcing.keys()].filter((site) => streamflow.has(site)).sort();
  const leftOut: LeftOut[] = [
    ...[...forcing.keys()]
      .filter((site) => !streamflow.has(site))
      .map((site) => ({ site, why: "no streamflow file" })),
    ...[...streamflow.keys()]
      .filter((site) => !forcing.has(site))
      .map((site) => ({ site, why: `no ${product} forcing file` })),
  ];
  const others = there.filter((one) => one !== product);
  const notes = [
    ...(others.length > 0
      ? [`Drivers are of ${product}; also available: ${others.join(", ")} (--forcing).`]
      : []),
    ...(product === "maurer" || product === "nldas"
      ? [
          `The archive's ${product} has one temperature a day: tmin_c and tmax_c are the same. ${product}_extended has both.`,
        ]
      : []),
  ];
  return {
    sites,
    leftOut,
    notes,
    async read(site) {
      const days = await readForcing(forcing.get(site)!, site);
      const flow = await readStreamflow(streamflow.get(site)!, site);
      const of = (date: string) => flow.get(date) ?? { discharge_cms: "", qualifiers: "" };
      return {
        ...days,
        columns: new Map([...days.columns, ["streamflow", days.dates.map((date) => of(date).discharge_cms)]]),
        qualifiers: days.dates.map((date) => of(date).qualifiers),
      };
    },
  };
}

/** The product of a forcing file: the folder says it, or else the file's name. */
function productOf(path: string): string | undefined {
  const kind = forcingFile.exec(fileName(path))?.[2];
  if (kind === undefined) return undefined;
  const folder = path.split("/").find((part) => products.includes(part));
  return folder ?? (kind === "cida" ? "daymet" : kind);
}

function chooseProduct(folder: string, there: readonly string[], wanted: string | undefined): string {
  const product = wanted ?? (there.includes("daymet") ? "daymet" : there[0]);
  if (product === undefined)
    throw cannot("import CAMELS-US from", folder, "it has streamflow and no forcing", {
      facts: [["looked for", "basin_mean_forcing/daymet/01/<id>_lump_cida_forcing_leap.txt"]],
      hint: "Give the folder that holds basin_mean_forcing and usgs_streamflow.",
    });
  if (!there.includes(product))
    throw cannot("import CAMELS-US from", folder, `it has no ${product} forcing`, {
      facts: [["it has", there.join(", ") || "none"]],
      hint: "Choose one of these with --forcing.",
    });
  return product;
}

/** Reads a forcing file: latitude, elevation (m), area (m2), a header, rows. */
export async function readForcing(path: string, site: string): Promise<SiteDays> {
  const lines = (await readFile(path, "utf8")).split(/\r?\n/);
  const [latitude, elevation_m, area] = lines.slice(0, 3).map((line) => parseNumber(line.trim()));
  if (!isNumber(latitude) || !isNumber(elevation_m) || !isNumber(area) || !isHeader(lines[3] ?? ""))
    throw cannot("read forcing", path, "it does not begin like a CAMELS forcing file", {
      facts: [
        ["expected", "three numbers on a line each, then Year Mnth Day Hr dayl(s) prcp(mm/day) ..."],
        ["header", (lines[3] ?? "").slice(0, 100)],
      ],
    });
  const dates: string[] = [];
  const columns = forcingColumns.map((): string[] => []);
  for (let i = 4; i < lines.length; i++) {
    const cells = lines[i]!.trim().split(/\s+/);
    if (cells.length === 1 && cells[0] === "") continue;
    if (cells.length !== headerStart.length + forcingColumns.length)
      throw cannot("read forcing", path, `line ${i + 1} is not a day with 11 fields`, {
        facts: [["line", lines[i]!.slice(0, 100)]],
        hint: "Is the file complete? Download it again.",
      });
    dates.push(nextDate(isoDate(cells), dates.at(-1), path, i + 1));
    for (const [at, values] of columns.entries())
      values.push(valueText(cells[headerStart.length + at]!, path, i + 1, forcingColumns[at]!));
  }
  const fixed = (value: number) => formatNumber(value, 4);
  return {
    dates,
    endsInLine: lines.at(-1) !== "",
    columns: new Map(forcingColumns.map((name, at) => [name, columns[at]!])),
    attributes: {
      name: `CAMELS basin ${site}`,
      latitude: fixed(latitude),
      elevation_m: fixed(elevation_m),
      drainage_area_km2: fixed(area / 1e6),
    },
  };
}

function isNumber(value: number | null | undefined): value is number {
  return value != null && !Number.isNaN(value);
}

/** The names of all columns, or their beginning: the header of four Maurer files is cut (02108000, 05120500, 07067000, 09492400). */
function isHeader(line: string): boolean {
  const names = line.trim().toLowerCase().split(/\s+/);
  const all = [...headerStart, ...forcingColumns];
  return (
    names.length >= headerStart.length &&
    names.every((name, i) => all[i]?.startsWith(name) ?? false) &&
    headerStart.every((name, i) => names[i] === name)
  );
}

/** A day of streamflow: m3/s as text, empty if CAMELS has -999 or the code M. */
interface Flow {
  readonly discharge_cms: string;
  readonly qualifiers: string;
}

/** Reads a streamflow file by date: id, year, month, day, cubic feet per second, code (A, A:e or M). */
export async function readStreamflow(path: string, site: string): Promise<Map<string, Flow>> {
  const flows = new Map<string, Flow>();
  let before: string | undefined;
  for (const [i, line] of (await readFile(path, "utf8")).split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const [id, year, month, day, cfs = "", code = "", ...more] = line.trim().split(/\s+/);
    const value = parseNumber(cfs);
    if (id !== site || value === null || Number.isNaN(value) || code === "" || more.length > 0)
      throw cannot("read streamflow", path, `line ${i + 1} is not a day of ${site}`, {
        facts: [
          ["expected", "id, year, month, day, cubic feet per second, code"],
          ["line", line.slice(0, 100)],
        ],
        hint: "Is the file complete? Download it again.",
      });
    const date = nextDate(isoDate([year, month, day]), before, path, i + 1);
    before = date;
    const missing = value === -999 || code === "M";
    const fault = missing ? null : codeFault("streamflow", cfs, date);
    if (fault !== null) throw cannot("read streamflow", path, `line ${i + 1}: ${fault}`, { hint: codeHint });
    flows.set(date, {
      discharge_cms: missing ? "" : formatNumber(value * cmsPerCfs, 6),
      qualifiers: code,
    });
  }
  return flows;
}

function isoDate([year, month, day]: readonly (string | undefined)[]): string {
  return `${year}-${month?.padStart(2, "0")}-${day?.padStart(2, "0")}`;
}
