/** Which columns of a group hold which variables, and in which units. */
import { isFromFlow } from "../../check/from-flow.ts";
import { missingCode } from "../../check/missing-codes.ts";
import { kinds, type Unit } from "../../units/kinds.ts";
import { readNumber } from "../files/numbers.ts";
import { type ColumnProfile, isNumeric } from "../files/profile.ts";
import { droppedColumns, type Guess, isBare, isWide, unitBelow, valueColumns } from "./group.ts";
import { guessCodes } from "./guess-codes.ts";
import { guessUnit, kindOf } from "./guess-unit.ts";
import { isKnmi, knmiColumn } from "./knmi.ts";
import { holdsSomeNumbers, noFileVariable, noVariable, textsOf } from "./no-variable.ts";
import { question, quoted } from "./questions.ts";
import { type Recognised, recognise } from "./recognise.ts";
import { codeName, lettersOf, statisticNames, type Target, targets } from "./targets.ts";
import { twoStatistics } from "./tidy.ts";
import { unitBeside } from "./units-beside.ts";

const rainNames = /^(rain|regen|pluie|lluvia|pioggia|chuva|regn)/;
/** Snowfall, not the snow on the ground: its depth, cover or water equivalent. */
const snowNames = /^(snow|snowfall|schnee|schneefall|neige|nieve|neve|sno)(mm|cm|in|mmd|mmday)?$/;

/** Completes the variables of the mapping. @throws if there is none, and for units that are not known. */
export function guessVariables(guess: Guess): void {
  const { mapping, group } = guess;
  const { columns } = mapping;
  if (isBare(group.given.columns)) {
    if (isWide(group.profile.columns, columns.date?.from)) guessWide(guess);
    else guessNamed(guess);
  }
  for (const [target, column] of Object.entries(columns))
    if (target !== "site_id" && target !== "date") guessUnit(guess, target, column);
  if (!isWide(group.profile.columns, columns.date?.from) && columns.date !== undefined) guessCodes(guess);
  const used = new Set(Object.values(columns).flatMap(({ from }) => from ?? []));
  for (const name of unitColumns(guess)) used.add(name);
  if (isBare(group.given.columns) && columns.date !== undefined) checkStatistics(guess);
  noteSnow(guess, used);
  guess.ignored = used.has("*")
    ? []
    : [...group.profile.columns.map(({ name }) => name), ...droppedColumns(group)].filter(
        (name) => name !== "" && !used.has(name) && !guess.leftOut.has(name),
      );
  if (isBare(columns) && guess.questions.length === 0) throw noVariable(guess);
}

/** @throws if a column says that some values are means and others maxima, say. */
function checkStatistics({ group }: Guess): void {
  for (const { name, texts } of group.profile.columns)
    if (statisticNames.test(lettersOf(name)) && texts.size > 1)
      throw twoStatistics(group.key, "it", name, [...texts]);
}

/** Columns that say the units of others. */
function unitColumns(guess: Guess): string[] {
  return Object.entries(guess.mapping.columns).flatMap(([target, { from }]) => {
    const kind = kindOf(target);
    return kind === null ? [] : (unitBeside(guess, target, from, kind)?.column ?? []);
  });
}

