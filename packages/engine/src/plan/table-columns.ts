/** What a table of jobs, files and gathers consists of, in memory as when it is saved. */
import { Integers, type Words } from "./columns.ts";

export const columnNames = [
  // By file.
  "folder",
  "name",
  "maker",
  // By job: where its values and outputs stand in `items`, and where its input places do.
  "rule",
  "start",
  "inputStart",
  "inputEnd",
  "items",
  // By gather: where its files stand in `gatherItems`.
  "gatherStart",
  "gatherEnd",
  "gatherItems",
] as const;

export type TableColumns = Readonly<Record<(typeof columnNames)[number], Integers>>;

export interface TableTexts {
  /** The values of wildcards. */
  readonly words: Words;
  /** Folders end with a slash; that of the working folder is empty. */
  readonly folders: Words;
  readonly names: Words;
}

export function columnsOf(column: (name: keyof TableColumns) => Integers): TableColumns {
  return Object.fromEntries(columnNames.map((name) => [name, column(name)])) as unknown as TableColumns;
}

export const emptyColumns = () => columnsOf(() => new Integers());
