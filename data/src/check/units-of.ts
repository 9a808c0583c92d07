/**
 * Infers from a column's name what it measures and in which unit: names of archives (pr, tp, tas, rsds, t2m), and names that
 * end in a unit (rain_in, tmax_k). If the mean is implausible in that unit, or in the usual one, suggests units that fit.
 */

import { isDepth, type Kind, kinds as table, type Unit } from "../units/kinds.ts";

/** A kind of variable with the names that archives give it. */
interface Named extends Kind {
  readonly names: RegExp;
  /** Limits of a mean over a year or more, in the usual unit. */
  readonly least: number;
  readonly most: number;
}

const precipitation: Named = {
  ...table.precipitation,
  names: /^(pr|prcp|precip|precipitation|ppt|pcp|rain|rainfall|tp|mtpr|rr)$/,
  least: 0.05,
  most: 30,
};

const kinds: readonly Named[] = [
  precipitation,
  {
    ...table.airTemperature,
    names: /^(tmin|tmax|tmean|tavg|tair|tas|tasmin|tasmax|t2m|mn2t|mx2t|airtemp|ta)$/,
    least: -25,
    most: 40,
  },
  {
    ...table.waterTemperature,
    names: /^(temp|wtemp|watertemp|twater|wt|streamtemp)$/,
    least: -0.5,
    most: 35,
  },
  {
    ...table.sunlight,
    names: /^(srad|rsds|ssrd|swdown|swrad|radiation|solar|shortwave|dswrf)$/,
    least: 50,
    most: 700,
  },
  { ...table.vapourPressure, names: /^(vp|vapor|vapour|ea|vpr)$/, least: 50, most: 4500 },
  { ...table.wind, names: /^(wind|ws|wspd|windspeed|sfcwind|u10|wind10m)$/, least: 0.1, most: 25 },
  {
    ...table.evaporation,
    names: /^(pet|et|et0|eto|evap|evaporation|pev)$/,
    least: 0.02,
    most: 15,
  },
];

/** Of discharge, whose size depends on the basin: in m3/s, given the basin's area in km2. */
export const dischargeUnits: readonly Unit[] = table.discharge.units;

/** A flow as mm a day on the basin (km2): m3/s x 86,400 s a day / (km2 x 10^6 m2) x 1000 mm. */
export function depthOf(flow: number, unit: Unit, area: number): number {
  return isDepth(unit) ? flow : (unit.to(flow) * 86.4) / area;
}

const dischargeNames = /^(discharge|flow|streamflow|q|qobs|runoff)$/;

/** Units that nothing but flow is in, so that they say what a column of any name is: abfluss_m3s. */
const onlyOfFlow = /_(cms|cumecs|cfs|(?:m|ft)3_?s_?1?)$/;

/** The parts of a name in small letters: prcp, mm. */
function partsOf(name: string): string[] {
  return name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

/** The unit of discharge that a name says: by a word of the field and its unit (q_mm_d), or by a unit of flow alone. */
export function namedFlowUnit(name: string): Unit | null {
  const [first = "", ...more] = partsOf(name);
  const alone = onlyOfFlow.exec([first, ...more].join("_"))?.[1]?.replaceAll("_", "");
  const said = alone ?? (dischargeNames.test(first) ? more.join("") : "");
  return dischargeUnits.find(({ spellings }) => spellings.includes(said)) ?? null;
}

/** The unit in a name of discharge, by default m3/s; null for the name of something else. */
export function dischargeUnitOf(name: string): Unit | null {
  const [first = ""] = partsOf(name);
  return namedFlowUnit(name) ?? (dischargeNames.test(first) ? dischargeUnits[0]! : null);
}

/**
 * True if a variable is discharge by its name: a word of the field with a unit of flow or with none (flow, q_mm_d,
 * streamflow_cfs), or any word with a unit of flow (abfluss_m3s). A discharge per area, mm a day, is one.
 */
export function isDischarge(name: string): boolean {
  const [first = "", ...more] = partsOf(name);
  return namedFlowUnit(name) !== null || (dischargeNames.test(first) && more.length === 0);
}

/** Names of precipitation in other languages, of its phases, and the letters of the field with a depth (p_mm, n_mm). */
const morePrecipitation =
  /^(prec|precipitations?|precipitacion|snow|snowfall|sf|regen|niederschlag|pluie|p|n)$/;

/** True if a driver is precipitation by its name. A lone letter counts only with a depth: p_mm, but not p_hpa. */
export function isPrecipitation(name: string): boolean {
  const [first = "", ...more] = partsOf(name);
  if (precipitation.names.test(first)) return true;
  if (!morePrecipitation.test(first)) return false;
  return first.length > 1 || precipitation.units.some(({ spellings }) => spellings.includes(more.join("")));
}

/** The mean precipitation in mm a day; null for a name of something else, and for a mean in an unknown unit. */
export function precipitationOf(name: string, mean: number): number | null {
  const [first = "", ...more] = partsOf(name);
  if (!precipitation.names.test(first)) return null;
  const value = unitSaid(precipitation.units, more).to(mean);
  return value >= precipitation.least && value <= precipitation.most ? value : null;
}

function unitSaid(units: readonly Unit[], parts: readonly string[]): Unit {
  const said = parts.join("");
  return units.find(({ spellings }) => spellings.includes(said)) ?? units[0]!;
}

/** What is odd about a column's mean, in words that follow its name; null if nothing is odd or known. */
export function oddMean(name: string, mean: number): string | null {
  const [first = "", ...more] = partsOf(name);
  const kind = kinds.find(({ names }) => names.test(first));
  if (kind === undefined) return null;
  const said = unitSaid(kind.units, more);
  const fits = ({ to }: Unit) => to(mean) >= kind.least && to(mean) <= kind.most;
  if (fits(said)) return null;
  const perhaps = kind.units.filter((one) => one !== said && fits(one)).map(({ words }) => words);
  const odd = `has an unlikely mean for ${kind.words} in ${said.words}`;
  return perhaps.length === 0 ? `${odd}: what is its unit?` : `${odd}: is its unit ${perhaps.join(" or ")}?`;
}

/** The units in which a mean is plausible for a column of this name, the usual one first; null if nothing is known of it. */
export function plausibleUnits(name: string, mean: number): readonly Unit[] | null {
  const [first = ""] = partsOf(name);
  const kind = kinds.find(({ names }) => names.test(first));
  if (kind === undefined) return null;
  return kind.units.filter(({ to }) => to(mean) >= kind.least && to(mean) <= kind.most);
}
