/**
 * Numbers as files write them: a decimal point or comma, groups of thousands where they cannot be mistaken. Which of the two
 * signs is the decimal follows from all values of a file.
 */
import { parseNumber } from "../../tables/number.ts";

/** The sign before decimals. */
export type Decimal = "." | ",";

/** Texts that stand for no value in any file. */
const missingWords = /^(|na|n\/a|nan|<na>|null|none|nd|nat|missing|-{1,3}|\*+|\?|\.|#n\/?a|#nv)$/i;

/** Whether a text stands for no value, whatever the column. */
export function isMissing(text: string): boolean {
  return missingWords.test(text);
}

const forms = [
  ["plain", /^[+-]?\d+$|^[+-]?\d+[eE][+-]?\d+$/],
  // 1,234: a decimal comma or a thousand
  ["comma group", /^[+-]?[1-9]\d{0,2}(,\d{3})+$/],
  ["point group", /^[+-]?[1-9]\d{0,2}(\.\d{3}){2,}$/],
  // 1.234: a decimal point or a thousand
  ["single point group", /^[+-]?[1-9]\d{0,2}\.\d{3}$/],
  ["point", /^[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?$/],
  ["comma", /^[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?$/],
  ["commas before a point", /^[+-]?\d{1,3}(,\d{3})+\.\d+$/],
  ["points before a comma", /^[+-]?\d{1,3}(\.\d{3})+,\d+$/],
  ["spaced point", /^[+-]?\d{1,3}([ '\u00a0\u202f’]\d{3})+(\.\d+)?$/],
  ["spaced comma", /^[+-]?\d{1,3}([ '\u00a0\u202f’]\d{3})+,\d+$/],
] as const;

/** Programs write exponents with a sign or after one digit: in 10.9E1 the letter may begin a code. */
const oddExponent = /^[+-]?\d{2,}[.,]?\d*e\d+$/i;

/** How a number is written. */
export type NumberForm = (typeof forms)[number][0];

/** The minus sign of typesetting, or the dash in its place, as the one of keyboards, and wide digits as plain ones. */
function plainSigns(text: string): string {
  return /[\u2212\u2013\uff0b-\uff19]/.test(text)
    ? text.replace(/[\u2212\u2013](?=[\d.,])/g, "-").normalize("NFKC")
    : text;
}

/** The form of a number; null for a text that is none. */
export function numberForm(given: string): NumberForm | null {
  const text = plainSigns(given);
  if (oddExponent.test(text)) return null;
  return forms.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

/** Reads a number whose decimal sign is known; NaN for an empty text, null for what is not a number then. */
export function readNumber(given: string, decimal: Decimal): number | null {
  const text = plainSigns(given);
  const number = oddExponent.test(text) ? null : parseNumber(text);
  if (decimal === "." && number !== null) return number;
  const form = numberForm(text);
  if (form === null) return null;
  const grouped = text.replaceAll(/[ '\u00a0\u202f’]/g, "");
  if (decimal === ".")
    return form === "comma" ||
      form === "points before a comma" ||
      form === "point group" ||
      form === "spaced comma"
      ? null
      : parseNumber(grouped.replaceAll(",", ""));
  // 1.5 in a file of decimal commas is a slip, not 15.
  if (form === "point") return null;
  if (form === "comma group" && text.split(",").length > 2) return null;
  return form === "commas before a point" ? null : parseNumber(grouped.replaceAll(".", "").replace(",", "."));
}

/**
 * The decimal sign that all values of a file allow; why not, where there is none. `pointsMayGroup`: the file is written as in a
 * country of decimal commas, so that 1.234 alone may be a thousand.
 */
export function decimalOf(
  seen: ReadonlyMap<NumberForm, string>,
  pointsMayGroup: boolean,
): { decimal: Decimal } | { ambiguous: string } | { mixed: [string, string] } {
  const first = (...names: NumberForm[]) =>
    names.map((name) => seen.get(name)).find((text) => text !== undefined);
  const comma = first("comma", "points before a comma", "spaced comma");
  const single = first("single point group");
  const point = first("commas before a point", "point") ?? (pointsMayGroup ? undefined : single);
  const group = first("comma group");
  if (comma !== undefined) {
    // 1.234 beside 1.234,5 is a thousand.
    const wrong =
      first("commas before a point", "point") ?? (seen.has("points before a comma") ? undefined : single);
    return wrong === undefined ? { decimal: "," } : { mixed: [comma, wrong] };
  }
  if (point !== undefined) return { decimal: "." };
  if (group !== undefined) return { ambiguous: group };
  if (first("point group") !== undefined) return { decimal: "," };
  return single === undefined ? { decimal: "." } : { ambiguous: single };
}

/**
 * A number with a thousands separator and no decimals, beside one with decimals and none with both: 25,703 may be a typing error
 * for 25.703. Null if there is none.
 */
export function doubtfulThousand(
  seen: ReadonlyMap<NumberForm, string>,
  decimal: Decimal,
): readonly [thousand: string, other: string] | null {
  const spaced = seen.get("spaced point");
  const thousand =
    (decimal === "." ? seen.get("comma group") : undefined) ?? (spaced?.includes(".") ? undefined : spaced);
  const other = decimal === "." ? (seen.get("point") ?? seen.get("single point group")) : seen.get("comma");
  const isSure =
    seen.has("commas before a point") || seen.has("points before a comma") || seen.has("spaced comma");
  return thousand === undefined || other === undefined || isSure ? null : [thousand, other];
}
