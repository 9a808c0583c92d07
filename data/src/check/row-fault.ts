/** Checks a row as a whole, before its numbers are checked. */
import { type Day, firstDay, lastDay } from "../tables/day.ts";
import { dateFault } from "./date-fault.ts";

/**
 * Why a row of obs_file or input_file cannot be read; null if it can. `day` is its date, in the column `dateAt`.
 */
export function rowFault(
  cells: readonly string[],
  day: Day | null,
  width: number,
  dateAt: number,
): string | null {
  if (cells.length !== width) return widthFault(cells, width);
  if (cells[0] === "") return "the site id is empty";
  if (day === null) return dateFault(cells[dateAt] ?? "");
  return day >= firstDay && day <= lastDay ? null : "a date is not between 1800 and 2199";
}

/** Decimal commas split numbers into more fields; another separator leaves one field. */
function widthFault(cells: readonly string[], width: number): string {
  const text = `a line does not have the ${width} fields of the header`;
  const numbers = cells.slice(2);
  if (cells.length > width && numbers.every((cell) => /^-?\d*$/.test(cell)))
    return `${text}: are decimals written with a comma? Write a point`;
  const separated = separatorOf(cells);
  return separated === null ? text : `${text}: ${separated}`;
}

const separators = [
  [";", "semicolons"],
  ["\t", "tabs"],
  ["|", "bars"],
] as const;

/** The message for a line with another separator than commas, which becomes one field; null for other lines. */
export function separatorOf(cells: readonly string[]): string | null {
  const [only = "", ...more] = cells;
  const found = separators.find(([sign]) => only.includes(sign));
  return more.length > 1 || found === undefined
    ? null
    : `fields are separated by ${found[1]}: separate them by commas, and write decimals with a point`;
}
