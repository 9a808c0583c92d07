/**
 * Infers from a column's name what it measures and in which unit: names of archives (pr, tp, tas, rsds, t2m), and names that
 * end in a unit (rain_in, tmax_k). If the mean is implausible in that unit, or in the usual one, suggests units that fit.
 */

/** A unit of a kind of variable. */
export interface Unit {
  /** The unit as messages write it. */
  readonly words: string;
  /** Endings of names that stand for it; the usual unit of a kind needs none. */
  readonly endings: readonly string[];
  /** The value in the kind's first unit. */
  to(value: number): number;
}

interface Kind {
  readonly words: string;
  readonly names: RegExp;
  /** The usual unit first. */
  readonly units: readonly Unit[];
  /** Limits of a mean over a year or more, in the usual unit. */
  readonly least: number;
  readonly most: number;
}

const unit = (words: string, endings: readonly string[], factor = 1, offset = 0): Unit => ({
  words,
  endings,
  to: (value) => (value + offset) * factor,
});

const kelvin = unit("kelvin", ["k"], 1, -273.15);
const fahrenheit = unit("degrees Fahrenheit", ["f", "degf"], 1 / 1.8, -32);
const celsius = unit("degrees Celsius", ["c", "degc"]);

const kinds: readonly Kind[] = [
  {
    words: "precipitation",
    names: /^(pr|prcp|precip|precipitation|ppt|pcp|rain|rainfall|tp|mtpr|rr)$/,
    least: 0.05,
    most: 30,
    units: [
      unit("mm a day", ["mm", "mmd", "mmday"]),
      unit("m/s", ["ms"], 86_400_000),
      unit("kg/m2/s", ["kgm2s", "kgm2s1", "mms"], 86_400),
      unit("metres a day", ["m", "md"], 1000),
      unit("inches a day", ["in", "inch", "inches"], 25.4),
      unit("mm an hour", ["mmh", "mmhr"], 24),
      unit("tenths of mm", [], 0.1),
    ],
  },
  {
    words: "air temperature",
    names: /^(tmin|tmax|tmean|tavg|tair|tas|tasmin|tasmax|t2m|mn2t|mx2t|airtemp|ta)$/,
    least: -25,
    most: 40,
    units: [celsius, kelvin, fahrenheit, unit("tenths of a degree", [], 0.1)],
  },
  {
    words: "water temperature",
    names: /^(temp|wtemp|watertemp|twater|wt|streamtemp)$/,
    least: -0.5,
    most: 35,
    units: [celsius, kelvin, fahrenheit],
  },
  {
    words: "sunlight",
    names: /^(srad|rsds|ssrd|swdown|swrad|radiation|solar|shortwave|dswrf)$/,
    least: 50,
    most: 700,
    units: [
      unit("W/m2", ["wm2"]),
      unit("MJ/m2 a day", ["mj", "mjm2", "mjm2d"], 1 / 0.0864),
      unit("J/m2 a day", ["j", "jm2"], 1 / 86_400),
      unit("kWh/m2 a day", ["kwh"], 1000 / 24),
    ],
  },
  {
    words: "vapour pressure",
    names: /^(vp|vapor|vapour|ea|vpr)$/,
    least: 50,
    most: 4500,
    units: [unit("Pa", ["pa"]), unit("hPa", ["hpa", "mbar"], 100), unit("kPa", ["kpa"], 1000)],
  },
  {
    words: "wind",
    names: /^(wind|ws|wspd|windspeed|sfcwind|u10|wind10m)$/,
    least: 0.1,
    most: 25,
    units: [
      unit("m/s", ["ms", "ms1"]),
      unit("km/h", ["kmh", "kph"], 1 / 3.6),
      unit("packed integers", [], 0.1),
    ],
  },
  {
    words: "evaporation",
    names: /^(pet|et|et0|eto|evap|evaporation|pev)$/,
    least: 0.02,
    most: 15,
    units: [
      unit("mm a day", ["mm", "mmd"]),
      unit("m/s", ["ms"], 86_400_000),
      unit("kg/m2/s", ["kgm2s", "mms"], 86_400),
      unit("metres a day", ["m"], 1000),
      unit("inches a day", ["in"], 25.4),
    ],
  },
];

/** Of discharge, whose size depends on the basin: in m3/s, given the basin's area in km2. */
export const dischargeUnits: readonly (Omit<Unit, "to"> & { to(value: number, area: number): number })[] = [
  unit("cubic metres per second", ["cms", "m3s", "m3s1", "cumecs"]),
  unit("cubic feet per second", ["cfs", "ft3s"], 0.028316846592),
  unit("litres per second", ["ls", "lps"], 0.001),
  unit("megalitres a day", ["mld", "ml"], 1 / 86.4),
  { words: "mm a day", endings: ["mm", "mmd", "mmday"], to: (value, area) => (value * area) / 86.4 },
];

const dischargeNames = /^(discharge|flow|streamflow|q|qobs|runoff)$/;

/** The parts of a name in small letters: prcp, mm. */
function partsOf(name: string): string[] {
  return name.toLowerCase().split(/[^a-z0-9]+/);
}

/** The unit in a name of discharge, by default m3/s; null for the name of something else. */
export function dischargeUnitOf(name: string): (typeof dischargeUnits)[number] | null {
  const [first = "", ...more] = partsOf(name);
  return dischargeNames.test(first) ? unitSaid(dischargeUnits, more) : null;
}

/** The mean precipitation in mm a day; null for a name of something else, and for a mean in an unknown unit. */
export function precipitationOf(name: string, mean: number): number | null {
  const [rain] = kinds as [Kind];
  const [first = "", ...more] = partsOf(name);
  if (!rain.names.test(first)) return null;
  const value = unitSaid(rain.units, more).to(mean);
  return value >= rain.least && value <= rain.most ? value : null;
}

function unitSaid<U extends { readonly endings: readonly string[] }>(
  units: readonly U[],
  parts: readonly string[],
): U {
  const said = parts.join("");
  return units.find(({ endings }) => endings.includes(said)) ?? units[0]!;
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
