/** In which unit a column is: the user says it, the name or the line of units, or only one fits its mean. */
import { plausibleUnits } from "../../check/units-of.ts";
import { type Kind, kinds, readUnit, type Unit } from "../../units/kinds.ts";
import type { ColumnProfile, Numbers } from "../files/profile.ts";
import { type Guess, unitBelow, valueColumns } from "./group.ts";
import type { ColumnMapping } from "./mapping.ts";
import { question } from "./questions.ts";
import { unitIn } from "./recognise.ts";
import { targets } from "./targets.ts";
import { unitBeside } from "./units-beside.ts";

/** The kind of a column by its name; null for text and for names of the user's own. */
export function kindOf(target: string): Kind | null {
  return targets.find(({ name }) => name === target)?.kind ?? null;
}

/** The unit of a column: the user's, that of the name or of the line of units, or the only one that its mean allows. */
export function guessUnit(guess: Guess, target: string, column: ColumnMapping): void {
  const { group } = guess;
  const kind = kindOf(target);
  const profiles =
    column.from === "*"
      ? valueColumns(guess)
      : group.profile.columns.filter(({ name }) => name === column.from);
  const [profile] = profiles;
  const example = [...(profile?.texts ?? [])].find((text) => text !== "0" && text !== "0.0") ?? "";
  const before = guess.comments.get(target);
  guess.comments.set(target, [example && `such as ${example}`, before].filter(Boolean).join("; "));
  if (kind === null) return;
  const from = column.from === "*" ? "its columns" : `its column "${String(column.from)}"`;
  const ask = (cause: string) => askUnit(guess, target, column, kind, cause, example);
  const isGiven = group.given.columns?.[target]?.unit !== undefined;
  const said = unitSaid(guess, target, column, kind, profiles);
  if (isGiven) noteOther(guess, column, kind, from, said);
  else if (typeof said === "string") {
    ask(`${from}: ${said}`);
    return;
  } else if (said !== null) column.unit = said.symbol;
  if (column.unit !== undefined) {
    const unit = readUnit(column.unit, kind);
    if (unit !== null) column.unit = unit.symbol;
    else
      ask(
        `${from}: "${column.unit}" is not a known unit of ${kind.words}; if it is none of these, convert the column first`,
      );
    return;
  }
  const unit = unitOfNumbers(target, kind, profiles);
  if (unit === null) {
    ask(
      `the unit of ${from} is not known: ${kind === kinds.area || kind === kinds.height ? "its name does not tell it" : "neither its name nor its values tell it"}`,
    );
    return;
  }
  const odd = group.sources.find((_, at) => {
    const alone = profiles.map(({ files }) => files[at]!);
    return valuedOf(alone) >= enoughValues && unitOfNumbers(target, kind, alone) !== unit;
  });
  if (odd !== undefined) {
    ask(
      `the unit of ${from} is not known: the values of all files look like ${unit.symbol}, but those of ${odd.name} alone do not; if it has another unit, give it a section of its own in the mapping`,
    );
    return;
  }
  column.unit = unit.symbol;
  const why = `unit guessed from the mean, ${meanOf(profiles).toPrecision(3)}`;
  guess.comments.set(target, [guess.comments.get(target), why].filter(Boolean).join("; "));
  guess.guessed = true;
}

function askUnit(
  { group, questions }: Guess,
  target: string,
  column: ColumnMapping,
  kind: Kind,
  cause: string,
  example: string,
): void {
  delete column.unit;
  questions.push(
    question({
      file: group.key,
      cause,
      facts: [["for example", example]],
      key: ["columns", target, "unit"],
      choices: kind.units.map(({ symbol }) => symbol),
      answer(choice) {
        column.unit = choice;
      },
    }),
  );
}

/** Notes that the unit of the user's mapping is not the one that the file says. */
function noteOther(
  { group, notes }: Guess,
  column: ColumnMapping,
  kind: Kind,
  from: string,
  said: Unit | string | null,
): void {
  const given = readUnit(column.unit ?? "", kind);
  if (given === null || said === null || typeof said === "string" || isSame(given, said)) return;
  notes.push(
    `${group.key}: ${from} is in ${said.symbol} by the file, and in ${given.symbol} by the mapping, which counts`,
  );
}

/**
 * The unit by the name, the line of units and a column of units; null where none of them says one; in words where they
 * contradict each other. @throws if rows have different units.
 */
