/** The failures of the run, grouped by kind, each group with the log of its latest failure on demand. The first group is open. */
import { count } from "braid-engine/quantities";
import { byId, element } from "../../shared/elements.ts";
import { failureKind } from "../../shared/failure-groups.ts";
import type { BoardMessage } from "../message.ts";

type Failure = BoardMessage["failures"][number];

/** The folder and the run whose failures are listed. */
let shownRun = "";

/** Adds new failures and keeps the others, so that an open log stays open. `folder` is the place of the folder. */
export function showFailures(board: BoardMessage, folder: number): void {
  const list = byId("failures");
  const run = `${folder} ${board.began}`;
  if (run !== shownRun) {
    shownRun = run;
    list.replaceChildren();
  }
  byId("failed").hidden = board.failed === 0;
  byId("failed-words").textContent =
    `${count(board.failed, "job")} failed in this run. Errors of a rule that differ only in numbers are grouped, the largest group first.`;
  const groups = [...list.querySelectorAll("details")];
  const known = new Map(groups.map((details) => [details.dataset.kind, details]));
  const isFirst = known.size === 0;
  for (const [place, failure] of board.failures.entries()) {
    const kind = failureKind(failure);
    const details = known.get(kind) ?? entry(kind, folder);
    showLatest(details, failure, folder);
    // Groups are in the order of the message; one in its place is not moved, so that it keeps the focus.
    if (list.children[place] !== details) list.insertBefore(details, list.children[place] ?? null);
  }
  if (isFirst) list.querySelector("details")?.setAttribute("open", "");
}

function entry(kind: string, folder: number): HTMLDetailsElement {
  const log = element("pre", { tabIndex: 0 }, "...");
  const details = element("details", { "data-kind": kind }, element("summary"), log);
  details.addEventListener("toggle", () => {
    if (details.open) void showLog(details, folder);
  });
  return details;
}

/** Names the latest failure of a group. If the group is open, its log follows. */
function showLatest(
  details: HTMLDetailsElement,
  { rule, path, error, count: jobs, id }: Failure,
  folder: number,
): void {
  const many = jobs === 1 ? path : `${count(jobs, "job")}, the latest ${path}`;
  details
    .querySelector("summary")!
    .replaceChildren(element("b", {}, rule), ` ${many}: ${error.split("\n")[0]}`);
  if (details.dataset.id === String(id)) return;
  details.dataset.id = String(id);
  if (details.open) void showLog(details, folder);
}

async function showLog(details: HTMLDetailsElement, folder: number): Promise<void> {
  const id = details.dataset.id!;
  const text = await fetch(`log?${new URLSearchParams({ folder: String(folder), id })}`).then(
    (answer) => (answer.ok ? answer.text() : "The log is gone."),
    () => "The live view has ended, so the log cannot be read here.",
  );
  // Another failure may have become the latest meanwhile.
  if (details.dataset.id === id) details.querySelector("pre")!.textContent = text;
}
