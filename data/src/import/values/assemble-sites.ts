/** What was read, as the rows of a data folder: sites with observations and drivers, drivers for the days that have all of them. */
import { cannot } from "braid-engine";
import { listed } from "../../check/listed.ts";
import type { DayRow, FolderColumns, SiteRows } from "../../folder/write-folder.ts";
import { type Day, formatDay } from "../../tables/day.ts";
import { targets } from "../mapping/targets.ts";
import type { DaySeries } from "./day-series.ts";
import type { ColumnPlan, GroupPlan } from "./plan.ts";
import { rounded } from "./read-group.ts";
import type { SiteStore } from "./store.ts";

/** The sites to write, and what a user must know of the rest. */
export interface Assembled {
  readonly columns: FolderColumns;
  readonly sites: readonly SiteRows[];
  /** Sites without observations or without drivers. */
  readonly leftOut: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Assembles all sites but those with a fault. @throws if no site has both, or where the files hold only observations or only
 * drivers; the first fault where it costs the last site.
 */
export function assembleSites(
  plans: readonly GroupPlan[],
  read: readonly SiteStore[],
  faults: ReadonlyMap<string, { readonly error: Error }>,
): Assembled {
  const sites = read.filter(({ site }) => !faults.has(site));
  const [columns, empty] = withValues(columnsOf(plans), sites);
  const numbers = measured(columns);
  if (numbers.length === 0)
    throw missingRole(plans, "no column is an observed variable: discharge_cms or temp_c");
  if (columns.drivers.length === 0)
    throw missingRole(plans, "no column is a driver: precipitation, air temperature and the like");
  const has = (site: SiteStore, names: readonly string[]) =>
    names.some((name) => site.values.get(name)?.span() != null);
  const observed = sites.filter((site) => has(site, numbers));
  const driven = sites.filter((site) => has(site, columns.drivers));
  const [isObserved, isDriven] = [new Set(observed), new Set(driven)];
  const both = observed.filter((site) => isDriven.has(site));
  if (both.length === 0) throw [...faults.values()][0]?.error ?? nothingInCommon(observed, driven);
  const notes = empty.map((name) => `${name} has no value at any site, and is left out of the drivers`);
  const undriven = observed.filter((site) => !isDriven.has(site));
  const unobserved = driven.filter((site) => !isObserved.has(site));
  noteLeftOut(notes, "they have no drivers", undriven);
  noteLeftOut(notes, "they have no observations", unobserved);
  const bare = columns.attributes.length === 0 ? [] : both.filter(({ attributes }) => attributes.size === 0);
  if (bare.length > 0)
    notes.push(
      `Sites without attributes, because no table has a row for them: ${listed(bare.map(({ site }) => site))}`,
    );
  return {
    columns,
    sites: both.map((site) => rowsOf(site, columns, notes)),
    leftOut: [...undriven, ...unobserved].map(({ site }) => site),
    notes,
  };
}

/** The columns of the folder: known ones in their usual order, then the user's own. */
function columnsOf(plans: readonly GroupPlan[]): FolderColumns {
  const all = new Map(
    plans.flatMap(({ columns }) => columns.map((column) => [column.target, column] as const)),
  );
  const order = targets.map(({ name }) => name);
  const rank = ({ target }: ColumnPlan) => {
    const at = order.indexOf(target.replace(/_qualifiers$/, ""));
    return (at < 0 ? order.length : at) * 2 + (target.endsWith("_qualifiers") ? 1 : 0);
  };
  const of = (role: ColumnPlan["role"]) =>
    [...all.values()]
      .filter((column) => column.role === role)
      .sort((a, b) => rank(a) - rank(b))
      .map(({ target }) => target);
  return { variables: of("observation"), drivers: of("driver"), attributes: of("attribute") };
}

/** The columns without the drivers that have no value at any site, each of which would cost every site; and the names of these drivers. */
function withValues(
  columns: FolderColumns,
  sites: readonly SiteStore[],
): readonly [columns: FolderColumns, empty: readonly string[]] {
  const isEmpty = (name: string) => !sites.some(({ values }) => values.get(name)?.span() != null);
  const empty = columns.drivers.filter(isEmpty);
  if (empty.length === columns.drivers.length) return [columns, []];
  return [{ ...columns, drivers: columns.drivers.filter((name) => !empty.includes(name)) }, empty];
}

function missingRole(plans: readonly GroupPlan[], cause: string): Error {
  return cannot("import", plans.map(({ key }) => key).join(", "), cause, {
    facts: [
      ["columns so far", plans.flatMap(({ columns }) => columns.map(({ target }) => target)).join(", ")],
    ],
    hint: "Give the other files too, or name the columns in a mapping (--mapping FILE).",
  });
}

function nothingInCommon(observed: readonly SiteStore[], driven: readonly SiteStore[]): Error {
  const list = (sites: readonly SiteStore[]) =>
    sites.length === 0
      ? "none"
      : `${sites
          .slice(0, 4)
          .map(({ site }) => site)
          .join(", ")}${sites.length > 4 ? `, and ${sites.length - 4} more` : ""}`;
  return cannot("import", "", "the files do not fit together: no site has both observations and drivers", {
    facts: [
      ["with observations", list(observed)],
      ["with drivers", list(driven)],
    ],
    hint: "Ids must be the same in all files. For files of one site say its id in the mapping: site_id: { is: ... }",
  });
}

function noteLeftOut(notes: string[], why: string, sites: readonly SiteStore[]): void {
  if (sites.length > 0) notes.push(`Left out, ${why}: ${sites.map(({ site }) => site).join(", ")}`);
}

function rowsOf(
  site: SiteStore,
  { variables, drivers, attributes }: FolderColumns,
  notes: string[],
): SiteRows {
  const series = (names: readonly string[]) => names.map((name) => site.values.get(name));
  const driven = series(drivers);
  const [from, to] = sharedDays(driven);
  if (from > to)
    notes.push(
      `Site ${site.site}: its drivers share no day, so it has none: ${drivers.map((name, i) => `${name} ${spell(driven[i]?.span())}`).join(", ")}`,
    );
  const all = driven.flatMap((one) => one?.span() ?? []);
  const [first, last] = [Math.min(...all), Math.max(...all)];
  if (from <= to && (first < from || last > to))
    notes.push(
      `Site ${site.site}: drivers from ${formatDay(from)} to ${formatDay(to)}; ${from - first + last - to} days before or after lack some of them`,
    );
  return {
    site: site.site,
    attributes: attributes.map((name) => site.attributes.get(name) ?? ""),
    observations: observationRows(site, variables),
    drivers: driverRows(driven, from, to),
  };
}

/** The days from the first to the last on which every series has a value; from > to where there is none. */
function sharedDays(series: readonly (DaySeries | undefined)[]): readonly [from: Day, to: Day] {
  const spans = series.map((one) => one?.span() ?? null);
  if (spans.some((span) => span === null)) return [1, 0];
  return [Math.max(...spans.map((span) => span![0])), Math.min(...spans.map((span) => span![1]))];
}

function spell(span: readonly [Day, Day] | null | undefined): string {
  return span == null ? "none" : `${formatDay(span[0])}..${formatDay(span[1])}`;
}

function* observationRows({ values, texts }: SiteStore, variables: readonly string[]): Generator<DayRow> {
  const spans = variables.map((name) => values.get(name)?.span()).filter((span) => span != null);
  const [from, to] = [Math.min(...spans.map(([first]) => first)), Math.max(...spans.map(([, last]) => last))];
  for (let day = from; day <= to; day++) {
    const cells = variables.map((name) =>
      name.endsWith("_qualifiers") ? (texts.get(name)?.get(day) ?? "") : textOf(values.get(name)?.get(day)),
    );
    if (cells.some((cell) => cell !== "")) yield { date: formatDay(day), values: cells };
  }
}

/** A day without any driver has no row, a day that lacks one has an empty field: the check names both. */
function* driverRows(series: readonly (DaySeries | undefined)[], from: Day, to: Day): Generator<DayRow> {
  for (let day = from; day <= to; day++) {
    const cells = series.map((one) => textOf(one?.get(day)));
    if (cells.some((cell) => cell !== "")) yield { date: formatDay(day), values: cells };
  }
}

function textOf(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "" : rounded(value);
}

/** The observed variables: without codes, and without the mark of synthetic data. */
export function measured({ variables }: FolderColumns): string[] {
  return variables.filter((name) => !name.endsWith("_qualifiers") && name !== "synthetic");
}
