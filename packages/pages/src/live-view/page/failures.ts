/** The failures of the run, each with its log on demand. */
import { byId, element } from "../../shared/elements.ts";
import type { BoardMessage } from "../message.ts";

let shownRun = 0;

/** Adds new failures and keeps the others, so that an open log stays open. */
export function showFailures(board: BoardMessage): void {
  if (board.began !== shownRun) {
    shownRun = board.began;
    byId("failures").replaceChildren();
  }
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
