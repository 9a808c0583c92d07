/** Single jobs: those that took longest, and those that failed. */
import { stripVTControlCharacters } from "node:util";
import { errorLines, secondsOf } from "braid-engine/inspect";
import { count, fileSize, moment } from "braid-engine/quantities";
import type { FailureGroup } from "../../shared/failure-groups.ts";
import { type Html, html } from "../../shared/html.ts";
import { fileLink } from "../links.ts";
import type { RunReport, SlowJob } from "../run-report.ts";
import { section, table } from "../table.ts";
import { sharedTimes, shortTime } from "../times.ts";

const mostGroups = 20;
const mostLines = 6;
const longestLine = 400;

export function slowestSection({ slowest }: RunReport, way: string): Html | null {
  if (slowest.length === 0) return null;
  const unknown = (value: number | undefined, words: (value: number) => string) =>
    value === undefined ? html`<span class="zero">-</span>` : words(value);
  return section(
    "slowest",
    "Slowest jobs",
    table<SlowJob>(
      "Slowest jobs",
      slowest.length === 1
        ? "The only job that was made."
        : `The ${slowest.length} that took longest, with their first outputs. Paths are those of the working folder.${slowest.some(({ made }) => made.share !== undefined) ? ` ${sharedTimes}` : ""}`,
      [
        { head: "Job", cell: ({ name, path }) => html`${name}<br>${fileLink(way, path)}` },
        {
          head: "Time",
          number: true,
          cell: ({ made }) => `${made.share === undefined ? "" : "~"}${shortTime(secondsOf(made))}`,
        },
        {
          head: "CPU",
          number: true,
          cell: ({ made }) =>
            unknown(made.cpu, (cpu) => `${made.share === undefined ? "" : "~"}${shortTime(cpu / 1_000)}`),
        },
        { head: "Memory", number: true, cell: ({ made }) => unknown(made.memory, fileSize) },
        { head: "Began", cell: ({ made }) => moment(made.start) },
        {
          head: "Log",
          cell: ({ log }) => (log === null ? html`<span class="zero">-</span>` : fileLink(way, log)),
        },
      ],
      slowest,
    ),
  );
}

export function failuresSection({ failures }: RunReport, way: string): Html | null {
  if (failures.length === 0) return null;
  const jobs = failures.reduce((sum, group) => sum + group.count, 0);
  const rest = failures.slice(mostGroups);
  const restJobs = rest.reduce((sum, group) => sum + group.count, 0);
  return section(
    "failures",
    "Failures",
    html`<p class="legend">${count(jobs, "job")} failed the last time and ${jobs === 1 ? "was" : "were"} not made since. Errors of a rule whose first lines differ only in numbers are grouped.</p>
${failures.slice(0, mostGroups).map((group, place) => failure(group, place, way))}${
  rest.length === 0
    ? null
    : html`<p class="legend">And ${count(restJobs, "more failed job")} with ${count(rest.length, "other error")}.</p>`
}`,
  );
}

function failure({ count: jobs, latest }: FailureGroup, place: number, way: string): Html {
  const { rule, path, at, error, log } = latest;
  const lines = errorLines(stripVTControlCharacters(error), mostLines + 1).map(cut);
  const shown = lines.length > mostLines ? [...lines.slice(0, mostLines), "..."] : lines;
  return html`<details${place < 3 ? html` open` : null}><summary><b>${rule}</b>${jobs === 1 ? "" : `, ${count(jobs, "job")}`}: ${lines[0] ?? ""}</summary>
<pre tabindex="0">${shown.join("\n")}</pre>
<p class="legend">${jobs === 1 ? "" : "The latest: "}<code>${path}</code>, ${moment(at)}; log ${fileLink(way, log)}</p></details>
`;
}

function cut(line: string): string {
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}
