/** From a day to its row in a record, whose days may have gaps. */
import type { Day } from "@braid/data/tables";

/** The row of a day, where there is one. */
export type RowOf = (day: Day) => number | undefined;

/** Finds the row of a day in a record's days. */
export function rowsByDay(days: Int32Array): RowOf {
  const rows = new Map<Day, number>(Array.from(days, (day, row) => [day, row]));
  return (day) => rows.get(day);
}
