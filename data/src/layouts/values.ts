/** The values of published tables: what means "missing", and conversions of units. Values stay text where nothing changes. */
import { cannot } from "braid-engine";
import { missingCode } from "../check/missing-codes.ts";
import { parseNumber } from "../tables/number.ts";
import { cmsOfDepth } from "../tables/units.ts";

/** What the data sets write for a missing value: nothing, a blank, NA, NaN, -999 or -9999. */
const missing = /^(|na|nan|null|-999(9|\.9)?(\.0*)?)$/i;

/** Whether a text means that there is no value. */
export function isMissing(text: string): boolean {
  return missing.test(text);
}

/** The text of a value as it was written, empty for a missing one. @throws if it is not a number. */
export function valueText(text: string, path: string, line: number, column: string): string {
  const trimmed = text.trim();
  if (isMissing(trimmed)) return "";
  if (parseNumber(trimmed) === null)
    throw cannot(
      "read",
      path,
      `line ${line}: ${column} holds "${trimmed.slice(0, 40)}" instead of a number`,
      {
        hint: "Use the file as it was published.",
      },
    );
  return trimmed;
}

/** A number as text with seven significant digits, as many as a 32-bit number holds; empty for NaN. */
export function sevenDigits(value: number): string {
  return Number.isNaN(value) ? "" : String(Number(value.toPrecision(7)));
}

/** The text of a flow in m3/s, of a text of mm a day over `area` km2. */
export function cmsText(depth: string, area: number): string {
  return depth === "" ? "" : sevenDigits(cmsOfDepth(Number(depth), area));
}

/** Why a flow or a precipitation holds a code for "missing" that the data set does not use; null if it holds none. */
export function codeFault(column: string, text: string, date: string): string | null {
  const value = Number(text);
  if (text === "" || (value >= 0 && value < 1e18) || missingCode(value, text) === null) return null;
  return `${column} on ${date} is ${text}, which seems to be a code for "missing"`;
}

/** What to do about it. */
export const codeHint = "Write -999 or leave the field empty, if it is one.";
