/** What is wrong with a row as a whole, before its numbers are looked at. */
import { type Day, firstDay, lastDay } from "../tables/day.ts";
import { dateFault } from "./date-fault.ts";

/**
 * Why a row of obs_file or input_file cannot be read; null where it can. `day` is that of its date, which stands at
 * `dateAt`.
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

/** Halves of numbers make more fields, as many as there are numbers; another separator makes one. */
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

/** What is told of a line that became one field, since something else than commas separates; null for another one. */
export function separatorOf(cells: readonly string[]): string | null {
  const [only = "", ...more] = cells;
  const found = separators.find(([sign]) => only.includes(sign));
  return more.length > 1 || found === undefined
    ? null
    : `fields are separated by ${found[1]}: separate them by commas, and write decimals with a point`;
}
