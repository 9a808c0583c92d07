/**
 * The text files of CAMELS (Newman et al. 2015; Addor et al. 2017): Daymet forcing averaged over a basin, and USGS
 * streamflow. Values keep the text they have there, but for units.
 */
import { cannot } from "braid-engine";
import { parseDay } from "../tables/day.ts";
import { formatNumber, parseNumber } from "../tables/number.ts";
import { cmsPerCfs } from "../tables/units.ts";

/** Drivers that a forcing file gives, by the names of a data folder; the unit is in the name. */
export const camelsDrivers = {
  prcp_mm: "prcp(mm/day)",
  tmin_c: "tmin(C)",
  tmax_c: "tmax(C)",
  srad_wm2: "srad(W/m2)",
  vp_pa: "vp(Pa)",
  dayl_s: "dayl(s)",
} as const;

/** A basin's forcing: head lines and one row of driver texts a day. */
export interface Forcing {
  readonly latitude: number;
  readonly elevation_m: number;
  readonly area_km2: number;
  readonly rows: readonly { readonly date: string; readonly values: readonly string[] }[];
}

/** Reads a `*_lump_cida_forcing_leap.txt`: latitude, elevation (m), area (m2), a header, rows. */
export function parseForcing(path: string, text: string): Forcing {
  const lines = text.split(/\r?\n/);
  const [latitude, elevation_m, area] = lines.slice(0, 3).map((line) => parseNumber(line.trim()));
  const header = (lines[3] ?? "").trim().split(/\s+/);
  const columns = Object.values(camelsDrivers).map((name) => header.indexOf(name));
  if (latitude == null || elevation_m == null || area == null || header[0] !== "Year" || columns.includes(-1))
    throw cannot("read forcing", path, "it does not begin like a CAMELS Daymet forcing file", {
      facts: [
        ["expected", "three numbers on a line each, then Year Mnth Day Hr dayl(s) prcp(mm/day) ..."],
        ["header", header.join(" ").slice(0, 100)],
      ],
    });
  const rows = lines.slice(4).flatMap((line, i) => {
    if (line.trim() === "") return [];
    const cells = line.trim().split(/\s+/);
    const values = columns.map((at) => cells[at] ?? "");
    const date = isoDate(cells);
    if (cells.length !== header.length || date === null || values.some((value) => isNoNumber(value)))
      throw cannot("read forcing", path, `line ${i + 5} is not a day with ${header.length} fields`, {
        facts: [["line", line.slice(0, 100)]],
      });
    return [{ date, values }];
  });
  return { latitude, elevation_m, area_km2: area / 1e6, rows };
}

/** A day of streamflow: m3/s as text, empty where CAMELS has -999 or the code M. */
export interface Flow {
  readonly date: string;
  readonly discharge_cms: string;
  readonly qualifiers: string;
}

/** Reads a `*_streamflow_qc.txt`: id, year, month, day, cubic feet per second, code (A, A:e or M). */
export function parseStreamflow(path: string, text: string, site: string): Flow[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === "") return [];
    const [id, year, month, day, cfs = "", code = "", ...more] = line.trim().split(/\s+/);
    const date = isoDate([year!, month!, day!]);
    const value = parseNumber(cfs);
    if (id !== site || date === null || value === null || Number.isNaN(value) || more.length > 0)
      throw cannot("read streamflow", path, `line ${i + 1} is not a day of ${site}`, {
        facts: [["line", line.slice(0, 100)]],
      });
    const missing = value === -999 || code === "M";
    return [{ date, discharge_cms: missing ? "" : formatNumber(value * cmsPerCfs, 6), qualifiers: code }];
  });
}

function isoDate([year, month, day]: readonly (string | undefined)[]): string | null {
  const date = `${year}-${month?.padStart(2, "0")}-${day?.padStart(2, "0")}`;
  return parseDay(date) === null ? null : date;
}

function isNoNumber(text: string): boolean {
  const value = parseNumber(text);
  return value === null || Number.isNaN(value);
}
