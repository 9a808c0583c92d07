/** Reads the files of a group into the store, by its plan: numbers in the units of a data folder, codes for "missing" left out. */
import { cannot } from "braid-engine";
import { attributeFault } from "../../check/attribute-fault.ts";
import { missingCode } from "../../check/missing-codes.ts";
import { plausible } from "../../check/plausible.ts";
import { asSeen, idFault } from "../../check/site-ids.ts";
import { type Day, firstDay, lastDay } from "../../tables/day.ts";
import type { Row } from "../../tables/table.ts";
import { dateFault, dateHint, type Moment, readDate } from "../files/dates.ts";
import { isMissing, readNumber } from "../files/numbers.ts";
import { otherHeader } from "../files/repeated-header.ts";
import type { Source } from "../files/source.ts";
import { dayStarts, type LocalTime, localiser } from "../files/time-zone.ts";
import { watchYears } from "../files/water-years.ts";
import { isKnmi, knmiTrace } from "../mapping/knmi.ts";
import { idInName } from "../mapping/mapping.ts";
import { dateNames, lettersOf, yearNames } from "../mapping/targets.ts";
import { countEmpty, failSite, type LeftOut } from "./left-out.ts";
import { notNumber } from "./not-number.ts";
import type { ColumnPlan, GroupPlan } from "./plan.ts";
import type { Store } from "./store.ts";

/** Where a value stands, and of which site it is; null: that of the row. */
interface Cell {
  readonly at: number;
  readonly column: ColumnPlan;
  readonly site: string | null;
  /** The lowest and the highest plausible value, in the unit of the data folder. */
  readonly least: number;
  readonly most: number;
}

/** A file with the positions of its columns, and what is the same for all its rows. */
interface Reading {
  readonly source: Source;
  readonly plan: GroupPlan;
  /** Number of the group. */
  readonly group: number;
  readonly dateAt: readonly number[];
  /** The column of ids; -1 without one. */
  readonly siteAt: number;
  /** The ids that were checked, by the text of their field. */
  readonly ids: Map<string, string>;
  /** The one site of a file without a column of ids; null in a wide table, whose header names `headerSites`. */
  readonly site: string | null;
  readonly headerSites: readonly string[];
  readonly cells: readonly Cell[];
  /** A day may have several rows: of its parts, or of its variables. */
  readonly inParts: boolean;
  /** Rain too little to measure is -1. */
  readonly traces: boolean;
  /** Of dates in several columns. */
  readonly watchYears: ReturnType<typeof watchYears>;
  readonly store: Store;
  readonly leftOut: LeftOut;
}

/**
 * Reads all files of a group. What is not a date or a number, and a day that occurs twice, is a fault of its site. @throws with
 * file and line for an id that cannot be one, and for rows of a wide table, which belong to all of its sites.
 */
export async function readGroup(
  plan: GroupPlan,
  group: number,
  store: Store,
  leftOut: LeftOut,
): Promise<void> {
  const local = localiser(plan.timeZone, plan.date?.zone ?? null);
  if (plan.timeZone !== null) store.setDays(group, dayStarts(plan.timeZone));
  for (const source of plan.sources) {
    const reading = openReading(source, plan, group, store, leftOut);
    for await (const rows of source.rows())
      for (const row of rows) {
        checkDateCell(row, reading);
        const site = siteOf(row, reading);
        checkYears(row, reading, site);
        try {
          if (plan.date === null) readAttributes(row, reading, site!);
          else readDay(row, reading, site, local);
        } catch (error) {
          if (site === null) throw error;
          failSite(leftOut, site, error);
        }
      }
  }
}

