/**
 * Training units: the sites that one model learns from. `trainOn: all` makes one unit of all sites of the experiment; the name
 * of a column of sites.csv makes one of each of its values. With `trainOn: each` a model has its own site, and there are no units.
 */
import { readFile } from "node:fs/promises";
import { idFault } from "@braid/data/check";
import { cannot, nearest } from "braid-engine";
import { parse } from "csv-parse/sync";
import { type Attribute, readAttributes, type SiteRow } from "./attributes.ts";

/** What an experiment with models of several sites has beside the others. */
export interface Units {
  readonly trainOn: string;
  /** The sites that each unit learns from, in the order of the data. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** The sites of each unit that it does not learn from, and predicts as ungauged; absent if there are none. */
  readonly heldOut?: Readonly<Record<string, readonly string[]>>;
  readonly attributes: readonly Attribute[];
  /** Whether targets are scaled by the train days of each site, or of the whole unit. */
  readonly targets: "site" | "unit";
}

/** The part of the config that is about units. */
interface UnitKeys {
  readonly trainOn: string;
  readonly attributes: readonly string[];
  /** Sites not to learn from. */
  readonly holdOut: readonly string[];
  readonly targets: "site" | "unit";
  readonly layout: string;
}

interface UnitSource {
  readonly sites: readonly string[];
  /** sites.csv: for messages, and where it is; null if the data have none. */
  readonly list: { readonly name: string; readonly path: string } | null;
  readonly drivers: readonly string[];
  readonly variables: readonly string[];
}

/** The units of an experiment; undefined if each model has one site. @throws for keys that do not fit the data or each other. */
export async function resolveUnits(keys: UnitKeys, source: UnitSource): Promise<Units | undefined> {
  const { trainOn, attributes, holdOut, targets, layout } = keys;
  checkHeldOut(keys, source.sites);
  if (trainOn === "each") {
    if (attributes.length > 0)
      throw cannot(
        "use attributes",
        attributes.join(", "),
        "with trainOn: each they are constants of a model",
        {
          hint: "They tell sites apart for models of several sites: set trainOn: all, or leave them out.",
        },
      );
    if (targets === "unit")
      throw cannot(
        "use scaling.targets",
        "unit",
        "with trainOn: each a unit is a site, whose targets are scaled anyway",
        {
          hint: "Leave it out, or set trainOn: all.",
        },
      );
    return undefined;
  }
  if (layout === "packed")
    throw cannot("use layout", "packed", "it stores models of one site, and trainOn is not each", {
      hint: "Use layout: files. There are few models of several sites: one per unit, factor and seed.",
    });
  const { rows, columns } = await readList(source.list);
  const all = membersOf(trainOn, source, rows, columns);
  const { members, heldOut } = holdingOut(all, holdOut);
  for (const [unit, sites] of Object.entries(members))
    if (sites.length < 2) throw tooFew(trainOn, unit, sites, heldOut[unit] ?? []);
  const file = source.list?.name ?? "sites.csv";
  return {
    trainOn,
    members,
    ...(holdOut.length === 0 ? {} : { heldOut }),
    attributes: readAttributes(attributes, { ...source, rows, columns, file }),
    targets,
  };
}

interface Place {
  readonly unit: string;
  readonly isHeldOut: boolean;
}

/** The unit of a site, and whether the site is held out of it. */
export function placeOf(units: Units, site: string): Place {
  const known = places.get(units) ?? bySite(units);
  places.set(units, known);
  const place = known.get(site);
  if (place !== undefined) return place;
  throw cannot("find the unit of", site, "no unit of the experiment has the site");
}

/** Every job of a site asks for its unit: a search through all sites would make planning quadratic in them. */
const places = new WeakMap<Units, ReadonlyMap<string, Place>>();

function bySite({ members, heldOut = {} }: Units): ReadonlyMap<string, Place> {
  const placed = (units: Units["members"], isHeldOut: boolean) =>
    Object.entries(units).flatMap(([unit, sites]) =>
      sites.map((site) => [site, { unit, isHeldOut }] as const),
    );
  return new Map([...placed(members, false), ...placed(heldOut, true)]);
}

/** The sites that the models of each unit predict: those that they learnt from, and those held out. */
export function sharingSites({
  members,
  heldOut = {},
}: Pick<Units, "members" | "heldOut">): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(members).map(([unit, sites]) => [unit, [...sites, ...(heldOut[unit] ?? [])]]),
  );
}

/** All sites that models do not learn from. */
export function heldOutSites(units: Pick<Units, "heldOut"> | undefined): readonly string[] {
  return Object.values(units?.heldOut ?? {}).flat();
}

/** What readers of the results must know of sites held out; none if there are none. */
export function heldOutCaveat(units: Units | undefined): string[] {
  const sites = heldOutSites(units);
  if (units === undefined || sites.length === 0) return [];
  const learnt = Object.values(units.members).flat().length;
  const [are, them] = sites.length === 1 ? ["is", "it"] : ["are", "them"];
  return [
    `${sites.length} of ${sites.length + learnt} sites ${are} ungauged here: ${sites.join(", ")}. No model was trained or scaled on ${them}; counts of sites include ${them}. Only the choice of a factor on validation uses observations there.`,
  ];
}

