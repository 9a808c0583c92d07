/**
 * The one table of units: each kind of variable with the units in which files give it, and what they are in the unit of a
 * data folder. Imports convert by it; the checks ask by it whether a column is in another unit than its name says.
 */
import { cmsOfDepth, cmsPerCfs, km2PerSquareMile, metresPerFoot } from "../tables/units.ts";

/** A unit of a kind of variable. */
export interface Unit {
  /** The unit as a mapping writes it. */
  readonly symbol: string;
  /** The unit as messages write it. */
  readonly words: string;
  /** Spellings in small letters and digits alone ("m³ s⁻¹" is m3s1); the usual unit of a kind needs none. */
  readonly spellings: readonly string[];
  /** The value is an amount that piles up over an interval (mm), not a state or a rate: parts of a day are added. */
  readonly amount: boolean;
  /** The value in the kind's usual unit; a depth of runoff needs the basin's area (km2). */
  to(value: number, area?: number): number;
}

/** What is measured. */
export interface Kind {
  readonly words: string;
  /** The usual unit first: that of a data folder. */
  readonly units: readonly Unit[];
}

const unit = (symbol: string, words: string, spellings: readonly string[], factor = 1, offset = 0): Unit => ({
  symbol,
  words,
  spellings,
  amount: false,
  to: (value) => (value + offset) * factor,
});

const amount = (symbol: string, words: string, spellings: readonly string[], factor = 1): Unit => ({
  ...unit(symbol, words, spellings, factor),
  amount: true,
});

const celsius = unit("degC", "degrees Celsius", ["c", "degc", "celsius", "degreescelsius", "gradc"]);
const kelvin = unit("K", "kelvin", ["k", "degk", "kelvin"], 1, -273.15);
const fahrenheit = unit("degF", "degrees Fahrenheit", ["f", "degf", "fahrenheit"], 1 / 1.8, -32);
const tenthsOfDegree = unit("0.1 degC", "tenths of a degree", ["01c", "01degc", "110c"], 0.1);

/** Water in a basin a day, in mm: precipitation and evaporation. An inch is 25.4 mm. */
const depthADay = [
  amount("mm", "mm a day", [
    "mm",
    "mmd",
    "mmd1",
    "mmday",
    "mmday1",
    "millimeter",
    "millimetre",
    "lm2",
    "kgm2",
  ]),
  unit("m/s", "m/s", ["ms", "ms1"], 86_400_000),
  unit("kg/m2/s", "kg/m2/s", ["kgm2s", "kgm2s1", "mms", "mms1"], 86_400),
  amount("m", "metres a day", ["m", "md", "md1", "mday"], 1000),
  amount("in", "inches a day", ["in", "inch", "inches", "ind", "inday"], 25.4),
] as const;