function openReading(
  source: Source,
  plan: GroupPlan,
  group: number,
  store: Store,
  leftOut: LeftOut,
): Reading {
  const dateAt = [plan.date?.from ?? []].flat().map((name) => source.columns.indexOf(name));
  const cells = plan.columns.flatMap((column): Cell[] => {
    const { least, most } = plausible(column.target) ?? { least: Infinity, most: Infinity };
    return column.from !== "*"
      ? [{ at: source.columns.indexOf(column.from), column, site: null, least, most }]
      : source.columns.flatMap((name, at) =>
          dateAt.includes(at) || name === ""
            ? []
            : [{ at, column, site: withDigits(name, plan), least, most }],
        );
  });
  const headerSites = [...new Set(cells.flatMap(({ site }) => site ?? []))];
  const inParts = source.tidy === true || plan.columns.some(({ aggregate }) => aggregate !== null);
  return {
    ...{ source, plan, group, store, leftOut, dateAt, cells, headerSites, inParts },
    ...siteIn(plan, source),
    ids: new Map(),
    traces: isKnmi(source.columns),
    watchYears: watchYears(source.name),
  };
}

/** @throws if a column's name stands in the place of a date: the rows below would be those of other columns. */
function checkDateCell({ line, cells }: Row, { source, dateAt }: Reading): void {
  const text = cells[dateAt[0] ?? -1] ?? "";
  if (/^[\d\s]/.test(text) || text === "") return;
  const names = dateAt.length > 1 ? yearNames : dateNames;
  if (names.test(lettersOf(text))) throw otherHeader(source.path, line, source.columns, cells);
}

/** @throws if dates in several columns are made of years that do not begin in January. */
function checkYears(row: Row, reading: Reading, site: string | null): void {
  if (reading.dateAt.length < 2) return;
  const moment = readDate(dateText(row, reading), reading.plan.date!.form);
  if (moment !== null) reading.watchYears(site ?? "", moment.day, row.line);
}

/** Where the site of a row is: in a column, or the same for the whole file. */
function siteIn(plan: GroupPlan, { columns, name }: Source): Pick<Reading, "siteAt" | "site"> {
  const { site, key } = plan;
  if (site === "header") return { siteAt: -1, site: null };
  if (site === "file name") {
    const id = idInName(key, name);
    return { siteAt: -1, site: id === null ? null : withDigits(id, plan) };
  }
  return "is" in site ? { siteAt: -1, site: site.is } : { siteAt: columns.indexOf(site.from), site: null };
}

/** An id with the leading zeros that it has lost. */
function withDigits(id: string, { digits }: GroupPlan): string {
  return id === "" ? id : id.padStart(digits, "0");
}

/** The site of a row; null in a wide table. @throws for an id that a spreadsheet has spoilt. */
function siteOf({ line, cells }: Row, { source, plan, siteAt, site, ids }: Reading): string | null {
  if (siteAt < 0) return site;
  const text = cells[siteAt]!;
  const known = ids.get(text);
  if (known !== undefined) return known;
  const id = withDigits(asSeen(text), plan);
  if (id === "")
    throw cannot("import", source.name, `line ${line}: the site id is empty`, {
      hint: "Write the id of its site there, or remove the line.",
    });
  const fault = idFault(id);
  if (fault !== null) throw cannot("import", source.name, `line ${line}: ${fault}`, { facts: [["id", id]] });
  ids.set(text, id);
  return id;
}

function readAttributes(row: Row, reading: Reading, site: string): void {
  const { source, cells, store } = reading;
  for (const cell of cells) {
    const { role, target } = cell.column;
    if (role === "attribute")
      store.setAttribute(site, target, attributeText(cell, row, reading), source.name, row.line);
  }
}

/** An attribute in the unit of the data folder, empty where it is unknown; text stays, but for a decimal comma. */
function attributeText({ at, column }: Cell, row: Row, { source, plan, leftOut }: Reading): string {
  const text = row.cells[at]!;
  if (isMissing(text) || plan.missing.has(text)) return "";
  const value = readNumber(text, plan.decimal);
  if (value === null) {
    if (column.unit !== null) throw notNumber(row, at, column.target, source);
    return text;
  }
  if (plan.missing.has(String(value))) return "";
  const converted = column.unit === null ? value : column.unit.to(value);
  const fault = attributeFault(column.target, value, text, converted);
  if (fault?.level === "error") {
    countEmpty(leftOut, column.target, text, fault.isCode ? undefined : "is not above 0, as an area must be");
    return "";
  }
  if (column.unit === null) return plan.decimal === "." ? text : String(value);
  return rounded(converted);
}

