/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** The newest tables of the rule that made one last, and the values of one of their columns as they came. */
import type { RecentTable } from "../message.ts";
import { byId, dots, element, picker } from "./elements.ts";

const kept = 200;
const shown = 8;
/** Columns beside the chosen one. */
const mostKeys = 6;
const memory = "braid column";

const recent: RecentTable[] = [];
let column = localStorage.getItem(memory) ?? "";

export function showTables(tables: readonly RecentTable[]): void {
  const known = new Set(recent.map((table) => table.path + table.at));
  recent.push(...tables.filter((table) => !known.has(table.path + table.at)));
  recent.splice(0, recent.length - kept);
  const newest = recent.at(-1);
  if (newest === undefined) return;
  const { rule, columns } = newest;
  const same = recent.filter((table) => table.rule === rule && table.columns.join() === columns.join());
  const numeric = columns.filter((_, c) => same.some((table) => isFraction(table.rows[0]?.[c])));
  byId("latest").hidden = numeric.length === 0;
  if (numeric.length === 0) return;
  const picked = byId("tables").querySelector("select");
  // A list that is open would close.
  if (picked !== null && document.activeElement === picked) return;
  const chosen = numeric.includes(column) ? column : numeric[0]!;
  const at = columns.indexOf(chosen);
  const keys = columns
    .flatMap((_, c) =>
      c < at && new Set(same.flatMap((table) => table.rows.map((row) => row[c]))).size > 1 ? [c] : [],
    )
    .slice(0, mostKeys);
  const values = same.flatMap((table) => table.rows.map((row) => Number.parseFloat(row[at] ?? "")));
  byId("tables").replaceChildren(
    element(
      "div",
      { className: "bar" },
      picker(`${rule}:`, numeric, chosen, (value) => {
        column = value;
        localStorage.setItem(memory, value);
        document.activeElement instanceof HTMLElement && document.activeElement.blur();
        showTables([]);
      }),
    ),
    ...drawing(values, chosen),
    tableOf(same.slice(-shown).reverse(), keys, at),
  );
}

/** Each value a dot, in the order in which they came: models are no curve. */
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
    const numbers = c === at || texts.every((text) => text !== "" && /^-?\d{1,7}(\.\d+)?$/.test(text));
    return { c, side: numbers ? { className: "number" } : {} };
  });
  const cells = (tag: "th" | "td", text: (c: number) => string) =>
    shownColumns.map(({ c, side }) => element(tag, tag === "th" ? { scope: "col", ...side } : side, text(c)));
  return element(
    "div",
    { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Latest tables" },
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...cells("th", (c) => columns[c]!))),
      element(
        "tbody",
        {},
        ...rows.map((row) =>
          element("tr", {}, ...cells("td", (c) => (c === at ? short(row[c]) : (row[c] ?? "")))),
        ),
      ),
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
