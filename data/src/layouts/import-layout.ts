/**
 * Makes a data folder of a published data set in its own layout. Two passes over the sites, one site in memory at a time: the
 * first finds the days on which each has its drivers, and which drivers all of them have; the second writes.
 */
import { BraidError, cannot } from "braid-engine";
import { coreOf, differenceOf } from "../check/site-ids.ts";
import { type DayRow, type SiteRows, type WrittenFolder, writeFolder } from "../folder/write-folder.ts";
import { parseNumber } from "../tables/number.ts";
import { type Attributes, readAttributes } from "./attributes.ts";
import { type Complete, columnOf, completeDays } from "./complete-days.ts";
import { listFiles } from "./files.ts";
import type { DriverColumn, Layout, LayoutOptions, LeftOut, OpenLayout, SiteDays } from "./layout.ts";
import { checkForcing, chooseLayout } from "./layouts.ts";
import { cmsText, codeFault, codeHint } from "./values.ts";

/** What to import, and how. */
export interface ImportOptions extends LayoutOptions {
  /** The layout's name; without it, the layout is recognised by the files. */
  readonly layout?: string | undefined;
  /** The command that the config names. */
  readonly by: string;
  /** Called before each reading of a site: `done` of `all`, each site being read twice. */
  progress?(done: number, all: number): void;
}

/** What was imported. */
export interface LayoutImport extends WrittenFolder {
  readonly layout: Layout;
  readonly sites: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /** The attributes that were left out, because they come from observed flow. */
  readonly fromFlow: readonly string[];
  readonly notes: readonly string[];
}

/** A site that can be written, and its days with all drivers. */
interface Usable extends Complete {
  readonly area: number;
  readonly endsInLine: boolean;
}

/** Imports all sites of `folder` into the data folder `out`. @throws if no site can be imported. */
export async function importLayout(
  folder: string,
  out: string,
  { layout: name, by, progress, ...options }: ImportOptions,
): Promise<LayoutImport> {
  const files = await listFiles(folder);
  const layout = chooseLayout(files, name);
  checkForcing(layout, options.forcing);
  const open = await layout.open(files, options);
  const attributes = await readAttributes(files, layout.attributes);
  const usable = new Map<string, Usable>();
  const leftOut = [...open.leftOut, ...withoutDays(open, attributes)];
  for (const [at, site] of open.sites.entries()) {
    progress?.(at, 2 * open.sites.length);
    const found = await survey(layout, open, attributes, site);
    if (typeof found === "string") leftOut.push({ site, why: found });
    else usable.set(site, found);
  }
  if (usable.size === 0) throw noSite(folder, layout, leftOut);
  const { drivers, notes } = sharedDrivers(layout, usable);
  const columns = {
    variables: ["discharge_cms", ...(layout.qualifiers ? ["discharge_cms_qualifiers"] : [])],
    drivers: drivers.map((driver) => driver.name),
    // The data set; the check then expects no ids of the USGS.
    attributes: [...attributes.columns, "source"],
  };
  const written = await writeFolder(
    out,
    columns,
    readSites(layout, open, attributes, usable, drivers, progress),
    {
      by,
      primary: "discharge_cms",
      drivers: drivers.filter(({ learn }) => learn).map((driver) => driver.name),
    },
  );
  return {
    ...written,
    layout,
    sites: [...usable.keys()],
    leftOut: leftOut.sort((a, b) => (a.site < b.site ? -1 : 1)),
    fromFlow: attributes.fromFlow,
    notes: [
      ...open.notes,
      ...notes,
      ...emptiedFields(attributes),
      ...cutFiles(usable),
      ...withoutAttributes(layout, usable, attributes),
    ],
  };
}

/** Sites with a file that may be cut. */
function cutFiles(usable: ReadonlyMap<string, Usable>): string[] {
  const sites = [...usable].filter(([, { endsInLine }]) => endsInLine).map(([site]) => site);
  return sites.length === 0
    ? []
    : [`The last line of a file does not end in a line feed: is it complete? Sites: ${sites.join(", ")}.`];
}

function emptiedFields({ emptied }: Attributes): string[] {
  return [...emptied].map(
    ([field, times]) =>
      `${field} means no value, ${times === 1 ? "once" : `${times} times`}; the field is left empty`,
  );
}

/** The days of a site that can be written; in words why it is left out. */
async function survey(
  layout: Layout,
  open: OpenLayout,
  attributes: Attributes,
  site: string,
): Promise<Usable | string> {
  let days: SiteDays;
  try {
    days = await open.read(site);
  } catch (error) {
    if (error instanceof BraidError) return error.message;
    throw error;
  }
  const complete = completeDays(layout.drivers, days);
  if (typeof complete === "string") return complete;
  const flow = layout.flow.find(({ from }) => days.columns.has(from));
  if (flow === undefined) return `no column ${layout.flow.map(({ from }) => from).join(" or ")}`;
  const rain = layout.drivers
    .filter(({ name }) => name === "prcp_mm")
    .flatMap((one) => columnOf(one, days)?.[0] ?? []);
  for (const column of [flow.from, ...rain])
    for (const [row, text] of days.columns.get(column)!.entries()) {
      const fault = codeFault(column, text, days.dates[row]!);
      if (fault !== null) return `${fault}. ${codeHint}`;
    }
  const area = parseNumber(attributeOf(attributes, site, days, "drainage_area_km2")) ?? Number.NaN;
  if (flow.unit === "mm/d" && !(area > 0))
    return "its flow is in mm a day, and the attributes have no area to convert it to m3/s";
  return { ...complete, area, endsInLine: days.endsInLine ?? false };
}

