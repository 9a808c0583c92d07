/** The head of the page: what workflow, how the last run ended, how the plan stands. */
import { basename } from "node:path";
import { headline, type JobState, jobStates } from "braid-engine/inspect";
import { count, withCommas } from "braid-engine/quantities";
import { type Html, html } from "../../shared/html.ts";
import type { RunReport } from "../run-report.ts";

const classes: Readonly<Record<JobState, string>> = {
  "up to date": "good",
  failed: "bad",
  missing: "empty",
  "out of date": "stale",
};

export function titleOf({ folder, workflow }: RunReport): string {
  return `${basename(folder) || folder}: ${basename(workflow)}`;
}

export function head(report: RunReport): Html {
  const { status, rules } = report;
  const sums = jobStates.map((state) => ({
    state,
    jobs: rules.reduce((sum, rule) => sum + rule.states[state], 0),
  }));
  const total = sums.reduce((sum, { jobs }) => sum + jobs, 0);
  const shown = sums.filter(({ jobs }) => jobs > 0);
  const words = shown.map(({ state, jobs }) => `${withCommas(jobs)} ${state}`).join(", ");
  return html`<header>
<p class="eyebrow">Report of a workflow</p>
<h1>${titleOf(report)}</h1>
<p id="state">${status === null ? "No run is recorded here." : headline(status)}</p>
${bar(shown, total, words)}
<p class="legend">${count(total, "job")} in the plan${total === 0 ? "." : ": "}${shown.map(
    ({ state, jobs }, i) =>
      html`<span class="entry"><span class="key ${classes[state]}"></span>${withCommas(jobs)} ${state}${i < shown.length - 1 ? "," : "."}</span>`,
  )}</p>
</header>
`;
}

function bar(
  parts: readonly { readonly state: JobState; readonly jobs: number }[],
  total: number,
  words: string,
): Html | null {
  if (total === 0) return null;
  let at = 0;
  const rects = parts.map(({ state, jobs }) => {
    const from = at;
    at += jobs;
    // What is missing is the empty ground.
    return state === "missing"
      ? null
      : html`<rect class="${classes[state]}" x="${from}" y="0" width="${jobs}" height="1"/>`;
  });
  return html`<svg id="whole" viewBox="0 0 ${total} 1" preserveAspectRatio="none" role="img" aria-label="${words}">${rects}</svg>`;
}
