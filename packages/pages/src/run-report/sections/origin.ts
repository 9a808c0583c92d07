/** Where the results come from: the runs, the last one's command and config, versions and machine. */
import type { ParamChange, RecordedConfig } from "braid-engine/inspect";
import { count, duration, fileSize, moment, withCommas } from "braid-engine/quantities";
import { stringify } from "yaml";
import { type Html, html } from "../../shared/html.ts";
import type { RunLine, RunReport } from "../run-report.ts";
import { facts, section, table } from "../table.ts";

const mostRuns = 10;
const mostConfigLines = 200;
const mostConfig = 20_000;
const mostChanges = 20;

export function runsSection({ runs, status }: RunReport): Html | null {
  if (runs.length === 0) return null;
  const latest = runs.slice(-mostRuns).reverse();
  const rest = runs.length - latest.length;
  const last = runs.at(-1)!.run;
  const restMade = runs.slice(0, rest).reduce((sum, { made }) => sum + made, 0);
  const before =
    rest === 0
      ? ""
      : ` ${count(rest, "earlier run")} not listed: ${count(restMade, "job")} of the plan ${restMade === 1 ? "is" : "are"} theirs.`;
  return section(
    "runs",
    "Runs",
    table<RunLine>(
      "Runs",
      `The latest first. A job counts for the run that made it last; a run that found nothing to do is not recorded.${before}`,
      [
        { head: "Began", cell: ({ run }) => moment(run.at) },
        {
          head: "Took",
          number: true,
          cell: ({ run }) => (run.end === undefined ? "" : duration((run.end - run.at) / 1_000)),
        },
        {
          head: "Ended",
          cell: ({ run }) => (run === last ? (status?.state ?? "") : (run.outcome ?? "killed")),
        },
        { head: "Jobs", number: true, cell: ({ made }) => withCommas(made) },
        { head: "Host", cell: ({ run }) => run.host },
        { head: "Executor", cell: ({ run }) => run.executor },
        { head: "Command", cell: ({ run }) => html`<code>${run.command}</code>` },
      ],
      latest,
    ),
  );
}

export function configSection({ status, config }: RunReport): Html | null {
  if (status === null) return null;
  const { run } = status;
  return section(
    "config",
    "The last run",
    html`${facts([
      ["Command", html`<code>${run.command}</code>`],
      ["Ran on", `${run.host}, ${run.executor}, ${count(run.slots ?? 1, "job")} at once`],
      [
        "Versions",
        run.versions === undefined
          ? "not recorded"
          : `Braid ${run.versions.braid}, Node ${run.versions.node}`,
      ],
      ["Decided", run.decided === undefined ? null : run.decided.join(" ")],
      ["Config", config.ofRun === null ? "not recorded" : config.ofRun === "{}" ? "none" : null],
    ])}
${configText(config)}`,
  );
}

function configText({ ofRun, since }: RecordedConfig): Html | null {
  if (ofRun === null || ofRun === "{}") return null;
  const lines = stringify(JSON.parse(ofRun)).slice(0, mostConfig).trimEnd().split("\n");
  const rest = lines.length > mostConfigLines ? "\n..." : "";
  const more = since.length - mostChanges;
  return html`<details${lines.length <= 30 ? html` open` : null}><summary>Config, as its file and the options said</summary>
<pre tabindex="0">${lines.slice(0, mostConfigLines).join("\n")}${rest}</pre></details>
${
  since.length === 0
    ? null
    : html`<p>Since then the config has changed; jobs are judged by what it is now:</p>
<ul class="legend">${since.slice(0, mostChanges).map(change)}${more > 0 ? html`<li>and ${count(more, "more key")}</li>` : null}</ul>`
}`;
}

function change({ name, before, after }: ParamChange): Html {
  return html`<li><code>${name}: ${brief(before)} → ${brief(after)}</code></li>\n`;
}

function brief(text: string | null): string {
  if (text === null) return "(nothing)";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

export function versionsSection({ workflow, folder, at, versions, machine }: RunReport): Html {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return section(
    "versions",
    "This report",
    facts([
      ["Made", `${moment(at)} (all times: ${zone})`],
      ["Workflow", html`<code>${workflow}</code>`],
      ["Working folder", html`<code>${folder}</code>`],
      ["Versions", `Braid ${versions.braid}, Node ${versions.node}`],
      ["Machine", `${machine.host}: ${count(machine.cores, "core")}, ${fileSize(machine.memory)} of memory`],
    ]),
  );
}