function unitSaid(
  guess: Guess,
  target: string,
  { from }: ColumnMapping,
  kind: Kind,
  profiles: readonly ColumnProfile[],
): Unit | string | null {
  const { group } = guess;
  const named = unitIn(from === "*" ? group.key.replace(/\.\w+$/, "") : String(from), kind);
  const below = profiles.map(({ name }) => unitBelow(group, name)).filter((text) => !noUnit.test(text));
  const beside = unitBeside(guess, target, from, kind);
  const sayings = [...new Set(below)].map((text): [string, string] => [text, "the line of units"]);
  if (beside !== null) sayings.push([beside.text, `its column "${beside.column}"`]);
  let said = named;
  let first = `${from === "*" ? "the name of the file" : "its name"} says ${named?.symbol} and`;
  for (const [text, where] of sayings) {
    const unit = readUnit(text, kind);
    if (unit === null) return `${where} says "${text}", which is not a known unit of ${kind.words}`;
    if (said !== null && !isSame(said, unit))
      return first.startsWith(`${where} says `)
        ? `${first.replace(" says ", " says both ")} "${text}"`
        : `${first} ${where} "${text}"`;
    // mm are an amount or a rate, mm a day a rate for certain.
    if (said === null || (said.amount && !unit.amount)) said = unit;
    if (named === null) first = `${where} says "${text}" and`;
  }
  return said;
}

/** What stands in a line of units below texts. */
const noUnit = /^(|text|string|date|yyyy.*)$/i;

function isSame(one: Unit, other: Unit): boolean {
  return [0, 1].every((value) => one.to(value, 1) === other.to(value, 1));
}

/** Limits of the mean and of the greatest value in the usual unit, within which no other unit is likely. */
interface Sure {
  readonly least: number;
  readonly most: number;
  readonly greatest: number;
  /** The least likely mean, if it is below `least`. */
  readonly likely?: number;
}

/** By variable: 40 as the greatest daily minimum is degrees Fahrenheit, a mean rain of 0.12 may be inches. */
const sure: Readonly<Record<string, Sure>> = {
  temp_c: { least: -0.5, most: 30, greatest: 45 },
  prcp_mm: { least: 0.5, most: 12, greatest: 400 },
  // The warmest day of the coldest places is colder than these in degrees Fahrenheit.
  tmin_c: { least: -30, most: 24, greatest: 32 },
  tmax_c: { least: -20, most: 38, greatest: 50 },
  tmean_c: { least: -25, most: 32, greatest: 40 },
  srad_wm2: { least: 50, most: 400, greatest: 1500 },
  vp_pa: { least: 50, most: 4500, greatest: 10_000 },
  // Below, it may be mmHg.
  pressure_hpa: { least: 800, likely: 400, most: 1100, greatest: 1200 },
  rh_percent: { least: 2, most: 100, greatest: 110 },
  pet_mm: { least: 0.5, most: 12, greatest: 40 },
};

/** No day has so many inches of water. */
const mostInches = 20;

/** Fewer values of a file are those of a season, whose mean says little. */
const enoughValues = 300;

/** The unit of columns by all their numbers; null where several are likely. */
function unitOfNumbers(target: string, kind: Kind, columns: readonly Numbers[]): Unit | null {
  const mean = meanOf(columns);
  if (mayBeTenths(target, kind, mean, columns)) return null;
  return unitOfMean(target, kind, mean, Math.max(...columns.map(({ most }) => most)));
}

/** The usual unit where the values leave no other; another where its mean fits in that one alone; null where several are likely. */
function unitOfMean(target: string, kind: Kind, mean: number, greatest: number): Unit | null {
  const limits = sure[target];
  const [usual] = kind.units as readonly [Unit];
  // A river and its basin may be of any size, at any height, and wind is slow in any unit: only a name tells the unit.
  if (limits === undefined) return null;
  const isWater = kind === kinds.precipitation || kind === kinds.evaporation;
  const least = isWater && greatest >= mostInches ? 0 : limits.least;
  if (mean >= least && mean <= limits.most && greatest <= limits.greatest) return usual;
  const within = kind.units.filter(
    ({ to }) => to(mean) >= (limits.likely ?? limits.least) && to(mean) <= limits.most,
  );
  const fitting = plausibleUnits(target, mean) ?? within;
  return fitting.length === 1 && fitting[0] !== usual ? fitting[0]! : null;
}

/** Tenths of a unit are written without decimals; so much a day (mm) is rain somewhere, as a mean. */
const leastTenths = 0.2;

/** Whether rain has no decimals anywhere and would be likely in tenths of mm too. */
function mayBeTenths(target: string, kind: Kind, mean: number, columns: readonly Numbers[]): boolean {
  if (kind !== kinds.precipitation || mean / 10 < leastTenths || mean > sure[target]!.most) return false;
  return columns.every(({ seen }) => [...seen.keys()].every((form) => form === "plain"));
}

function meanOf(columns: readonly Numbers[]): number {
  return columns.reduce((all, { sum }) => all + sum, 0) / valuedOf(columns);
}

function valuedOf(columns: readonly Numbers[]): number {
  return columns.reduce((all, { valued }) => all + valued, 0);
}
