/** What is wrong with a row as a whole, before its numbers are looked at. */
import { type Day, firstDay, lastDay } from "../tables/day.ts";

/** Why a row of obs_file or input_file cannot be read; null where it can. `day` is that of its date. */
export function rowFault(cells: readonly string[], day: Day | null, width: number): string | null {
  if (cells.length !== width) return `a line has not the ${width} fields of the header`;
  if (cells[0] === "") return "the site id is empty";
  if (day === null) return "a date is not written like 2018-01-31";
  return day >= firstDay && day <= lastDay ? null : "a date is not between 1800 and 2199";
}
