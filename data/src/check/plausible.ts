/**
 * What values of a column look like when its unit is what its name says. Outside the limits a value is suspicious,
 * not wrong; a mean outside `mean` means that the whole column is probably in another unit.
 */
import { isDepth } from "../units/kinds.ts";
import { namedFlowUnit } from "./units-of.ts";

export interface Plausible {
  readonly least: number;
  readonly most: number;
  /** Limits of a site's mean, and what the unit may be instead. */
  readonly mean?: { readonly least?: number; readonly most?: number; readonly perhaps: string };
  /** So many equal values in a row that are not zero look like a stuck instrument. */
  readonly stuckDays?: number;
}

const airTemperature: Plausible = {
  least: -65,
  most: 58,
  mean: { least: -25, most: 40, perhaps: "degrees Fahrenheit or kelvin" },
  stuckDays: 10,
};

const byColumn: Readonly<Record<string, Plausible>> = {
  discharge_cms: { least: 0, most: 50_000, stuckDays: 60 },
  discharge_cfs: { least: 0, most: 1_800_000, stuckDays: 60 },
  temp_c: {
    least: -0.5,
    most: 42,
    mean: { least: -0.5, most: 35, perhaps: "degrees Fahrenheit or kelvin" },
    stuckDays: 30,
  },
  prcp_mm: {
    least: 0,
    most: 700,
    mean: { least: 0.05, most: 30, perhaps: "inches, metres or a flux in kg/m2/s" },
    stuckDays: 10,
  },
  tmin_c: airTemperature,
  tmax_c: airTemperature,
  tmean_c: airTemperature,
  srad_wm2: {
    least: 0,
    most: 1000,
    mean: { least: 50, most: 700, perhaps: "MJ/m2/day or J/m2" },
    stuckDays: 20,
  },
  vp_pa: {
    least: 0,
    most: 6000,
    mean: { least: 50, most: 4500, perhaps: "kPa, hPa or mmHg" },
    stuckDays: 20,
  },
  wind_ms: { least: 0, most: 60, mean: { most: 25, perhaps: "km/h, or packed integers" }, stuckDays: 20 },
};

/** No river carries more: m3/s, and mm a day on its basin. */
const mostFlow = { cms: 50_000, depth: 1000 };

/** The plausible range of a column by its name, or of discharge by its unit. */
export function plausible(column: string): Plausible | undefined {
  const known = byColumn[column];
  if (known !== undefined) return known;
  const flow = namedFlowUnit(column);
  if (flow === null) return undefined;
  return { least: 0, most: isDepth(flow) ? mostFlow.depth : mostFlow.cms / flow.to(1), stuckDays: 60 };
}

/** What is odd about a day's least and greatest air temperature together; null if nothing is, or one is missing. */
export function oddExtremes(tmin: number, tmax: number): string | null {
  return tmin > tmax ? "tmin_c is above tmax_c" : null;
}
