/**
 * `expand`: many paths from one pattern and lists of values, lazily; `paramspace`: paths from a table of parameters.
 *
 * An expansion is one object, even for 27,270 paths: rules share it, the planner walks it once, and a gather over it is one
 * node of the graph. Wildcards without values stay wildcards of the rule that uses the expansion.
 */
import { cannot } from "../errors.ts";
import { literal, type Pattern, parsePattern, type WildcardName, type Wildcards } from "./pattern.ts";

export type Value = string | number;

declare const openNames: unique symbol;

/** Patterns with values for their wildcards. */
type Paths = Pick<Expanded, "patterns" | "values" | "zip">;

/** Paths to be filled; `Open` names the wildcards that have no values yet. */
export interface Expanded<Open extends string = string> {
  readonly kind: "expanded";
  readonly patterns: readonly Pattern[];
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly zip: boolean;
  /** Changes of these inputs make nothing run again. */
  readonly ancient?: boolean;
  readonly [openNames]?: Open;
  /** Its paths as texts for a list of files, as in `[...expand("a_{x}", { x: [1, 2] }), "b"]`. */
  [Symbol.iterator](): Iterator<string>;
}

/** What `temp("a_{x}")` and the like give: their pattern is expanded, and the rule that makes the files knows the mark. */
interface MarkedPattern<P extends string = string> {
  readonly kind: "marked";
  readonly pattern: P;
  readonly marks: { readonly ancient?: boolean };
}

type PatternOf<F> = F extends MarkedPattern<infer P> ? P : F;

type OnlyWildcardsOf<P, Values> = {
  [K in keyof Values]: K extends WildcardName<P & string>
    ? readonly Value[] | Value
    : IsUnknown<P> extends true
      ? readonly Value[] | Value
      : { error: `Pattern has no wildcard {${K & string}}` };
};

/** True for `string` and for `${string}.bai`: no wildcard is seen, but there may be some. */
type IsUnknown<P> = [WildcardName<P & string>] extends [never]
  ? Record<never, never> extends Record<P & string, 1>
    ? true
    : false
  : false;

export interface ExpandOptions {
  /** Take the first value of each list, then the second of each, instead of all combinations. */
  readonly zip?: boolean;
}

/**
 * Every path made by giving each named wildcard each of its values; the last wildcard varies fastest.
 * Each of several patterns takes the combinations of the wildcards that it contains.
 */
export function expand<
  const F extends string | MarkedPattern,
  const Values extends Record<string, readonly Value[] | Value>,
>(
  pattern: F | readonly F[],
  values: Values & OnlyWildcardsOf<PatternOf<F>, Values>,
  options: ExpandOptions = {},
): Expanded<Exclude<WildcardName<PatternOf<F> & string>, keyof Values>> {
  const files = filesOf(pattern);
  const patterns = files.map((file) => parsePattern(typeof file === "string" ? file : file.pattern));
  const given = new Map<string, readonly string[]>();
  for (const [name, list] of Object.entries(values as Record<string, unknown>)) {
    const owner = patterns.find((p) => p.names.includes(name));
    if (owner === undefined) throw cannot("expand", String(pattern), `it has no wildcard {${name}}`);
    const slash = owner.inline[owner.names.indexOf(name)] !== undefined;
    given.set(
      name,
      checkValues(owner.source, name, (Array.isArray(list) ? list : [list]) as Value[], slash, options),
    );
  }
  if (options.zip) checkZip(String(pattern), given);
  const ancient = files.some(isAncient);
  return {
    kind: "expanded",
    patterns,
    values: given,
    zip: options.zip ?? false,
    ...(ancient && { ancient }),
    [Symbol.iterator]: pathsInTurn,
  };
}

function* pathsInTurn(this: Expanded): Generator<string> {
  const [open] = openWildcards(this);
  const source = this.patterns.map((pattern) => pattern.source).join(", ");
  const hint =
    "Give the expansion itself as the input, or as one of a record: input: { files: expand(...) }.";
  if (open !== undefined)
    throw cannot("list the files of", source, `no values are given for {${open}}`, { hint });
  if (this.ancient === true)
    throw cannot("list the files of", source, "in a list they would not be ancient", { hint });
  for (const path of expandedPaths(this)) yield literal(path);
}

/** Where no compiler looks, anything may be given. */
function filesOf(given: unknown): readonly (string | MarkedPattern)[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const odd = list.find((one) => typeof one !== "string" && (one as MarkedPattern | null)?.kind !== "marked");
  if (odd !== undefined || list.includes(undefined))
    throw cannot("expand", "", "it takes a pattern or a list of patterns", {
      facts: [["given", given === undefined ? "nothing" : JSON.stringify(given)]],
    });
  const files = list as readonly (string | MarkedPattern)[];
  const pinned = files.find((file) => typeof file === "object" && "maker" in file);
  if (pinned !== undefined)
    throw cannot("expand", String(pinned), "madeBy() names the maker of a single file", {
      hint: "Use `ruleOrder` of the workflow, or different paths, to say which rule makes the files.",
    });
  const ancient = files.filter(isAncient);
  if (ancient.length > 0 && ancient.length < files.length)
    throw cannot("expand", String(ancient[0]), "only some of the patterns are ancient", {
      hint: `Expand them separately: ancient(expand("${ancient[0]}", ...)).`,
    });
  return files;
}

