/** A table of parameters as paths: `alpha~0.1/beta~2` for the row `{ alpha: 0.1, beta: 2 }`. */
import { cannot } from "../errors.ts";
import { wrongValue } from "./expand.ts";

type Cell = string | number | boolean;

/** `"alpha~{alpha}/beta~{beta}"` for the columns alpha and beta. */
export type SpacePattern<
  Columns extends readonly string[],
  Separator extends string,
> = Columns extends readonly [infer First extends string, ...infer Rest extends readonly string[]]
  ? Rest extends readonly []
    ? `${First}${Separator}{${First}}`
    : `${First}${Separator}{${First}}/${SpacePattern<Rest, Separator>}`
  : "";

export interface Paramspace<Row, Pattern extends string> {
  /** To stand in outputs: its wildcards are the columns. */
  readonly pattern: Pattern;
  /** The path of each row, in the table's order. */
  readonly paths: readonly string[];
  /** The row of a job, by the values of its wildcards. */
  row(wildcards: { readonly [Column in keyof Row & string]: string }): Row;
}

/** `columns` says which of the table's columns make the path, and in which order. */
export function paramspace<
  Row extends { readonly [column: string]: Cell },
  const Columns extends readonly (keyof Row & string)[],
  const Separator extends string = "~",
>(
  rows: readonly Row[],
  columns: Columns,
  options: { readonly separator?: Separator } = {},
): Paramspace<Pick<Row, Columns[number]>, SpacePattern<Columns, Separator>> {
  const separator = options.separator ?? "~";
  const byPath = new Map<string, Row>();
  const pathOf = (values: Readonly<Record<string, Cell>>) =>
    columns.map((column) => `${column}${separator}${values[column]}`).join("/");
  for (const row of rows) {
    for (const column of columns) {
      if (row[column] === undefined)
        throw cannot("make paths of the table", "", `a row of it has no ${column}`);
      const wrong = wrongValue(String(row[column]), false);
      if (wrong !== null)
        throw cannot("make paths of the table", "", `the value "${row[column]}" of ${column} ${wrong}`);
    }
    const path = pathOf(row);
    if (byPath.has(path)) throw cannot("make paths of the table", "", `two of its rows give "${path}"`);
    byPath.set(path, row);
  }
  return {
    pattern: columns.map((column) => `${column}${separator}{${column}}`).join("/") as SpacePattern<
      Columns,
      Separator
    >,
    paths: [...byPath.keys()],
    row(wildcards) {
      const path = pathOf(wildcards);
      const row = byPath.get(path);
      if (row === undefined) throw cannot("find the row of", path, "the table has none");
      return row;
    },
  };
}
