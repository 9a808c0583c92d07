/** Elements of a page in one call each. */

type Child = Node | string | null;

/** An element with properties (or `data-`/`aria-` attributes) and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties:
    | (Partial<Omit<HTMLElementTagNameMap[K], "style">> &
        Record<`${"data" | "aria"}-${string}` | "role", string>)
    | object = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) (made as unknown as Record<string, unknown>)[key] = value;
    else made.setAttribute(key, String(value));
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A labelled choice among texts. */
export function select(
  label: string,
  options: readonly (string | readonly [value: string, text: string])[],
  chosen: string,
  onChoose: (value: string) => void,
): HTMLLabelElement {
  const list = element(
    "select",
    {},
    ...options.map((option) => {
      const [value, text] = typeof option === "string" ? [option, option] : option;
      return element("option", { value, selected: value === chosen }, text);
    }),
  );
  list.addEventListener("change", () => onChoose(list.value));
  return element("label", {}, element("span", {}, label), list);
}

export type Cell = string | number;

/** A table with a heading row; numbers stand to the right. `name` is what a reader hears of the part that scrolls. */
export function table(
  name: string,
  columns: readonly string[],
  rows: readonly (readonly (Cell | Node)[])[],
): HTMLElement {
  const isNumber = (value: Cell | Node | undefined) =>
    typeof value === "number" || (value instanceof Element && value.className === "number");
  const side = (value: Cell | Node | undefined) => (isNumber(value) ? { className: "number" } : {});
  const cell = (value: Cell | Node) =>
    element("td", side(value), value instanceof Node ? value : String(value));
  const heading = columns.map((column, i) => element("th", { scope: "col", ...side(rows[0]?.[i]) }, column));
  return element(
    "div",
    { className: "scroll", tabIndex: 0, role: "region", "aria-label": name },
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...heading)),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map(cell)))),
    ),
  );
}

export function byId(id: string): HTMLElement {
  return document.getElementById(id)!;
}