function guessNamed(guess: Guess): void {
  const { mapping, group } = guess;
  const found = new Map<string, { column: ColumnProfile; said: Recognised; target: Target }[]>();
  leaveOutEmpty(guess);
  const ofKnmi = isKnmi(group.profile.columns.map(({ name }) => name));
  const named = valueColumns(guess).flatMap((column) => {
    if (guess.leftOut.has(column.name)) return [];
    // Codes belong beside a value, and are found when all values are.
    const said = ofKnmi
      ? knmiColumn(column.name)
      : codeName(column.name) === null
        ? recognise(column.name, unitBelow(group, column.name))
        : null;
    return said === null ? [] : [{ column, said }];
  });
  const isAttributes = mapping.columns.date === undefined;
  const sure = named.flatMap(({ said }) => (said.target === "temperature" ? [] : [said.target]));
  for (const { column, said } of named) {
    // A table without days holds what is known of sites; a number of a variable there is its mean or the like.
    if (isAttributes && (said.target === "temperature" || said.target.role !== "attribute")) continue;
    const target =
      said.target === "temperature"
        ? temperatureOf(guess, column, said.unit, sure)
        : mayBeAir(column, sure)
          ? (airTemperature(column, said.unit) ?? askTemperature(guess, column, said.unit))
          : said.target;
    if (target === null) continue;
    if (target.kind !== null && !isNumeric(column)) {
      if (holdsSomeNumbers(column)) throw textsOf(group.key, column);
      continue;
    }
    if (
      target.name === "synthetic" &&
      !sure.some(({ role, kind }) => role === "observation" && kind !== null)
    )
      continue;
    found.set(target.name, [...(found.get(target.name) ?? []), { column, said, target }]);
  }
  for (const [name, candidates] of found) choose(guess, name, candidates);
  if (isAttributes) keepAttributes(guess);
  guess.guessed ||= found.size > 0;
}

/** Leaves out drivers that hold nothing, or codes for "missing" alone: one of them would cost every site. */
function leaveOutEmpty({ mapping, group, leftOut }: Guess): void {
  if (mapping.columns.date === undefined) return;
  for (const { name, valued, texts } of group.profile.columns) {
    if (valued > 0 || codeName(name) !== null || ![...texts].every(isCode)) continue;
    const target = recognise(name)?.target;
    if (target === "temperature" || target?.role === "driver") leftOut.set(name, "no row has a value");
  }
}

function isCode(text: string): boolean {
  const value = readNumber(text, /,/.test(text) ? "," : ".");
  return value !== null && missingCode(value, text) !== null;
}

/** Rain alone is not all precipitation if snow stands in a column of its own. */
function noteSnow({ mapping, group, leftOut }: Guess, used: ReadonlySet<string>): void {
  const from = mapping.columns.prcp_mm?.from;
  if (typeof from !== "string" || !rainNames.test(lettersOf(from))) return;
  for (const { name, filled } of group.profile.columns)
    if (filled > 0 && !used.has(name) && snowNames.test(lettersOf(name)))
      leftOut.set(name, `and prcp_mm lacks it if "${from}" is rain alone (then add the two columns first)`);
}

function choose(
  guess: Guess,
  name: string,
  candidates: readonly { column: ColumnProfile; said: Recognised; target: Target }[],
): void {
  const { columns } = guess.mapping;
  const take = ({ column, said }: (typeof candidates)[number]) => {
    columns[name] = {
      from: column.name,
      ...(said.unit === null ? unitTextOf(said) : { unit: said.unit.symbol }),
    };
  };
  const [first, ...more] = candidates;
  if (more.length === 0) {
    take(first!);
    return;
  }
  const names = candidates.map(({ column }) => column.name);
  guess.questions.push(
    question({
      file: guess.group.key,
      cause: `two columns may be ${name}: ${names.map((one) => `"${one}"`).join(" and ")}`,
      facts: candidates.map(
        ({ column }) => [column.name, `begins with ${[...column.texts].slice(0, 3).join(", ")}`] as const,
      ),
      key: ["columns", name, "from"],
      choices: names,
      answer(choice) {
        take(candidates.find(({ column }) => column.name === choice)!);
        guessUnit(guess, name, columns[name]!);
        guessCodes(guess);
      },
    }),
  );
}

function unitTextOf({ unitText, target }: Recognised): { unit?: string } {
  return unitText === null || target === "temperature" || target.kind === null ? {} : { unit: unitText };
}

/** Attributes of sites keep their names; a model may use any of them, but for those that come from the flow that it predicts. */
function keepAttributes({ mapping, group, leftOut }: Guess): void {
  const used = new Set(Object.values(mapping.columns).flatMap(({ from }) => from ?? []));
  for (const { name, filled } of group.profile.columns) {
    const own = attributeName(name);
    if (filled === 0 || own === "" || used.has(name) || own in mapping.columns) continue;
    if (targets.some((target) => target.name === own && target.role !== "attribute"))
      leftOut.set(name, "because a variable that changes from day to day has this name");
    else if (isFromFlow(own)) leftOut.set(name, "because it is computed from the flow that a model predicts");
    else mapping.columns[own] = { from: name, role: "attribute" };
  }
}

