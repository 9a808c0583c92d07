/** Columns that hold the unit of another one, row by row: "unit" beside a single variable, "flow_unit" beside "flow". */
import { type Kind, readUnit } from "../../units/kinds.ts";
import { isMissing } from "../files/numbers.ts";
import type { ColumnProfile } from "../files/profile.ts";
import { type Guess, valueColumns } from "./group.ts";
import { recognise } from "./recognise.ts";
import { lettersOf, targets, unitNames } from "./targets.ts";
import { twoUnits } from "./tidy.ts";

/** What a column of units says. */
export interface UnitBeside {
  readonly column: string;
  readonly text: string;
}

const unitAfter = /^(.+?)[\s_.:-]*units?$/i;
const unitBefore = /^units?[\s_.:-]+(?:of |for )?(.+)$/i;

/** The unit that stands beside the values of a column; null if there is none. @throws if rows have different units. */
export function unitBeside(
  guess: Guess,
  target: string,
  from: string | readonly string[] | undefined,
  kind: Kind,
): UnitBeside | null {
  if (typeof from !== "string" || from === "*") return null;
  for (const column of valueColumns(guess)) {
    const texts = [...column.texts].filter((text) => !isMissing(text));
    if (column.name === from || !texts.some((text) => /[a-z%°]/i.test(text))) continue;
    if (!belongs(guess, column, texts, { target, from, kind })) continue;
    const [first, ...more] = texts;
    const other = more.find((text) => spell(text, kind) !== spell(first!, kind));
    if (other === undefined) return { column: column.name, text: first! };
    throw twoUnits(guess.group.key, `its column "${from}" has two units by its column "${column.name}"`, [
      first!,
      other,
    ]);
  }
  return null;
}

function belongs(
  { mapping }: Guess,
  { name }: ColumnProfile,
  texts: readonly string[],
  { target, from, kind }: { readonly target: string; readonly from: string; readonly kind: Kind },
): boolean {
  if (unitNames.test(lettersOf(name))) {
    const measured = Object.keys(mapping.columns).filter((one) =>
      targets.some((known) => known.name === one && known.kind !== null),
    );
    return measured.length === 1 || texts.every((text) => readUnit(text, kind) !== null);
  }
  const base = unitAfter.exec(name)?.[1] ?? unitBefore.exec(name)?.[1];
  if (base === undefined) return false;
  const said = recognise(base)?.target;
  const isTarget =
    said === "temperature" ? target === "temp_c" || target === "tmean_c" : said?.name === target;
  return isTarget || lettersOf(base) === lettersOf(from);
}

function spell(text: string, kind: Kind): string {
  return readUnit(text, kind)?.symbol ?? text;
}
