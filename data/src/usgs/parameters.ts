/**
 * The parameters of a fetch: codes of the USGS, each with the statistic of its daily values, and the columns of
 * obs_file.csv that they become. A code that is not in the table becomes p<code>, in the unit of the answer.
 */
import { cannot } from "braid-engine";
import { cmsPerCfs } from "../tables/units.ts";

/** One column to fetch. */
export interface Parameter {
  readonly code: string;
  readonly statistic: string;
  /** The column of obs_file.csv; its unit is the end of the name. */
  readonly column: string;
  /** The name without the unit, for columns about the column. */
  readonly short: string;
  /** What it is, for notes. */
  readonly words: string;
  /** What a value is multiplied by. */
  readonly factor: number;
  readonly decimals: number;
  /** The unit before, as one of the services writes it; null if the table has none. */
  readonly unit: string | null;
}

/** The daily mean. */
const dailyMean = "00003";

/** What the name of a column says of another statistic than the mean. */
const statistics: Readonly<Record<string, string>> = {
  "00001": "max",
  "00002": "min",
  "00006": "sum",
  "00008": "median",
};

type Known = readonly [short: string, unit: string, words: string, given: string];

/** By code: the name of the column, its unit, what it is and the unit of the service. Only flow is converted. */
const known: Readonly<Record<string, Known>> = {
  "00010": ["temp", "c", "water temperature", "deg C"],
  "00060": ["discharge", "cms", "discharge", "ft3/s"],
  "00065": ["gage_height", "ft", "gage height", "ft"],
  "00095": ["conductance", "us_cm", "specific conductance at 25 degrees C", "uS/cm"],
  "00300": ["oxygen", "mg_l", "dissolved oxygen", "mg/l"],
  "00400": ["ph", "", "pH", "std units"],
  "00631": ["nitrate", "mg_l", "nitrate plus nitrite as N, filtered", "mg/l"],
  "63680": ["turbidity", "fnu", "turbidity", "FNU"],
  "80154": ["sediment", "mg_l", "suspended sediment", "mg/l"],
  "99133": ["nitrate", "mg_l", "nitrate plus nitrite as N, in situ", "mg/l"],
  "99137": ["nitrate", "mg_l", "nitrate as N, in situ", "mg/l"],
};

const discharge = "00060";
const temperature = "00010";
const acidity = "00400";

/** The parameters of a fetch whose config names none: daily means of flow and of water temperature. */
export const usualParameters: readonly Parameter[] = [parseParameter(discharge), parseParameter(temperature)];

/** What a parameter is written as in a config: a code, and a statistic if it is not the mean. */
export const parameterPattern = /^\d{5}(:\d{5})?$/;

/** The parameter of `99133` or `00010:00001`. */
export function parseParameter(text: string): Parameter {
  const [code = "", statistic = dailyMean] = text.split(":");
  const [name, unit, words, given] = known[code] ?? [`p${code}`, "", `parameter ${code}`, null];
  const kind = statistic === dailyMean ? "" : (statistics[statistic] ?? `s${statistic}`);
  const short = [name, kind].filter(Boolean).join("_");
  return {
    ...{ code, statistic, short },
    column: [short, unit].filter(Boolean).join("_"),
    words: kind === "" ? words : `${words} (${kind})`,
    factor: code === discharge ? cmsPerCfs : 1,
    decimals: code === temperature ? 2 : 6,
    unit: given,
  };
}

/**
 * The parameters that a config names; the usual ones where it names none.
 * @throws for a parameter given twice, and for two that would be the same column.
 */
export function readParameters(texts: readonly string[] | undefined): readonly Parameter[] {
  if (texts === undefined) return usualParameters;
  const parameters = texts.map(parseParameter);
  for (const [i, one] of parameters.entries()) {
    const other = parameters.slice(0, i).find(({ column }) => column === one.column);
    if (other === undefined) continue;
    if (other.code === one.code) throw cannot("fetch parameter", texts[i]!, "it is given twice");
    throw cannot("fetch parameters", `${other.code} and ${one.code}`, `both are the column ${one.column}`, {
      facts: [
        [other.code, other.words],
        [one.code, one.words],
      ],
      hint: "Fetch one of them, or the other into another folder.",
    });
  }
  return parameters;
}

/** The variable to predict, and the other columns: discharge if it is fetched, else the first. */
export function rolesOf(
  parameters: readonly Parameter[],
): readonly [primary: string, ...auxiliary: string[]] {
  const primary = parameters.find(({ column }) => column === usualParameters[0]!.column) ?? parameters[0]!;
  return [primary.column, ...parameters.filter((one) => one !== primary).map(({ column }) => column)];
}

/** Whether values come in the unit that their column is named after, in the spelling of either service. */
export function isUsualUnit({ unit, code }: Parameter, given: string): boolean {
  // "mg/l as N" is mg/l, "uS/cm @25C" is uS/cm, "_FNU" is FNU.
  const plain = (text: string) => text.toLowerCase().replace(/^_|\s*(as n|@\s*25\s*c)$/g, "");
  return (
    unit === null ||
    plain(given) === plain(unit) ||
    (code === acidity && /^(ph|standard units)$/i.test(given))
  );
}

/** The codes and the statistics to ask a service for, each once, separated by commas. */
export function queryOf(parameters: readonly Parameter[]): readonly [codes: string, statistics: string] {
  const distinct = (texts: readonly string[]) => [...new Set(texts)].sort().join(",");
  return [
    distinct(parameters.map(({ code }) => code)),
    distinct(parameters.map(({ statistic }) => statistic)),
  ];
}

/** Whether a series is of one of `parameters`. */
export function isAmong(parameters: readonly Parameter[], code: string, statistic: string): boolean {
  return parameters.some((one) => one.code === code && one.statistic === statistic);
}