function readDay(
  row: Row,
  reading: Reading,
  rowSite: string | null,
  local: (moment: Moment) => LocalTime,
): void {
  const { source, store, group, cells, headerSites, inParts } = reading;
  const time = local(readMoment(row, reading));
  const { day } = time;
  if (day < firstDay || day > lastDay)
    throw cannot("import", source.name, `line ${row.line}: its date is not between 1800 and 2199`);
  const sites = rowSite === null ? headerSites : [rowSite];
  for (const site of sites) store.addRow(site, group, source.name, row.line, time, !inParts);
  // Areas first: a depth of runoff needs them.
  if (rowSite !== null) readAttributes(row, reading, rowSite);
  for (const cell of cells) {
    if (cell.column.role === "attribute") continue;
    const site = cell.site ?? rowSite!;
    try {
      readCell(cell, row, reading, site, day);
    } catch (error) {
      failSite(reading.leftOut, site, error);
    }
  }
}

/** Reads a code, a value of a day, or one of a part of a day. */
function readCell(cell: Cell, row: Row, reading: Reading, site: string, day: Day): void {
  const { at, column } = cell;
  const { store, source, group } = reading;
  if (column.text) {
    store.setText(site, column.target, day, row.cells[at]!);
    return;
  }
  const value = readValue(cell, row, reading, site);
  if (column.aggregate === null) store.setValue(site, column.target, day, value, source.name, row.line);
  else store.addPart(site, column.target, group, day, value, column.aggregate, column.minimumShare);
}

/** The text of a row's date, put together if it stands in several columns. */
function dateText({ cells }: Row, { dateAt }: Reading): string {
  // Days of the year have three digits.
  const width = dateAt.length === 2 ? 3 : 2;
  return dateAt.length === 1
    ? cells[dateAt[0]!]!
    : dateAt.map((at) => cells[at]!.replace(/\.0+$/, "").padStart(width, "0")).join("-");
}

function readMoment(row: Row, reading: Reading): Moment {
  const { source, plan } = reading;
  const { form, endsDay } = plan.date!;
  const text = dateText(row, reading);
  const moment = readDate(text, form);
  if (moment !== null) return endsDay ? { ...moment, minutes: null } : moment;
  throw cannot("import", source.name, `line ${row.line}: ${dateFault(text, form)}`, {
    hint: dateHint(text),
  });
}

/** The number of a field in the unit of the data folder; NaN where there is none. */
function readValue(
  { at, column, least, most }: Cell,
  row: Row,
  { source, plan, store, leftOut, traces }: Reading,
  site: string,
): number {
  const text = row.cells[at]!;
  if (isMissing(text) || plan.missing.has(text)) return Number.NaN;
  const value = readNumber(text, plan.decimal);
  if (value === null) throw notNumber(row, at, column.target, source);
  if (plan.missing.has(String(value))) return Number.NaN;
  if (traces && value === knmiTrace && column.target === "prcp_mm") {
    leftOut.traces += 1;
    return 0;
  }
  const area = Number(store.attribute(site, "drainage_area_km2") ?? Number.NaN);
  const converted = column.unit === null ? value : column.unit.to(value, area);
  // A positive code is one beyond the limit, which is known in the unit of the data folder; -99 tenths of a degree is not a code.
  const isPossible = value < 0 && converted !== value && converted >= least;
  if (
    !isPossible &&
    missingCode(value, text, converted > most ? Number.NEGATIVE_INFINITY : undefined) !== null
  ) {
    countEmpty(leftOut, column.target, text);
    return Number.NaN;
  }
  if (Number.isNaN(converted) && !leftOut.withoutArea.has(site))
    leftOut.withoutArea.set(site, noArea(source, column, site));
  return converted;
}

function noArea(source: Source, { target, unit }: ColumnPlan, site: string): Error {
  const cause = `${target} of site ${site} is a depth (${unit!.symbol}), and the area of its basin is not known`;
  return cannot("import", source.name, cause, {
    hint: "Give a table with a column of areas too (drainage_area_km2), or a mapping that names it.",
  });
}

/** A number without the noise of a conversion: ten digits. */
export function rounded(value: number): string {
  return String(Number(value.toPrecision(10)));
}
