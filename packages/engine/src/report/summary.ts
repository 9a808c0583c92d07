/**
 * `--summary` and `--detailed-summary`: Snakemake's tables of outputs, and what its benchmark files say of a job: s,
 * cpu_time (s), max_rss (MB). Columns are separated by tabs, `-` where nothing is known. A row is made when it is
 * asked for: a table may be far longer than what memory holds.
 */

import { commandText } from "../calls/command-text.ts";
import type { Trace } from "../journal/journal.ts";
import { secondsOf } from "../journal/trace-rows.ts";
import type { JobView } from "../plan/table.ts";
import { logPath } from "../rules/ruleset.ts";
import { reasonText } from "../staleness/forecast.ts";
import type { Prepared } from "../staleness/prepare.ts";
import { oneLine } from "./lines.ts";
import { logOf } from "./provenance.ts";

/** The rows, the header first: one per output of the plan, in its order; `detailed` ones have inputs and command. */
export function* summaryRows(prepared: Prepared, { detailed = false } = {}): Generator<string> {
  const more = detailed ? ["input-file(s)", "shellcmd"] : [];
  yield [
    "output_file",
    "date",
    "rule",
    "log-file(s)",
    ...more,
    "status",
    "plan",
    "s",
    "cpu_time",
    "max_rss",
  ].join("\t");
  const { plan, selected } = prepared;
  for (const row of selected.rows()) {
    const files = plan.outputs(row);
    if (files.length === 0) continue;
    const job = plan.job(row);
    const details = detailed ? [plan.inputPaths(row).join(",") || "-", command(job)] : [];
    for (const file of files) yield lineOf(prepared, job, file, details);
  }
}

function lineOf(prepared: Prepared, job: JobView, output: number, details: readonly string[]): string {
  const { plan, states, fileStates, files } = prepared;
  const path = plan.path(output);
  const stat = files.stat(path);
  const reason = reasonText(prepared, job.row);
  const unneeded = plan.isTemporary(output) ? "removed (temporary)" : "removed (not needed)";
  const gone = reason === null ? unneeded : "missing";
  const status = stat === null ? gone : (reason ?? "ok");
  const trace = fileStates.trace(job.row);
  const date = stat === null ? "-" : new Date((fileStates.fingerprint(output) ?? stat).mtime).toISOString();
  const pending = states.isStale(job.row) ? "update pending" : "update pending if its inputs change";
  return [
    path,
    date,
    job.rule.name,
    log(job, trace, prepared),
    ...details,
    status,
    reason === null ? "no update" : pending,
    ...costs(trace),
  ]
    .map(oneLine)
    .join("\t");
}

/** In one line, as Snakemake writes it; a tab would be a column. */
function command(job: JobView): string {
  return commandText(job)?.trim().replaceAll("\n", "; ").replaceAll("\t", " ") ?? "-";
}

/**
 * All outputs of a job have the figures of the job; one that was only taken as it stood has none. `~` marks times that
 * are shares of the time of a batch.
 */
function costs(trace: Trace | undefined): string[] {
  if (trace === undefined || trace.attempt === 0) return ["-", "-", "-"];
  const { cpu, memory, share } = trace;
  const about = share === undefined ? "" : "~";
  return [
    `${about}${secondsOf(trace).toFixed(3)}`,
    cpu === undefined ? "-" : `${about}${(cpu / 1_000).toFixed(3)}`,
    memory === undefined ? "-" : (memory / 1e6).toFixed(2),
  ];
}

function log(job: JobView, trace: Trace | undefined, { history, files }: Prepared): string {
  if (trace === undefined) return history.failures.get(job.outputs[0]!)?.log ?? "-";
  return logOf(trace, history, files, logPath(job.rule, job.values)) ?? "-";
}