/** An attribute from the tables, or else from the files of days. */
function attributeOf({ bySite }: Attributes, site: string, days: SiteDays, column: string): string {
  return bySite.get(site)?.get(column) ?? days.attributes?.[column] ?? "";
}

/** The drivers to write: those that the model sees, and others where every site has them on all its days. */
function sharedDrivers(layout: Layout, usable: ReadonlyMap<string, Usable>) {
  const notes: string[] = [];
  const drivers = layout.drivers.filter(({ name, learn }) => {
    if (learn) return true;
    const without = [...usable].filter(([, { others }]) => others.get(name) !== null);
    const [first] = without;
    if (first === undefined) return true;
    // A column that no site has belongs to another version of the data set.
    if (without.length < usable.size || !first[1].others.get(name)!.startsWith("no column"))
      notes.push(
        `${name} is not written: ${first[0]} has ${first[1].others.get(name)!}${without.length > 1 ? `; so it is at ${without.length} sites` : ""}.`,
      );
    return false;
  });
  return { drivers, notes };
}

/** The sites one after another, as they are written. */
async function* readSites(
  layout: Layout,
  open: OpenLayout,
  attributes: Attributes,
  usable: ReadonlyMap<string, Usable>,
  drivers: readonly DriverColumn[],
  progress: ImportOptions["progress"],
): AsyncGenerator<SiteRows> {
  let done = usable.size;
  for (const [site, { first, last, area }] of usable) {
    progress?.(done++, 2 * usable.size);
    const days = await open.read(site);
    const driven = drivers.map((driver) => columnOf(driver, days)![1]);
    const flow = layout.flow.find(({ from }) => days.columns.has(from))!;
    const depths = days.columns.get(flow.from)!;
    const cms = (row: number) => (flow.unit === "m3/s" ? depths[row]! : cmsText(depths[row]!, area));
    const codes = (row: number) => (days.qualifiers === undefined ? [] : [days.qualifiers[row]!]);
    const rows = (values: (row: number) => string[]): DayRow[] =>
      Array.from({ length: last - first + 1 }, (_, i) => ({
        date: days.dates[first + i]!,
        values: values(first + i),
      }));
    yield {
      site,
      attributes: [
        ...attributes.columns.map((column) => attributeOf(attributes, site, days, column)),
        layout.title,
      ],
      observations: trim(rows((row) => [cms(row), ...codes(row)])),
      drivers: rows((row) => driven.map((values) => values[row]!)),
    };
  }
}

/** The rows from the first to the last with any value; all of them where none has one. */
function trim(rows: readonly DayRow[]): readonly DayRow[] {
  const some = ({ values }: DayRow) => values.some((text) => text !== "");
  const first = rows.findIndex(some);
  return first < 0 ? rows : rows.slice(first, rows.findLastIndex(some) + 1);
}

/** Sites that the attributes list and that have no days. */
function withoutDays({ sites, leftOut }: OpenLayout, { bySite }: Attributes): LeftOut[] {
  const known = new Set([...sites, ...leftOut.map(({ site }) => site)]);
  const byCore = new Map([...known].map((site) => [coreOf(site), site]));
  return [...bySite.keys()]
    .filter((site) => !known.has(site))
    .map((site) => {
      const other = byCore.get(coreOf(site));
      const why = other === undefined ? "it has no file of daily values" : differenceOf(site, other);
      return { site, why: `the attributes list it, but ${why}` };
    });
}

/** What to know where attributes are missing. */
function withoutAttributes(
  layout: Layout,
  usable: ReadonlyMap<string, Usable>,
  { bySite }: Attributes,
): string[] {
  const without = [...usable.keys()].filter((site) => !bySite.has(site));
  if (without.length === 0) return [];
  if (without.length < usable.size)
    return [
      `The attributes do not list ${without.slice(0, 5).join(", ")}${without.length > 5 ? ` and ${without.length - 5} more sites` : ""}.`,
    ];
  const areas = [...usable.values()].every(({ area }) => area > 0);
  return [
    `There are no files of attributes of ${layout.title}${areas ? "." : ": no area is known, so the check cannot compare flow with precipitation."}`,
  ];
}

function noSite(folder: string, layout: Layout, leftOut: readonly LeftOut[]): Error {
  return cannot(`import ${layout.title} from`, folder, "no site can be imported", {
    facts: [
      ["looked for", layout.example],
      ...leftOut.slice(0, 3).map(({ site, why }) => [site, why] as const),
      ...(leftOut.length > 3 ? [["and", `${leftOut.length - 3} more sites`] as const] : []),
    ],
  });
}