/** A name of small letters, digits and single bars: "Längengrad (°)" is laengengrad. */
function attributeName(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll(/[äöü]/g, (letter) => `${letter}e`);
  return plain
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/\W+/g, "_")
    .replaceAll(/^_+|_+$/g, "");
}

/** Whether temp_c, the name of water temperature in a data folder, stands in a table of weather alone, as that of the air does. */
function mayBeAir({ name }: ColumnProfile, sure: readonly Target[]): boolean {
  const known = new Set(sure.map((target) => target.name));
  return (
    lettersOf(name) === "tempc" &&
    sure.some(({ role }) => role === "driver") &&
    !known.has("discharge_cms") &&
    !known.has("tmean_c")
  );
}

/** Air or water: water does not freeze in a river, and stands beside its flow; air stands beside rain. Null: it is asked. */
function temperatureOf(
  guess: Guess,
  column: ColumnProfile,
  unit: Unit | null,
  sure: readonly Target[],
): Target | null {
  const air = targets.find(({ name }) => name === "tmean_c")!;
  const water = targets.find(({ name }) => name === "temp_c")!;
  if (airTemperature(column, unit) !== null) return air;
  const [flow, drivers] = [
    sure.some(({ name }) => name === "discharge_cms"),
    sure.some(({ role }) => role === "driver"),
  ];
  if (flow !== drivers) {
    if (flow) guess.comments.set("temp_c", "taken for that of the water; tmean_c is that of the air");
    else guess.comments.set("tmean_c", "taken for that of the air; temp_c is that of the water");
    return flow ? water : air;
  }
  if (sure.includes(water)) return air;
  if (sure.includes(air)) return water;
  return askTemperature(guess, column, unit);
}

/** The temperature of the air if a column is too cold for water; else null. */
function airTemperature({ least }: ColumnProfile, unit: Unit | null): Target | null {
  const isCold = (unit ?? kinds.airTemperature.units[0]!).to(least) < -2;
  return isCold ? targets.find(({ name }) => name === "tmean_c")! : null;
}

/** Leaves open whether a column is the temperature of the air or of the water. */
function askTemperature(guess: Guess, column: ColumnProfile, unit: Unit | null): null {
  const choices = ["temp_c", "tmean_c"].map(
    (name) => `${name}: { from: ${quoted(column.name)}, unit: ${unit?.symbol ?? "..."} }`,
  );
  guess.questions.push(
    question({
      file: guess.group.key,
      cause: `its column "${column.name}" may be the temperature of the water (temp_c) or of the air (tmean_c)`,
      facts: [["it begins with", [...column.texts].slice(0, 3).join(", ")]],
      key: ["columns"],
      choices,
      answer(choice) {
        const name = choice.startsWith("temp_c") ? "temp_c" : "tmean_c";
        guess.mapping.columns[name] = { from: column.name, ...(unit === null ? {} : { unit: unit.symbol }) };
        guessUnit(guess, name, guess.mapping.columns[name]);
        guessCodes(guess);
      },
    }),
  );
  return null;
}

/** A column per site: the variable and its unit stand in the name of the file. */
function guessWide(guess: Guess): void {
  const { mapping, group } = guess;
  const digits = mapping.columns.site_id?.digits;
  delete mapping.columns.site_id;
  if (digits !== undefined) mapping.columns.site_id = { digits };
  const said = recognise(group.key.replace(/\.\w+$/, "").replaceAll("*", ""));
  guess.guessed = true;
  if (said !== null && said.target !== "temperature") {
    mapping.columns[said.target.name] = {
      from: "*",
      ...(said.unit === null ? {} : { unit: said.unit.symbol }),
    };
    return;
  }
  throw noFileVariable(guess);
}
