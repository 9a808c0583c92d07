/** Fields that should be numbers and are not. */
import { cannot } from "braid-engine";
import type { Row } from "../../tables/table.ts";
import type { Source } from "../files/source.ts";

/** The error for the field `at` of a row, which should be a number of the variable `target`, with what to do about its text. */
export function notNumber({ line, cells }: Row, at: number, target: string, source: Source): Error {
  const text = cells[at]!;
  return cannot(
    "import",
    source.name,
    `line ${line}: "${text}" in its column "${source.columns[at]}" is not a number`,
    { hint: hintFor(text, target) },
  );
}

function hintFor(text: string, target: string): string {
  if (/^[<>~≤≥]/.test(text))
    return "A limit is not a value: leave the field empty, or write the number to use.";
  if (/^[-+]?[\d.,]+\s*(\D+|[a-z]\w*)$/i.test(text))
    return "Write only the number, and put codes in a column of their own.";
  if (target === "prcp_mm" && /^(t|tr|traces?|spur)$/i.test(text))
    return "A trace of precipitation is too little to measure: write 0, or the amount to use.";
  return `If it means a missing value, say so in the mapping of the file: missing: [${JSON.stringify(text)}]`;
}
