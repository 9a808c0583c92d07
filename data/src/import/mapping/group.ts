/** Files of one header, which one section of a mapping describes, and the guess of that section on its way. */

import type { ColumnProfile, Profile } from "../files/profile.ts";
import { isNumeric } from "../files/profile.ts";
import type { Source } from "../files/source.ts";
import type { ColumnMapping, FileMapping } from "./mapping.ts";
import type { Question } from "./questions.ts";
import { recognise } from "./recognise.ts";
import {
  codeName,
  dateNames,
  dayNames,
  idNames,
  lettersOf,
  monthNames,
  yearDayNames,
  yearNames,
} from "./targets.ts";

/** Files of one header. */
export interface FileGroup {
  /** The name of the section: a file's name, or a pattern of several. */
  readonly key: string;
  readonly sources: readonly Source[];
  /** What the user's mapping says of them. */
  readonly given: FileMapping;
  readonly profile: Profile;
}

/** Columns of the files that were dropped when a row per variable became a column per variable. */
export function droppedColumns({ sources }: FileGroup): string[] {
  return [...new Set(sources.flatMap(({ dropped = [] }) => dropped))];
}

/** A group with its mapping, complete when no question is open. */
export interface Guess {
  readonly group: FileGroup;
  readonly mapping: FileMapping & { columns: Record<string, ColumnMapping> };
  /** By column of the data folder: an example of the values, and what was guessed. */
  readonly comments: Map<string, string>;
  readonly questions: Question[];
  /** Columns that are not used. */
  ignored: readonly string[];
  /** Columns that are left out, and why, in words that follow "not used, "; they are not among `ignored`. */
  readonly leftOut: Map<string, string>;
  /** What the user must know of columns that are left out, a sentence each. */
  readonly notes: string[];
  /** Something was chosen that the user has not said: it is to be confirmed. */
  guessed: boolean;
}

/** A line for each reason why columns are left out. */
export function leftOutLines({ leftOut }: Guess): string[] {
  const reasons = Map.groupBy(leftOut, ([, why]) => why);
  return [...reasons].map(
    ([why, columns]) => `not used, ${why}: ${columns.map(([name]) => name).join(", ")}`,
  );
}

/** The column that holds dates, the three of year, month and day, or the two of year and day of the year; undefined if there is none. */
export function findDate(columns: readonly ColumnProfile[]): string | string[] | undefined {
  const named = columns.filter(({ name, filled }) => filled > 0 && dateNames.test(lettersOf(name)));
  const good = named.find(({ dates }) => dates.forms.size > 0);
  if (good !== undefined) return good.name;
  for (const patterns of [
    [yearNames, monthNames, dayNames],
    [yearNames, yearDayNames],
  ]) {
    const parts = patterns.map((pattern) => columns.find(({ name }) => pattern.test(lettersOf(name))));
    if (parts.every((part) => part !== undefined)) return parts.map(({ name }) => name);
  }
  const other = columns.find(
    ({ filled, dates }) =>
      filled > 0 && dates.forms.size > 0 && !(dates.forms.size === 1 && dates.forms.has("YYYYMMDD")),
  );
  // A column that is called a date and cannot be read is worth its own message.
  return other?.name ?? named[0]?.name;
}

/** Names of ids even where none repeats; a column that is called id alone may count the rows. */
const surelyIds = /^(site|station|gau?ge|basin|catchment|monitoringlocation)(id|no|nr|code|number)$/;

/** The column of ids: one of a known name, whose values repeat where the table has days. */
export function findSite(
  columns: readonly ColumnProfile[],
  date: string | string[] | undefined,
): string | undefined {
  const left = columns.filter(
    ({ name, texts, filled }) =>
      filled > 0 &&
      ![date ?? []].flat().includes(name) &&
      (date === undefined || texts.size < filled || filled < 2 || surelyIds.test(lettersOf(name))),
  );
  // A code alone may be one of quality.
  const rank = ({ name }: ColumnProfile) =>
    lettersOf(name) === "code" ? 2 : /(id|nr|no|code|nummer|number)$/.test(lettersOf(name)) ? 0 : 1;
  const [named] = left.filter(({ name }) => idNames.test(lettersOf(name))).sort((a, b) => rank(a) - rank(b));
  if (named !== undefined) return named.name;
  // Texts that repeat beside days that repeat too, if only one column holds such: a station by its name.
  const texts = left.filter(
    (column) =>
      !isNumeric(column) &&
      recognise(column.name) === null &&
      codeName(column.name) === null &&
      column.texts.size * 5 <= column.filled,
  );
  return date !== undefined && texts.length === 1 && repeatsDays(columns, date) ? texts[0]!.name : undefined;
}

/** Whether the days of some file repeat, as those of several sites do; of days in three columns this is not known. */
export function repeatsDays(columns: readonly ColumnProfile[], date: string | string[]): boolean {
  const column = columns.find(({ name }) => name === date);
  return Array.isArray(date) || (column?.files.some(({ repeats }) => repeats) ?? false);
}

/** Whether each column beside the dates is a site: numbers under names that are no variables. */
export function isWide(columns: readonly ColumnProfile[], date: string | string[] | undefined): boolean {
  if (date === undefined || findSite(columns, date) !== undefined) return false;
  const values = columns.filter(
    (column) => ![date].flat().includes(column.name) && column.name !== "" && column.filled > 0,
  );
  if (values.length === 0 || values.some((column) => isNoSite(column.name) || !isNumeric(column)))
    return false;
  return values.length > 1 || /\d/.test(values[0]!.name);
}

/** Words for values of any variable. */
const valueWords =
  /^(value|values|valeur|wert|valor|valore|waarde|varde|mean|mittelwert|maximum|minimum|statut|status)/;

/** Whether a name says a variable, a code or a unit, as no site is called. */
function isNoSite(name: string): boolean {
  return (
    recognise(name) !== null ||
    codeName(name) !== null ||
    valueWords.test(lettersOf(name)) ||
    /[[(].*[/°%].*[\])]/.test(name)
  );
}

/** A mapping that says only where site and date stand, or nothing, leaves the variables to guess. */
export function isBare(columns: FileMapping["columns"]): boolean {
  return Object.keys(columns ?? {}).every((target) => target === "site_id" || target === "date");
}

/** The columns that are neither date nor site. */
export function valueColumns({ mapping, group }: Guess): ColumnProfile[] {
  const taken = [mapping.columns.date?.from, mapping.columns.site_id?.from].flat();
  return group.profile.columns.filter(
    ({ name, filled }) => name !== "" && filled > 0 && !taken.includes(name),
  );
}

/** What the line of units says of a column; empty where it says nothing, or where there is no such line. */
export function unitBelow({ sources }: FileGroup, name: string): string {
  const [{ columns, units }] = sources as [Source];
  return units?.[columns.indexOf(name)] ?? "";
}

/** Whether all times of a column of dates are 24:00, the end of the day that is written: there is one value a day. */
export function endsDay({ profile }: FileGroup, date: string | readonly string[]): boolean {
  const times = profile.columns.find(({ name }) => name === date)?.dates.times;
  return times?.size === 1 && times.has(1440);
}
