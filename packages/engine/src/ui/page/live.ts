/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Follows the server's events, and shows them. A page whose server is gone says so, and goes on when it is back. */
import type { BoardMessage, Grid, RecentTable } from "../message.ts";
import { byId, bytes, count, duration, element, picker, sparkline } from "./elements.ts";
import { heatMap } from "./heat-map.ts";

const map = heatMap((text) => {
  byId("cell").textContent = text;
});
byId("map").append(map.canvas);
for (const [name, text] of [
  ["made", "made in this run"],
  ["before", "made before"],
  ["running", "running"],
  ["failed", "failed"],
  ["empty", "not yet"],
] as const)
  byId("legend").append(element("span", { className: `key ${name}` }), text);

/** The grid that is looked at; empty until the server has said which there are. */
let view = { rule: "", x: "", y: "" };
let source: EventSource | undefined;
let offered = "";
let shownRun = 0;
const recent: RecentTable[] = [];
let column = localStorage.getItem("braid column") ?? "";

connect();

function connect(): void {
  source?.close();
  source = new EventSource(`events?${new URLSearchParams(view)}`);
  const on = <T>(name: string, show: (data: T) => void) =>
    source!.addEventListener(name, (event) => show(JSON.parse(event.data)));
  on<BoardMessage>("board", showBoard);
  on<Grid>("grid", (grid) => map.show(grid));
  on<RecentTable[]>("tables", showTables);
  source.onopen = () => document.body.classList.remove("gone");
  source.onerror = () => {
    document.body.classList.add("gone");
    byId("state").textContent = "The live view has ended";
    byId("left").textContent = "It comes back here when it is started again, with --ui or the command ui.";
  };
}

function showBoard(board: BoardMessage): void {
  if (board.began !== shownRun) {
    shownRun = board.began;
    byId("failures").replaceChildren();
  }
  byId("state").textContent = headline(board);
  document.title = `${percent(board)} % ${board.state}`;
  document.body.dataset.state = board.state;
  byId("command").textContent = [board.command, board.folder].filter((text) => text !== "").join("  in  ");
  const total = byId("total");
  total.setAttribute("aria-valuenow", String(percent(board)));
  (total.firstElementChild as HTMLElement).style.width = `${percent(board)}%`;
  byId("left").textContent = leftWords(board);
  byId("rules").replaceChildren(...board.rules.map((rule) => ruleRow(rule, board.seconds)));
  showFailures(board);
  showPace(board);
  offerGrids(board);
}

function sums({ rules }: BoardMessage) {
  const sum = (key: "total" | "done" | "failed" | "running") =>
    rules.reduce((all, rule) => all + rule[key], 0);
  return { total: sum("total"), done: sum("done"), failed: sum("failed"), running: sum("running") };
}

function percent(board: BoardMessage): number {
  const { total, done } = sums(board);
  return total === 0 ? 0 : Math.floor((100 * done) / total);
}

function headline(board: BoardMessage): string {
  const time = duration(board.seconds);
  switch (board.state) {
    case "none":
      return "Nothing has run here yet";
    case "planning":
      return "A run has begun and is planning";
    case "running":
      return `Running for ${time}`;
    case "done":
      return `Done in ${time}`;
    case "failed":
      return `Ended with failed jobs after ${time}`;
    case "interrupted":
      return `Interrupted after ${time}`;
    case "killed":
      return `Killed after about ${time}`;
  }
}

function leftWords(board: BoardMessage): string {
  const { total, done, failed, running } = sums(board);
  const words = [`${count(done)} of ${count(total)} jobs done`];
  if (running > 0) words.push(`${count(running)} running`);
  if (failed > 0) words.push(`${count(failed)} failed`);
  if (board.state === "running")
    words.push(
      board.secondsLeft === null ? "time left unknown as yet" : `about ${duration(board.secondsLeft)} left`,
    );
  if (board.state === "killed" || board.state === "interrupted")
    words.push("the same command goes on where it was");
  return total === 0 ? "" : `${words.join(", ")}.`;
}

function ruleRow(rule: BoardMessage["rules"][number], seconds: number): HTMLElement {
  const part = (name: string, n: number) => {
    const made = element("div", { className: name });
    made.style.width = `${(100 * n) / Math.max(1, rule.total)}%`;
    return made;
  };
  const pace = seconds > 0 && rule.done > 0 ? `, ${rate(rule.done / seconds)}` : "";
  const extra = `${rule.running > 0 ? `, ${count(rule.running)} running` : ""}${rule.failed > 0 ? `, ${count(rule.failed)} failed` : ""}`;
  return element(
    "div",
    { className: "rule", "data-rule": rule.rule },
    element("span", {}, rule.rule),
    element(
      "div",
      { className: "track" },
      part("made", rule.done),
      part("running", rule.running),
      part("failed", rule.failed),
    ),
    element("span", { className: "numbers" }, `${count(rule.done)} / ${count(rule.total)}${pace}${extra}`),
  );
}

function rate(each: number): string {
  if (each >= 10) return `${Math.round(each)}/s`;
  return each >= 0.1 ? `${each.toFixed(1)}/s` : `${(each * 60).toFixed(1)}/min`;
}

