/** The newest tables of the rule that made one last, and the values of one of their columns as they came. */
import { byId, element, select, table } from "../../shared/elements.ts";
import type { RecentTable } from "../message.ts";
import { dots } from "./drawings.ts";

const kept = 200;
const shown = 8;
const mostKinds = 4;
/** Columns beside the chosen one. */
const mostKeys = 6;
const memory = "braid column";

const recent: RecentTable[] = [];
let column = localStorage.getItem(memory) ?? "";

/** Forgets the tables, before another folder is shown. */
export function forgetTables(): void {
  recent.length = 0;
  byId("latest").hidden = true;
}

export function showTables(tables: readonly RecentTable[]): void {
  const known = new Set(recent.map((table) => table.path + table.at));
  recent.push(...tables.filter((table) => !known.has(table.path + table.at)));
  recent.splice(0, recent.length - kept);
  const newest = recent.at(-1);
  if (newest === undefined) return;
  const { rule, columns } = newest;
  const same = recent.filter((one) => one.rule === rule && one.columns.join() === columns.join());
  const numeric = columns.filter((_, c) => same.some((table) => isFraction(table.rows[0]?.[c])));
  byId("latest").hidden = numeric.length === 0;
  if (numeric.length === 0) return;
  const picked = byId("tables").querySelector("select");
  // Updating it would close an open list.
  if (picked !== null && document.activeElement === picked) return;
  const chosen = numeric.includes(column) ? column : numeric[0]!;
  const at = columns.indexOf(chosen);
  const before = columns.flatMap((_, c) => (c < at ? [c] : []));
  const varies = (c: number) => new Set(same.flatMap((table) => table.rows.map((row) => row[c]))).size > 1;
  const keys = before.filter(varies).slice(0, mostKeys);
  const constant = before.filter((c) => !varies(c)).map((c) => `${columns[c]} ${newest.rows[0]?.[c] ?? ""}`);
  byId("tables").replaceChildren(
    element(
      "div",
      { className: "bar" },
      select(`${rule}:`, numeric, chosen, (value) => {
        column = value;
        localStorage.setItem(memory, value);
        document.activeElement instanceof HTMLElement && document.activeElement.blur();
        showTables([]);
      }),
    ),
    ...[...linesByKind(same, before)].slice(0, mostKinds).flatMap(([kind, rows]) =>
      drawing(
        rows.map((row) => Number.parseFloat(row[at] ?? "")),
        kind === "" ? chosen : `${chosen} of ${kind}`,
      ),
    ),
    ...(constant.length === 0
      ? []
      : [element("p", { className: "legend" }, `In all lines: ${constant.join(", ")}`)]),
    tableOf(same.slice(-shown).reverse(), keys, at),
  );
}

/**
 * The lines by the texts in which the lines of one table differ, such as the name of a variable: their values may have
 * other units, and do not share an axis.
 */
function linesByKind(tables: readonly RecentTable[], columns: readonly number[]) {
  const kinds = columns.filter((c) =>
    tables.some(({ rows }) => rows.some((row) => row[c] !== rows[0]![c] && Number.isNaN(Number(row[c])))),
  );
  return Map.groupBy(
    tables.flatMap((table) => table.rows),
    (row) => kinds.map((c) => row[c]).join(" "),
  );
}

/** Draws each value as a dot, in order of arrival, because models do not form a curve. */
function drawing(values: readonly number[], name: string): Element[] {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return [];
  const [low, high] = [Math.min(...finite), Math.max(...finite)].map((value) => short(String(value)));
  const words = `${name} of the latest ${finite.length} lines as they came: ${low} to ${high}`;
  return [dots(values, words), element("p", { className: "legend" }, words)];
}

function tableOf(tables: readonly RecentTable[], keys: readonly number[], at: number): HTMLElement {
  const rows = tables.flatMap((table) => table.rows);
  const { columns } = tables[0]!;
  const shownColumns = [...keys, at].map((c) => {
    const texts = rows.map((row) => row[c] ?? "");
    return { c, numeric: c === at || texts.every((text) => text !== "" && /^-?\d{1,7}(\.\d+)?$/.test(text)) };
  });
  return table(
    "Rows of the latest tables",
    shownColumns.map(({ c }) => columns[c]!),
    rows.map((row) =>
      shownColumns.map(({ c, numeric }) => {
        const text = c === at ? short(row[c]) : (row[c] ?? "");
        return numeric ? element("span", { className: "number" }, text) : text;
      }),
    ),
  );
}

function isFraction(text: string | undefined): boolean {
  return (
    text !== undefined && text !== "" && Number.isFinite(Number(text)) && !Number.isInteger(Number(text))
  );
}

function short(text: string | undefined): string {
  const value = Number(text);
  return text === undefined || text === "" || !Number.isFinite(value)
    ? (text ?? "")
    : String(Number(value.toPrecision(4)));
}
