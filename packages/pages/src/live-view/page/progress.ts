/** The head of the page and its rules: the state of the run, its progress and the time left. */
import { duration, rate, withCommas } from "braid-engine/quantities";
import { byId, element } from "../../shared/elements.ts";
import type { BoardMessage } from "../message.ts";

export function showProgress(board: BoardMessage): void {
  byId("state").textContent = headline(board);
  document.title = `${percent(board)} % ${board.state}`;
  document.body.dataset.state = board.state;
  byId("command").textContent = [board.command, board.folder].filter((text) => text !== "").join("  in  ");
  const total = byId("total");
  total.setAttribute("aria-valuenow", String(percent(board)));
  (total.firstElementChild as HTMLElement).style.width = `${percent(board)}%`;
  byId("left").textContent = leftWords(board);
  byId("rules").replaceChildren(...board.rules.map((rule) => ruleRow(rule)));
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
  const words = [`${withCommas(done)} of ${withCommas(total)} jobs done`];
  if (running > 0) words.push(`${withCommas(running)} running`);
  if (failed > 0) words.push(`${withCommas(failed)} failed`);
  if (board.state === "running") words.push(board.left);
  const ended = board.state === "killed" || board.state === "interrupted";
  return total === 0 ? "" : `${words.join(", ")}.${ended ? " To continue, repeat the command." : ""}`;
}

function ruleRow(rule: BoardMessage["rules"][number]): HTMLElement {
  const part = (name: string, n: number) => {
    const made = element("div", { className: name });
    made.style.width = `${(100 * n) / Math.max(1, rule.total)}%`;
    return made;
  };
  const pace = rule.done > 0 && rule.total > 1 ? `, ${rate(rule.pace)}` : "";
  const extra = `${rule.running > 0 ? `, ${withCommas(rule.running)} running` : ""}${rule.failed > 0 ? `, ${withCommas(rule.failed)} failed` : ""}`;
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
    element(
      "span",
      { className: "numbers" },
      `${withCommas(rule.done)} / ${withCommas(rule.total)}${pace}${extra}`,
    ),
  );
}