/** Adds what is new and leaves the rest: an open log stays open. */
function showFailures(board: BoardMessage): void {
  byId("failed").hidden = board.failed === 0;
  const list = byId("failures");
  const known = new Set([...list.children].map((child) => (child as HTMLElement).dataset.id));
  for (const { id, rule, path, error } of [...board.failures].reverse()) {
    if (known.has(String(id))) continue;
    const log = element("pre", {}, "...");
    const details = element(
      "details",
      { "data-id": id },
      element("summary", {}, element("b", {}, rule), ` ${path}: ${error.split("\n")[0]}`),
      log,
    );
    details.addEventListener("toggle", () => {
      if (details.open)
        void fetch(`log?id=${id}`).then(async (answer) => {
          log.textContent = answer.ok ? await answer.text() : "The log is gone.";
        });
    });
    list.prepend(details);
  }
}

function showPace({ pace, machine, seconds, state }: BoardMessage): void {
  const steps = pace.slice(-Math.max(2, Math.min(pace.length, Math.ceil(seconds / 5))));
  const span = Math.min(60, Math.max(5, seconds));
  const last = pace.slice(-12).reduce((sum, n) => sum + n, 0) / span;
  byId("pace").replaceChildren(
    ...(state === "running"
      ? [element("p", {}, `${rate(last)} in the last ${span < 60 ? duration(span) : "minute"}`)]
      : []),
    sparkline(steps, "Jobs done in the last minutes"),
  );
  const { cores, busy, memory, totalMemory, freeMemory, load, freeDisk } = machine;
  const facts: [string, string][] = [
    [
      "Run",
      busy === null || memory === null
        ? "not on this machine now"
        : `${busy.toFixed(1)} of ${cores} cores, ${bytes(memory)}`,
    ],
    ["Machine", `load ${load.toFixed(1)}, ${bytes(freeMemory)} of ${bytes(totalMemory)} memory free`],
    ...(freeDisk === null ? [] : [["Disk", `${bytes(freeDisk)} free`] as [string, string]]),
  ];
  byId("machine").replaceChildren(
    ...facts.flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)]),
  );
}

/** Which rule, and which two of its wildcards. */
function offerGrids({ grids }: BoardMessage): void {
  byId("jobs").hidden = grids.length === 0;
  const known = JSON.stringify([grids, view]);
  if (grids.length === 0 || known === offered) return;
  const grid = grids.find((each) => each.rule === view.rule) ?? grids[0]!;
  const [first = "", second = ""] = grid.wildcards;
  const x = grid.wildcards.includes(view.x) ? view.x : first;
  const y =
    view.rule === grid.rule && grid.wildcards.includes(view.y) && view.y !== x
      ? view.y
      : x === first
        ? second
        : first;
  const look = (change: Partial<typeof view>) => {
    view = { ...view, ...change };
    offered = "";
    connect();
  };
  const moved = view.rule !== grid.rule || view.x !== x || view.y !== y;
  view = { rule: grid.rule, x, y };
  offered = JSON.stringify([grids, view]);
  byId("pickers").replaceChildren(
    picker(
      "Rule",
      grids.map((each) => each.rule),
      grid.rule,
      (rule) => look({ rule, x: "", y: "" }),
    ),
    picker("by", grid.wildcards, x, (value) => look({ x: value, y: value === y ? x : y })),
    ...(second === ""
      ? []
      : [
          picker(
            "and",
            grid.wildcards.filter((name) => name !== x),
            y,
            (value) => look({ y: value }),
          ),
        ]),
  );
  if (moved) connect();
}

/** The newest tables, and a line through one of their columns. */
function showTables(tables: readonly RecentTable[]): void {
  const known = new Set(recent.map((table) => table.path + table.at));
  recent.push(...tables.filter((table) => !known.has(table.path + table.at)));
  recent.splice(0, recent.length - 200);
  const rule = recent.at(-1)!.rule;
  const same = recent.filter(
    (table) => table.rule === rule && table.columns.join() === recent.at(-1)!.columns.join(),
  );
  const { columns } = same.at(-1)!;
  const numeric = columns.filter((_, c) => same.some((table) => isFraction(table.rows[0]?.[c])));
  byId("latest").hidden = numeric.length === 0;
  if (numeric.length === 0) return;
  const chosen = numeric.includes(column) ? column : numeric[0]!;
  const at = columns.indexOf(chosen);
  const varying = columns
    .flatMap((_, c) =>
      c < at && new Set(same.flatMap((table) => table.rows.map((row) => row[c]))).size > 1 ? [c] : [],
    )
    .slice(0, 6);
  const values = same.map((table) => Number.parseFloat(table.rows[0]?.[at] ?? ""));
  const rows = same
    .slice(-8)
    .reverse()
    .flatMap((table) => table.rows.map((row) => [...varying.map((c) => row[c] ?? ""), short(row[at])]));
  const picked = byId("tables").querySelector("select");
  // A list that is open would close.
  if (picked !== null && document.activeElement === picked) return;
  byId("tables").replaceChildren(
    element(
      "div",
      { className: "bar" },
      picker(`${rule}:`, numeric, chosen, (value) => {
        column = value;
        localStorage.setItem("braid column", value);
        document.activeElement instanceof HTMLElement && document.activeElement.blur();
        showTables([]);
      }),
    ),
    sparkline(values, `${chosen} of the latest tables`, false),
    element(
      "div",
      { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Latest tables" },
      element(
        "table",
        {},
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            ...varying.map((c) => element("th", { scope: "col" }, columns[c]!)),
            element("th", { scope: "col", className: "number" }, chosen),
          ),
        ),
        element(
          "tbody",
          {},
          ...rows.map((row) =>
            element(
              "tr",
              {},
              ...row.map((text, i) =>
                element("td", i === row.length - 1 ? { className: "number" } : {}, text),
              ),
            ),
          ),
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
