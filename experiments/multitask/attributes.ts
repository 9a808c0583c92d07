/**
 * Attributes of sites as constant drivers of models of several sites: a column of sites.csv (`elevation_m`), its
 * natural logarithm (`log(drainage_area_km2)`), or the climate of the train days (`mean(prcp_mm)`, `std(tmax_c)`).
 *
 * An attribute must not tell a model what was observed on the days that it is judged on: columns that are known to be
 * computed from observations are refused here, others by their values when the sites are pooled (sequences/leaks.ts).
 */
import { cannot, nearest } from "braid-engine";

/** One attribute: its values by site, or how to compute it from the train days of a driver. */
export interface Attribute {
  /** As the config writes it. */
  readonly name: string;
  /** By site; null if it is computed from a driver. */
  readonly values: Readonly<Record<string, number>> | null;
  readonly climate: { readonly statistic: "mean" | "std"; readonly driver: string } | null;
  /** What is said of it when the sites are pooled; null if it is known to be harmless. */
  readonly warning: string | null;
}

/** A row of sites.csv by column. */
export type SiteRow = Readonly<Record<string, string>>;

interface AttributeSource {
  /** The sites of the experiment, and their rows. */
  readonly sites: readonly string[];
  readonly rows: ReadonlyMap<string, SiteRow>;
  readonly columns: readonly string[];
  readonly drivers: readonly string[];
  readonly variables: readonly string[];
  /** What messages call the list of sites. */
  readonly file: string;
}

/** Reads and checks the attributes of the config. @throws for the first that is unknown, not numeric, constant or a leak. */
export function readAttributes(named: readonly string[], source: AttributeSource): Attribute[] {
  const twice = named.find((name, i) => named.indexOf(name) !== i);
  if (twice !== undefined) throw cannot("use attribute", twice, "it is given twice");
  return named.map((name) => {
    const { call, argument } = parsed(name);
    return call === "mean" || call === "std"
      ? climateOf(name, call, argument, source)
      : columnOf(name, argument, call === "log", source);
  });
}

/**
 * The attributes of models that are trained, at sites that these did not learn from.
 * @throws for the first that the list of these sites does not have, or has no number of.
 */
export function attributesAt(
  trained: readonly Attribute[],
  source: Omit<AttributeSource, "drivers" | "variables">,
): Attribute[] {
  return trained.map((attribute) => {
    if (attribute.climate !== null || source.sites.length === 0) return attribute;
    const { call, argument } = parsed(attribute.name);
    const values = numbersIn(attribute.name, argument, call === "log", source);
    return { ...attribute, values: bySite(source.sites, values) };
  });
}

/** `log(area)` is the call `log` of `area`; without a call it is empty. */
function parsed(name: string): { readonly call: string; readonly argument: string } {
  const [, call = "", argument = name] = /^(log|mean|std)\((.+)\)$/.exec(name) ?? [];
  return { call, argument };
}

const bySite = (sites: readonly string[], values: readonly number[]) =>
  Object.fromEntries(sites.map((site, s) => [site, values[s]!]));

function climateOf(
  name: string,
  statistic: "mean" | "std",
  driver: string,
  { drivers }: AttributeSource,
): Attribute {
  if (drivers.includes(driver)) return { name, values: null, climate: { statistic, driver }, warning: null };
  throw cannot("use attribute", name, `"${driver}" is not a driver of the experiment`, {
    facts: [["drivers", drivers.join(", ")]],
    hint: "The climate of a site is computed from the train days of a driver.",
  });
}

function columnOf(name: string, column: string, logarithm: boolean, source: AttributeSource): Attribute {
  const { sites, columns, variables } = source;
  const leak = columns.includes(column) ? leakOf(column, variables) : null;
  if (leak !== null)
    throw cannot("use attribute", name, leak, {
      hint: "A model with this input has seen the days on which it is scored. Use what is known without a gauge: elevation, log(area), coordinates, mean(driver).",
    });
  const values = numbersIn(name, column, logarithm, source);
  if (new Set(values).size === 1)
    throw cannot("use attribute", name, `it is ${values[0]} at every site`, {
      facts: [["sites", String(sites.length)]],
      hint: "A constant gives a model no information: leave it out.",
    });
  return {
    name,
    values: bySite(sites, values),
    climate: null,
    warning: warningOf(name, column, logarithm),
  };
}

/** [sites]: the numbers of a column, or their logarithms. */
function numbersIn(
  name: string,
  column: string,
  logarithm: boolean,
  { sites, rows, columns, file }: Omit<AttributeSource, "drivers" | "variables">,
): number[] {
  if (!columns.includes(column))
    throw cannot("use attribute", name, `"${file}" has no column "${column}"`, {
      facts: [["closest", nearest(column, columns).join(", ")]],
      hint: "Attributes are columns of sites.csv, log(column), or mean(driver) and std(driver) of the train days.",
    });
  return sites.map((site) => {
    const text = rows.get(site)?.[column] ?? "";
    const value = text === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(value))
      throw cannot(
        "use attribute",
        name,
        `${text === "" ? "it is empty" : `"${text}" is not a number`} at site "${site}"`,
        {
          facts: [["file", file]],
          hint: "Fill it in, leave the site out (exclude), or leave the attribute out.",
        },
      );
    if (logarithm && value <= 0)
      throw cannot("use attribute", name, `${text} at site "${site}" has no logarithm`, {
        facts: [["file", file]],
      });
    return logarithm ? Math.log(value) : value;
  });
}

/**
 * Statistics of observed flow by the names that data sets give them: the hydrologic signatures of CAMELS (Addor et al.
 * 2017, Table 3) and the columns of our imports.
 */
const signatures =
  /^(q_mean|q5|q95|runoff_ratio|stream_elas|slope_fdc|baseflow_index|hfd_mean|(high|low|zero)_q_\w+|(flow|discharge|streamflow|runoff|q)_(mean|max|min|std|median|p?\d+)\w*|corr_\w+|r_\w+)$/i;

/** Why a column must be computed from what the experiment predicts; null if nothing says so. */
function leakOf(column: string, variables: readonly string[]): string | null {
  if (signatures.test(column))
    return "the column is a statistic of observations, so it is computed from the targets";
  const target = variables.find((variable) => {
    const stem = variable.replace(/_[a-z0-9]+$/i, "");
    const [before, after] = [column.startsWith(`${stem}_`), column.endsWith(`_${stem}`)];
    return column === variable || ((before || after) && statistics.test(column));
  });
  return target === undefined ? null : `by its name it is computed from the target "${target}"`;
}

const statistics = /(^|_)(mean|max|min|std|sd|median|range|amplitude|p\d+|q\d+)(_|$)/i;

/** Whole words only: `late_summer_flow` and `long_term_flow` are no coordinates. */
const harmless = /(^|_)((elev|elevation|altitude|lat|latitude|lng|lon|longitude)(?![a-z])|long$)/i;
const area = /area/i;

function warningOf(name: string, column: string, logarithm: boolean): string | null {
  if (harmless.test(column) || (area.test(column) && logarithm)) return null;
  if (area.test(column))
    return `attribute "${name}": areas differ by orders of magnitude: log(${column}) is easier to learn from`;
  return `attribute "${name}" is not among those known to be independent of the targets (elevation, log(area), coordinates, mean and std of drivers): make sure that it is not computed from observations of the days that models are judged on`;
}