/** @throws for sites that cannot be held out. */
function checkHeldOut({ trainOn, holdOut, targets }: UnitKeys, sites: readonly string[]): void {
  const [first] = holdOut;
  if (first === undefined) return;
  if (trainOn === "each")
    throw cannot("hold out site", first, "with trainOn: each a model learns from its own site alone", {
      hint: "Only a model of several sites can predict an ungauged one: set trainOn: all (pnpm exp:b). To leave the site out altogether, use exclude.",
    });
  const unknown = holdOut.find((site) => !sites.includes(site));
  if (unknown !== undefined)
    throw cannot("hold out site", unknown, "it is not among the sites of the experiment", {
      facts: [["closest", nearest(unknown, sites).join(", ")]],
      hint: "Sites that are held out are predicted and scored: name them under sites as well, and not under exclude.",
    });
  const twice = holdOut.find((site, i) => holdOut.indexOf(site) !== i);
  if (twice !== undefined) throw cannot("hold out site", twice, "it is given twice");
  if (targets === "site") throw withoutScale("hold out site", holdOut);
}

/** Why sites that no model learnt from have no predictions under `scaling.targets: site`. */
export function withoutScale(action: string, [first = "", ...more]: readonly string[]): Error {
  return cannot(action, first, "no model knows its scale, because scaling.targets is site", {
    facts: more.length === 0 ? [] : [["and", more.join(", ")]],
    hint: "With targets scaled by site, predictions are scaled back by the gauge of the site. For sites without one, train with scaling.targets: unit.",
  });
}

/** The units without the sites held out, and these. */
function holdingOut(all: Units["members"], holdOut: readonly string[]) {
  const held = new Set(holdOut);
  const part = (isHeldOut: boolean) =>
    Object.entries(all).map(
      ([unit, sites]) => [unit, sites.filter((site) => held.has(site) === isHeldOut)] as const,
    );
  return {
    members: Object.fromEntries(part(false)),
    heldOut: Object.fromEntries(part(true).filter(([, sites]) => sites.length > 0)),
  };
}

/** The rows of a list of sites, by site, and its columns beside `site_id`; both empty without a list. */
export async function readList(list: UnitSource["list"]) {
  if (list === null) return { rows: new Map<string, SiteRow>(), columns: [] };
  const table = parse(await readFile(list.path), {
    bom: true,
    columns: true,
    trim: true,
    skip_empty_lines: true,
  }) as SiteRow[];
  return {
    rows: new Map(table.map((row) => [row.site_id!, row])),
    columns: Object.keys(table[0] ?? {}).filter((column) => column !== "site_id"),
  };
}

function membersOf(
  trainOn: string,
  { sites, list }: UnitSource,
  rows: ReadonlyMap<string, SiteRow>,
  columns: readonly string[],
): Units["members"] {
  if (trainOn === "all") return { all: sites };
  if (!columns.includes(trainOn))
    throw cannot(
      "train on",
      trainOn,
      list === null ? "the data folder has no sites.csv" : `"${list.name}" has no column "${trainOn}"`,
      {
        facts: [["closest", nearest(trainOn, ["each", "all", ...columns]).join(", ")]],
        hint: "trainOn is each, all, or a column of sites.csv: one model for each of its values.",
      },
    );
  const units = Map.groupBy(sites, (site) => {
    const unit = rows.get(site)?.[trainOn] ?? "";
    const fault = unit === "" ? "it is empty" : nameFault(unit);
    if (fault !== null)
      throw cannot("train on", trainOn, `${fault} at site "${site}"`, {
        ...(unit === "" ? {} : { facts: [["value", unit]] }),
        hint: "Each value names a unit, and the folder of its models.",
      });
    return unit;
  });
  return Object.fromEntries(units);
}

/** Why a value cannot be the name of a folder. */
function nameFault(unit: string): string | null {
  return idFault(unit) === null ? null : "the value cannot be the name of a folder";
}

function tooFew(trainOn: string, unit: string, [site]: readonly string[], heldOut: readonly string[]): Error {
  const whose = trainOn === "all" ? "the experiment" : `the unit "${unit}"`;
  if (heldOut.length > 0)
    return cannot(
      "hold out site",
      heldOut[0]!,
      `${whose} then learns from ${site === undefined ? "no site" : `one site, "${site}"`}`,
      {
        facts: [["held out", heldOut.join(", ")]],
        hint: "A model of several sites needs two to learn from: hold out fewer.",
      },
    );
  return cannot("train on", trainOn, `${whose} has one site, "${site}"`, {
    hint:
      trainOn === "all"
        ? "A model of several sites needs several: name more (--sites), or set trainOn: each (pnpm exp:a)."
        : "Leave the site out (exclude), or train on a column that puts several sites together.",
  });
}
