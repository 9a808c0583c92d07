/**
 * Presents tables with a row per site, day and variable (columns such as variable, value and unit) as tables with a column per
 * variable, which are then read like others, except that a day has several rows. The new column's name contains the unit.
 */
import { cannot } from "braid-engine";
import type { Row } from "../../tables/table.ts";
import { isMissing } from "../files/numbers.ts";
import type { Source } from "../files/source.ts";
import type { FileMapping } from "./mapping.ts";
import { isVariable } from "./recognise.ts";
import {
  dateNames,
  dayNames,
  idNames,
  lettersOf,
  monthNames,
  statisticNames,
  unitNames,
  yearDayNames,
  yearNames,
} from "./targets.ts";

const variableNames =
  /^(variable|variables|variablename|parameter|parametername|parametercode|param|element|observedproperty|measure|messgrosse|grosse|datatype)$/;
const valueNames =
  /^(value|values|val|valeur|wert|messwert|valor|valore|waarde|result|resultvalue|obsvalue)$/;
const keyNames = [idNames, dateNames, yearNames, monthNames, dayNames, yearDayNames];

/** A column with more different texts does not name variables. */
const mostVariables = 50;

/** Where the parts of a row stand. */
interface Parts {
  readonly variable: number;
  readonly value: number;
  /** -1 without a column of units. */
  readonly unit: number;
  /** -1 without a column of statistics. */
  readonly statistic: number;
  /** The columns of site and date. */
  readonly keys: readonly number[];
}

/** The source with a column per variable if it is such a table, else as it is. @throws if a variable has two units. */
export async function openTidy(source: Source, given: FileMapping): Promise<Source> {
  const found = partsOf(source, given);
  if (found === null) return source;
  const variables = await readVariables(source, found);
  if (variables === null) return source;
  const keys = found.keys.map((at) => source.columns[at]!);
  const columns = [...keys, ...variables.values()];
  if (new Set(columns).size < columns.length) return source;
  const used = [...found.keys, found.variable, found.value, found.unit];
  const place = new Map([...variables.keys()].map((text, i) => [text, keys.length + i]));
  return {
    ...source,
    columns,
    tidy: true,
    dropped: source.columns.filter((name, at) => name !== "" && !used.includes(at)),
    async *rows() {
      for await (const rows of source.rows())
        yield rows.map((row) => widen(row, found, place, columns.length));
    },
  };
}

function widen(
  { line, cells }: Row,
  { variable, value, keys }: Parts,
  place: ReadonlyMap<string, number>,
  width: number,
): Row {
  const wide = new Array<string>(width).fill("");
  for (const [i, at] of keys.entries()) wide[i] = cells[at]!;
  const at = place.get(cells[variable]!);
  if (at !== undefined) wide[at] = cells[value]!;
  return { line, cells: wide };
}

/** Null if a column is missing, or if the user's mapping takes the values as those of one variable. */
function partsOf({ columns, units }: Source, given: FileMapping): Parts | null {
  const letters = columns.map(lettersOf);
  const named = Object.values(given.columns ?? {}).flatMap(({ from }) => from ?? []);
  const [value, ...more] = [...letters.keys()].filter((at) => valueNames.test(letters[at]!));
  const variable = letters.findIndex((name) => variableNames.test(name));
  const site = given.columns?.site_id;
  const keys = [...letters.keys()].filter(
    (at) => named.includes(columns[at]!) || keyNames.some((names) => names.test(letters[at]!)),
  );
  const hasSite = site !== undefined || keys.some((at) => idNames.test(letters[at]!));
  if (value === undefined || more.length > 0 || variable < 0 || units !== null || !hasSite) return null;
  if (named.includes(columns[value]!) || columns.some(isVariable)) return null;
  return {
    variable,
    value,
    unit: letters.findIndex((name) => unitNames.test(name)),
    statistic: letters.findIndex((name) => statisticNames.test(name)),
    keys: keys.filter((at) => at !== variable),
  };
}

/** The name of the new column of each variable; null if there are too many. */
async function readVariables(
  source: Source,
  { variable, unit, statistic }: Parts,
): Promise<Map<string, string> | null> {
  const units = new Map<string, string>();
  const statistics = new Map<string, string>();
  for await (const rows of source.rows())
    for (const { line, cells } of rows) {
      const name = cells[variable]!;
      if (isMissing(name)) throw noName(source, line, variable);
      const said = unit < 0 || isMissing(cells[unit]!) ? "" : cells[unit]!;
      const before = units.get(name);
      if (before === undefined || before === "") units.set(name, said);
      else if (said !== "" && said !== before)
        throw twoUnits(source.name, `its variable "${name}" has two units`, [before, said], line);
      if (units.size > mostVariables) return null;
      if (statistic < 0 || isMissing(cells[statistic]!)) continue;
      const known = statistics.get(name) ?? cells[statistic]!;
      if (known !== cells[statistic])
        throw twoStatistics(source.name, `its variable "${name}"`, source.columns[statistic]!, [
          known,
          cells[statistic]!,
        ]);
      statistics.set(name, known);
    }
  const sorted = [...units].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([name, said]) => [name, said === "" ? name : `${name} [${said}]`]));
}

function noName({ name, columns }: Source, line: number, variable: number): Error {
  return cannot(
    "import",
    name,
    `line ${line}: its column "${columns[variable]}" is empty, so the variable is not known`,
    {
      hint: "Write the name of the variable there, or remove the line.",
    },
  );
}

/** The error for values of one variable that are different statistics of their days. */
export function twoStatistics(
  file: string,
  what: string,
  column: string,
  [first, second]: readonly string[],
): Error {
  return cannot(
    "import",
    file,
    `${what} has two statistics by its column "${column}": ${first} and ${second}`,
    { hint: "Keep the rows of one of them, or write those of each into a column of its own." },
  );
}

/** The error for values of one variable in different units. */
export function twoUnits(
  file: string,
  what: string,
  [first, second]: readonly string[],
  line?: number,
): Error {
  return cannot("import", file, `${what}: ${first} and ${second}`, {
    facts: line === undefined ? [] : [["the second", `line ${line}`]],
    hint: "Write all its values in one unit, or write a file for each unit.",
  });
}