function isAncient(file: string | MarkedPattern): boolean {
  return typeof file === "object" && file.marks.ancient === true;
}

/** All paths of the expansion; `wildcards` gives the values of the open ones. */
export function expandedPaths(expanded: Paths, wildcards: Wildcards = {}): string[] {
  return expanded.patterns.flatMap((pattern) =>
    expanded.zip
      ? zipValues(pattern, expanded.values, wildcards)
      : combineValues(pattern, expanded.values, wildcards),
  );
}

/** The wildcards that have no values yet, over all patterns. */
export function openWildcards(expanded: Expanded): string[] {
  return [...new Set(expanded.patterns.flatMap((p) => p.names))].filter((name) => !expanded.values.has(name));
}

function combineValues(
  pattern: Pattern,
  values: ReadonlyMap<string, readonly string[]>,
  wildcards: Wildcards,
): string[] {
  const { texts, names } = pattern;
  const bound: Record<string, string> = { ...wildcards };
  const paths: string[] = [];
  const walk = (i: number, head: string): void => {
    const name = names[i];
    if (name === undefined) {
      paths.push(head);
      return;
    }
    const list = values.get(name);
    const tail = texts[i + 1]!;
    if (list === undefined || names.indexOf(name) < i) {
      const value = bound[name];
      if (value === undefined) throw cannot("expand", pattern.source, `no values are given for {${name}}`);
      walk(i + 1, head + value + tail);
      return;
    }
    for (const value of list) {
      bound[name] = value;
      walk(i + 1, head + value + tail);
    }
  };
  walk(0, texts[0]!);
  return paths;
}

function zipValues(
  pattern: Pattern,
  values: ReadonlyMap<string, readonly string[]>,
  wildcards: Wildcards,
): string[] {
  const lists = [...values].filter(([name]) => pattern.names.includes(name));
  const length = lists[0]?.[1].length ?? 1;
  return Array.from({ length }, (_, k) => {
    const one = new Map(lists.map(([name, list]) => [name, [list[k]!]]));
    return combineValues(pattern, one, wildcards)[0]!;
  });
}

function checkValues(
  source: string,
  name: string,
  list: readonly Value[],
  slashAllowed: boolean,
  { zip }: ExpandOptions,
): string[] {
  const texts = list.map(String);
  const seen = new Set<string>();
  for (const text of texts) {
    const wrong = wrongValue(text, slashAllowed);
    if (wrong !== null) throw cannot("expand", source, `the value "${text}" of {${name}} ${wrong}`);
    if (seen.has(text) && !zip)
      throw cannot("expand", source, `the value "${text}" of {${name}} is given twice`);
    seen.add(text);
  }
  return texts;
}

/** Values are data, from files and options: none may lead a path out of its folder. */
function wrongValue(text: string, slashAllowed: boolean): string | null {
  if (text === "") return "is empty";
  if (text.includes("\0")) return "has a NUL character";
  if (text.startsWith("/")) return "is an absolute path";
  if (text.split("/").includes("..")) return 'leads out of the folder with ".."';
  if (!slashAllowed && text.includes("/"))
    return "has a slash (a constraint such as {name,.+} would allow it)";
  return null;
}

function checkZip(source: string, values: ReadonlyMap<string, readonly string[]>): void {
  const lengths = [...values].map(([name, list]) => `${name}: ${list.length}`);
  if (new Set([...values.values()].map((list) => list.length)).size > 1)
    throw cannot("zip", source, "the lists differ in length", { facts: [["lengths", lengths.join(", ")]] });
}

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
  /** A pattern for outputs; its wildcards are the columns. */
  readonly pattern: Pattern;
  /** The path of each row, in the table's order. */
  readonly paths: readonly string[];
  /** The row of a job, by the values of its wildcards. */
  row(wildcards: { readonly [Column in keyof Row & string]: string }): Row;
}

/** `columns` are the table's columns in the path, in order. */
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
        throw cannot("make paths from the table", "", `a row of it has no ${column}`);
      const wrong = wrongValue(String(row[column]), false);
      if (wrong !== null)
        throw cannot("make paths from the table", "", `the value "${row[column]}" of ${column} ${wrong}`);
    }
    const path = pathOf(row);
    if (byPath.has(path)) throw cannot("make paths from the table", "", `two of its rows give "${path}"`);
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
