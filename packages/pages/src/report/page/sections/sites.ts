/** The sites with what is said of each: to be searched, filtered and sorted; a row leads to the hydrograph. */
import { count } from "braid-engine/quantities";
import { element, select } from "../../../shared/elements.ts";
import type { Report } from "../../report.ts";
import { verdictWords } from "../answer.ts";
import { filterKeys } from "../choice.ts";
import { propertyLabel, scoreLabel } from "../names.ts";
import { rounded } from "../numbers.ts";
import { fileName, madeFrom } from "../provenance.ts";
import { type Saved, saveButtons } from "../save.ts";
import { attributePicker } from "./attribute-picker.ts";
import { type Context, chosenWords } from "./context.ts";
import { passing, type SiteRow, siteRows, sorted } from "./site-rows.ts";

const verdictKinds = ["better", "no difference", "worse", "refused"];

interface Column {
  /** The key of `sort`. */
  readonly key: string;
  readonly title: string;
  readonly numeric: boolean;
  cell(row: SiteRow): string | Node;
}

export function sites(context: Context): HTMLElement {
  const { report, choices } = context;
  const body = element("tbody");
  const head = element("tr");
  const shown = element("span", { className: "count", role: "status" });
  let rows: readonly SiteRow[] = [];

  const fill = () => {
    const columns = columnsOf(context, rows);
    head.replaceChildren(...columns.map((column) => heading(context, column)));
    const found = sorted(report, passing(context, rows), choices.now);
    body.replaceChildren(...found.map((row) => line(context, columns, row)));
    shown.textContent = `${found.length} of ${count(rows.length, "site")}`;
  };
  const update = async () => {
    rows = await siteRows(context);
    fill();
    centre(body);
  };
  void update();
  choices.onChange((keys) => {
    if (["partition", "variable", "score", "correction"].some((key) => keys.has(key))) void update();
    else if ([...filterKeys, "sort"].some((key) => keys.has(key))) fill();
    else if (keys.has("site")) mark(body, choices.now.site);
  });
  body.addEventListener("keydown", (event) => step(body, event));
  return element(
    "section",
    { id: "sites" },
    element(
      "div",
      { className: "bar" },
      element("h2", {}, "Sites"),
      ...filters(context),
      shown,
      saveButtons("Sites", ["CSV"], () => savedTable(context, rows)),
    ),
    element(
      "div",
      { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Sites" },
      element("table", {}, element("thead", {}, head), body),
    ),
  );
}

function columnsOf({ report, choices }: Context, rows: readonly SiteRow[]): Column[] {
  const { score, variable, property } = choices.now;
  const name = scoreLabel(report, score, variable);
  const judged = rows.some((row) => row.verdict !== null);
  const value = ({ place }: SiteRow) => report.sites[place]!.properties[property];
  return [
    { key: "site", title: "Site", numeric: false, cell: (row) => row.name },
    ...(judged
      ? [
          {
            ...{ key: "verdict", title: "Verdict", numeric: false },
            cell: (row: SiteRow) => verdictCell(report, row),
          },
        ]
      : []),
    { key: "factor", title: "Factor", numeric: true, cell: (row) => String(row.factor ?? "") },
    { key: "gain", title: `Gain in ${name}`, numeric: true, cell: gainWords },
    {
      ...{ key: "single", title: `${name} at 0`, numeric: true },
      cell: ({ single }) => rounded(single.median, single.half),
    },
    {
      ...{ key: "multi", title: `${name} at factor`, numeric: true },
      cell: ({ multi }) => rounded(multi.median, multi.half),
    },
    ...(property === ""
      ? []
      : [
          {
            ...{ key: "property", title: propertyLabel(property), numeric: true },
            cell: (row: SiteRow) => String(value(row) ?? ""),
          },
        ]),
  ];
}

function verdictCell(report: Report, { verdict }: SiteRow): Node {
  const kind = verdict === "refused" ? "not judged" : (verdict ?? "");
  const key = element("span", { className: `key ${kind.replace(" ", "-")}`, "aria-hidden": "true" });
  return element("span", {}, key, verdictWords(report, verdict ?? ""));
}

/** `+0.20 (0.04 to 0.38)`: the gain and its interval in the digits that the interval leaves. */
export function gainWords({ gain, low, high }: SiteRow): string {
  if (low === null || high === null) return rounded(gain, null, true);
  const half = (high - low) / 2;
  return `${rounded(gain, half, true)} (${rounded(low, half)} to ${rounded(high, half)})`;
}

function heading({ choices }: Context, { key, title, numeric }: Column): HTMLElement {
  const { sort } = choices.now;
  const [up, down] = [sort === key, sort === `-${key}`];
  const button = element("button", { type: "button" }, title, up ? " ▲" : down ? " ▼" : "");
  // Numbers begin with the greatest.
  const next = numeric ? (down ? key : `-${key}`) : up ? `-${key}` : key;
  button.addEventListener("click", () => {
    choices.set({ sort: next });
    document.querySelector<HTMLElement>(`#sites th[data-key=${key}] button`)?.focus();
  });
  return element(
    "th",
    {
      ...{ scope: "col", "data-key": key, className: numeric ? "number" : "" },
      "aria-sort": up ? "ascending" : down ? "descending" : "none",
    },
    button,
  );
}

function line({ choices }: Context, columns: readonly Column[], row: SiteRow): HTMLElement {
  const open = element("button", { type: "button", title: row.name }, row.name);
  const made = element(
    "tr",
    { "data-site": row.id },
    ...columns.map((column, i) =>
      element(
        i === 0 ? "th" : "td",
        i === 0 ? { scope: "row" } : { className: column.numeric ? "number" : "" },
        i === 0 ? open : column.cell(row),
      ),
    ),
  );
  if (row.id === choices.now.site) made.setAttribute("aria-current", "true");
  made.addEventListener("click", () => choices.set({ site: row.id, factor: "best" }));
  return made;
}

function mark(body: HTMLElement, site: string): void {
  for (const row of body.querySelectorAll<HTMLElement>("tr"))
    if (row.dataset.site === site) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
}

/** Brings the chosen row into view within the table, without scrolling the page. */
function centre(body: HTMLElement): void {
  const row = body.querySelector<HTMLElement>("tr[aria-current]");
  const region = body.closest<HTMLElement>(".scroll");
  if (row && region) region.scrollTop = row.offsetTop - region.clientHeight / 2;
}

/** The arrows lead from row to row. */
function step(body: HTMLElement, event: KeyboardEvent): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined) return;
  const buttons = [...body.querySelectorAll("button")];
  const next = buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + by];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
  next.click();
}