/** The variables whose units are known; the same names as in data folders. */
export const kinds = {
  discharge: {
    words: "discharge",
    units: [
      unit("m3/s", "cubic metres per second", [
        "cms",
        "m3s",
        "m3s1",
        "cumec",
        "cumecs",
        "m3sec",
        "cubicmeterssecond",
        "cubicmetressecond",
        "vol",
      ]),
      unit(
        "ft3/s",
        "cubic feet per second",
        ["cfs", "ft3s", "ft3s1", "cusec", "cusecs", "cubicfeetsecond"],
        cmsPerCfs,
      ),
      unit("L/s", "litres per second", ["ls", "ls1", "lps", "lsec"], 0.001),
      unit("ML/d", "megalitres a day", ["mld", "mld1", "ml", "mlday"], 1 / 86.4),
      unit("m3/d", "cubic metres a day", ["m3d", "m3d1", "m3day"], 1 / 86_400),
      {
        ...unit("mm/d", "mm a day", ["spec", "mm", "mmd", "mmd1", "mmday", "mmday1"]),
        to: (value, area = Number.NaN) => cmsOfDepth(value, area),
      },
    ],
  },
  precipitation: {
    words: "precipitation",
    units: [
      ...depthADay,
      unit("mm/h", "mm an hour", ["mmh", "mmh1", "mmhr", "mmhour"], 24),
      amount("0.1 mm", "tenths of mm", ["01mm", "110mm"], 0.1),
    ],
  },
  airTemperature: { words: "air temperature", units: [celsius, kelvin, fahrenheit, tenthsOfDegree] },
  waterTemperature: { words: "water temperature", units: [celsius, kelvin, fahrenheit] },
  sunlight: {
    words: "sunlight",
    units: [
      unit("W/m2", "W/m2", ["wm2"]),
      amount("MJ/m2", "MJ/m2 a day", ["mj", "mjm2", "mjm2d", "mjm2d1", "mjm2day"], 1 / 0.0864),
      amount("J/m2", "J/m2 a day", ["j", "jm2", "jm2d", "jm2d1"], 1 / 86_400),
      amount("J/cm2", "J/cm2 a day", ["jcm2", "jcm2d"], 10_000 / 86_400),
      amount("kWh/m2", "kWh/m2 a day", ["kwh", "kwhm2", "kwhm2d"], 1000 / 24),
    ],
  },
  vapourPressure: {
    words: "vapour pressure",
    units: [
      unit("Pa", "Pa", ["pa"]),
      unit("hPa", "hPa", ["hpa", "mbar", "mb"], 100),
      unit("kPa", "kPa", ["kpa"], 1000),
      unit("mmHg", "mmHg", ["mmhg", "torr"], 133.322_387_415),
    ],
  },
  airPressure: {
    words: "air pressure",
    units: [
      unit("hPa", "hPa", ["hpa", "mbar", "mb"]),
      unit("Pa", "Pa", ["pa"], 0.01),
      unit("kPa", "kPa", ["kpa"], 10),
      unit("mmHg", "mmHg", ["mmhg", "torr"], 1.333_223_874_15),
    ],
  },
  wind: {
    words: "wind",
    units: [
      unit("m/s", "m/s", ["ms", "ms1", "mps"]),
      unit("km/h", "km/h", ["kmh", "kmh1", "kph"], 1 / 3.6),
      unit("0.1 m/s", "packed integers", ["01ms"], 0.1),
      unit("kn", "knots", ["kn", "kt", "kts", "knots"], 1852 / 3600),
      unit("mph", "miles an hour", ["mph", "mih"], 0.447_04),
    ],
  },
  evaporation: { words: "evaporation", units: depthADay },
  humidity: {
    words: "relative humidity",
    units: [unit("%", "per cent", ["percent", "pct"]), unit("1", "shares", [], 100)],
  },
  area: {
    words: "area",
    units: [
      unit("km2", "square kilometres", ["km2", "sqkm", "squarekilometers"]),
      unit("mi2", "square miles", ["mi2", "sqmi", "squaremiles"], km2PerSquareMile),
      unit("ha", "hectares", ["ha", "hectares"], 0.01),
      unit("m2", "square metres", ["m2", "sqm"], 1e-6),
    ],
  },
  height: {
    words: "height",
    units: [
      unit("m", "metres", ["m", "masl", "mamsl", "munn", "mnn"]),
      unit("ft", "feet", ["ft", "feet"], metresPerFoot),
    ],
  },
} as const satisfies Record<string, Kind>;

/** The name of a kind. */
export type KindName = keyof typeof kinds;

/** Whether a unit of discharge is one per area (mm a day), which is no volume without the area. */
export function isDepth({ to }: Unit): boolean {
  return Number.isNaN(to(1));
}

/** The unit that a text spells, whatever its signs: "m³/s", "m3 s-1", "[°C]". Null for a text that is none of the kind's. */
export function readUnit(text: string, { units }: Kind): Unit | null {
  const exact = units.find(({ symbol }) => symbol === text.trim());
  if (exact !== undefined) return exact;
  const spelt = spellingOf(text);
  const found = units.find(({ spellings }) => spellings.includes(spelt));
  if (found === undefined || !found.amount) return found ?? null;
  // mm are an amount, mm a day a rate: an hourly value of the second is not a part of the day's sum.
  return /(d|day)1?$/.test(spelt)
    ? { ...found, symbol: `${found.symbol.replace("/d", "")}/d`, amount: false }
    : found;
}

/** Small letters and digits of a unit: exponents as digits, without signs and "per". */
function spellingOf(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/\bper\b/g, " ")
    .replaceAll("%", "percent")
    .replaceAll(/[^a-z0-9]/g, "");
}
