/**
 * The script of the run report: loads the jobs when the reader asks for them, and shows a table to search and sort. All of
 * the page's other parts are there without it.
 */
import { fileSize, moment, withCommas } from "braid-engine/quantities";
import { csv } from "../../shared/csv.ts";
import { download } from "../../shared/download.ts";
import { element, select } from "../../shared/elements.ts";
import { loadScript } from "../../shared/load-script.ts";
import { inflated } from "../../shared/packed.ts";
import { type Job, type JobData, jobAt } from "../job-data.ts";
import { encodedPath } from "../links.ts";
import { shortTime } from "../times.ts";
import { find, type Search, type SortKey } from "./find.ts";

declare global {
  /** What the script with the data calls. */
  var braidData: (name: string, value: unknown) => void;
}

const atOnce = 100;

const outer = document.getElementById("all-jobs");
const button = document.getElementById("load-jobs") as HTMLButtonElement | null;
const { file = "", way = "" } = outer?.dataset ?? {};
if (outer !== null && button !== null) {
  const alert = element("p", { role: "alert", className: "warn" });
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    button.textContent = "Loading ...";
    load(file).then(
      (data) => showTable(outer, data),
      (error: Error) => {
        button.disabled = false;
        button.textContent = "Try again";
        alert.textContent = `Cannot show the jobs: ${error.message}.`;
        outer.append(alert);
      },
    );
  });
}

/** The script at `file` calls `braidData`. */
function load(file: string): Promise<JobData> {
  return new Promise((resolve, reject) => {
    globalThis.braidData = (_, value) => resolve(inflated(value) as Promise<JobData>);
    loadScript(file).catch(reject);
  });
}

interface Column {
  readonly key: SortKey;
  readonly head: string;
  readonly number: boolean;
  cell(job: Job): string | Node;
}

const dash = (text: string | null) => text ?? "-";
const columns: readonly Column[] = [
  { key: "job", head: "Job", number: false, cell: nameOf },
  {
    key: "state",
    head: "State",
    number: false,
    cell: ({ state }) => element("span", { className: `state ${state.replaceAll(" ", "-")}` }, state),
  },
  {
    ...{ key: "seconds", head: "Time", number: true },
    cell: ({ seconds, shared }) => (seconds === null ? "-" : `${shared ? "~" : ""}${shortTime(seconds)}`),
  },
  {
    ...{ key: "cpu", head: "CPU time", number: true },
    cell: ({ cpu, shared }) => (cpu === null ? "-" : `${shared ? "~" : ""}${shortTime(cpu)}`),
  },
  {
    key: "memory",
    head: "Memory",
    number: true,
    cell: ({ memory }) => dash(memory === null ? null : fileSize(memory)),
  },
  {
    key: "start",
    head: "Began",
    number: false,
    cell: ({ start }) => dash(start === null ? null : moment(start)),
  },
];

function showTable(outer: HTMLElement, data: JobData): void {
  const jobs = data.path.map((_, i) => jobAt(data, i));
  let search: Search = { text: "", rule: "", state: "", sort: "job", descending: false };
  let found: number[] = [];
  let shown = 0;
  const shares = jobs.some(({ shared }) => shared) ? " ~ marks a share of the time of a batch." : "";
  const count = element("p", { className: "legend", role: "status" });
  const body = element("tbody");
  const more = element("button", { type: "button" }, "");
  const heads = new Map(columns.map((column) => [column.key, heading(column)]));

  const extend = () => {
    const next = found.slice(shown, shown + atOnce);
    shown += next.length;
    body.append(...next.map((i) => row(jobs[i]!)));
    count.textContent = `${withCommas(found.length)} of ${withCommas(jobs.length)} jobs; ${shown === found.length ? "all" : `the first ${withCommas(shown)}`} shown.${shares}`;
    more.hidden = shown === found.length;
    more.textContent = `Show ${Math.min(atOnce, found.length - shown)} more`;
  };
  const update = (change: Partial<Search>) => {
    search = { ...search, ...change };
    found = find(jobs, search);
    shown = 0;
    body.replaceChildren();
    extend();
    for (const [key, cell] of heads)
      cell.setAttribute(
        "aria-sort",
        key !== search.sort ? "none" : search.descending ? "descending" : "ascending",
      );
  };

  function heading({ key, head, number }: Column): HTMLElement {
    const button = element("button", { type: "button" }, head);
    const cell = element("th", { scope: "col", className: number ? "number" : "" }, button);
    // Numbers start with the highest, because readers look for the slowest job.
    button.addEventListener("click", () =>
      update({ sort: key, descending: key === search.sort ? !search.descending : number }),
    );
    return cell;
  }

  const words = element("input", { type: "search", autocomplete: "off", spellcheck: false });
  words.addEventListener("input", () => update({ text: words.value }));
  more.addEventListener("click", extend);
  outer.replaceChildren(
    element(
      "div",
      { className: "bar" },
      element("label", {}, element("span", {}, "Find"), words),
      select("Rule", [["", "all"], ...data.rule.words], "", (rule) => update({ rule })),
      select("State", [["", "all"], ...data.state.words], "", (state) => update({ state })),
      saveButton(() => found.map((i) => jobs[i]!)),
    ),
    count,
    element(
      "div",
      { className: "scroll", tabIndex: 0, role: "region", "aria-label": "All jobs: table" },
      element(
        "table",
        {},
        element("caption", { className: "unseen" }, "All jobs"),
        element("thead", {}, element("tr", {}, ...heads.values(), element("th", { scope: "col" }, "Log"))),
        body,
      ),
    ),
    element("p", {}, more),
  );
  update({});
  words.focus();
}

function row(job: Job): HTMLElement {
  const cells = columns.map((column, i) =>
    i === 0
      ? element("th", { scope: "row" }, column.cell(job))
      : element("td", { className: column.number ? "number" : "" }, column.cell(job)),
  );
  return element(
    "tr",
    {},
    ...cells,
    element("td", {}, job.log === "" ? "-" : link(job.log, "log", `Log of ${job.path}`)),
  );
}

function nameOf(job: Job): Node {
  const name = job.wildcards === "" ? job.rule : `${job.rule} (${job.wildcards})`;
  return element(
    "span",
    {},
    name,
    element("br"),
    // A job without outputs has the name of its rule as its path.
    job.path === job.rule
      ? null
      : job.state === "missing" || job.state === "failed"
        ? element("code", {}, job.path)
        : link(job.path, job.path),
    job.error === "" ? null : element("span", { className: "error" }, job.error),
  );
}

function link(path: string, text: string, name = text): HTMLElement {
  return element("a", { href: way + encodedPath(path), "aria-label": name }, element("code", {}, text));
}

/** Saves the jobs that are found, in their order. */
function saveButton(found: () => readonly Job[]): HTMLElement {
  const button = element("button", { type: "button" }, "Save as CSV");
  button.addEventListener("click", () => download([csvOf(found())], "text/csv", "jobs.csv"));
  return button;
}

function csvOf(jobs: readonly Job[]): string {
  return csv(
    [
      ...["rule", "wildcards", "path", "state", "began", "seconds", "share_of_a_batch"],
      ...["cpu_seconds", "memory_bytes", "log", "error"],
    ],
    jobs.map((job) => [
      ...[job.rule, job.wildcards, job.path, job.state],
      job.start === null ? null : new Date(job.start).toISOString(),
      ...[job.seconds, job.shared ? "yes" : "no", job.cpu, job.memory, job.log, job.error],
    ]),
  );
}