function filters(context: Context): HTMLElement[] {
  const { report, choices } = context;
  const text = element("input", {
    type: "search",
    placeholder: "id, name, state ...",
    value: choices.now.text,
  });
  text.addEventListener("input", () => choices.set({ text: text.value }));
  const search = element("label", {}, element("span", {}, "Find"), text);
  const verdict = select(
    "Verdict",
    [["", "any"], ...verdictKinds.map((kind) => [kind, verdictWords(report, kind)] as const)],
    choices.now.verdict,
    (value) => choices.set({ verdict: value }),
  );
  const attribute = attributePicker(context);
  if (attribute === null) return report.verdicts === null ? [search] : [search, verdict];
  const limit = (key: "least" | "most", words: string) => {
    const input = element("input", {
      type: "number",
      step: "any",
      value: choices.now[key],
      "aria-label": words,
    });
    input.addEventListener("input", () => choices.set({ [key]: input.value }));
    choices.onChange((keys) => {
      if (keys.has(key) && input.value !== choices.now[key]) input.value = choices.now[key];
    });
    return input;
  };
  const between = element(
    "span",
    { className: "limits" },
    ...[limit("least", "at least"), "to", limit("most", "at most")],
  );
  return [search, ...(report.verdicts === null ? [] : [verdict]), attribute, between];
}

/** All sites that pass the filters, in full digits. */
function savedTable(context: Context, rows: readonly SiteRow[]): Saved {
  const { report } = context;
  const { now } = context.choices;
  const { score, property } = now;
  const found = sorted(report, passing(context, rows), now);
  return {
    columns: [
      ...[
        "site_id",
        "name",
        "verdict",
        "factor",
        "gain",
        "low",
        "high",
        `${score}_at_0`,
        `${score}_at_factor`,
      ],
      ...(property === "" ? [] : [property]),
    ],
    rows: found.map((row) => [
      ...[row.id, report.sites[row.place]!.name, row.verdict ?? "", row.factor ?? "", row.gain],
      ...[row.low ?? "", row.high ?? "", row.single.median, row.multi.median],
      ...(property === "" ? [] : [report.sites[row.place]!.properties[property] ?? ""]),
    ]),
    file: fileName(report, "sites", ["partition", "variable", "score"], now),
    about: {
      title: `Sites: ${chosenWords(context)}`,
      text: `Gain of the factor over factor 0, with its interval where a test gives one; medians over seeds. Correction: ${now.correction || "none"}.`,
      made: madeFrom(report),
    },
  };
}
