/**
 * `--summary` and `--detailed-summary`: Snakemake's tables of outputs, and what its benchmark files say of a job: s,
 * cpu_time (s), max_rss (MB). Columns are separated by tabs, `-` where nothing is known. A row is made when it is
 * asked for: a table may be far longer than what memory holds.
 */
import { commandText } from "../calls/command-text.ts";
import type { Trace } from "../journal/journal.ts";
import type { Prepared } from "../judge/prepare.ts";
import { describeReason } from "../judge/rebuilder.ts";
import { inputsOf, isTemporary, type PlannedFile, type PlannedJob } from "../plan/plan.ts";
import { logOf, ownLog } from "./made.ts";

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
  for (const job of prepared.plan.jobs) {
    if (job.outputs.length === 0) continue;
    const details = detailed ? [inputs(job), command(job)] : [];
    for (const output of job.outputs) yield row(prepared, job, output, details);
  }
}

function row(prepared: Prepared, job: PlannedJob, output: PlannedFile, details: readonly string[]): string {
  const { reasons, history, rebuilder, files } = prepared;
  const stat = files.stat(output.path);
  const reason = reasons[job.order]!;
  const unneeded = isTemporary(output) ? "removed (temporary)" : "removed (not needed)";
  const gone = reason === null ? unneeded : "missing";
  const status = stat === null ? gone : reason === null ? "ok" : describeReason(reason);
  const trace = history.traces.get(job.outputs[0]!.path);
  const date = stat === null ? "-" : new Date(rebuilder.print(output)!.mtime).toISOString();
  return [
    output.path,
    date,
    job.rule.name,
    log(job, trace, prepared),
    ...details,
    status,
    reason === null ? "no update" : "update pending",
    ...costs(trace),
  ].join("\t");
}

function inputs(job: PlannedJob): string {
  let text = "";
  for (const { path } of inputsOf(job)) text += text === "" ? path : `,${path}`;
  return text === "" ? "-" : text;
}

/** In one line, as Snakemake writes it; a tab would be a column. */
function command(job: PlannedJob): string {
  return commandText(job)?.trim().replaceAll("\n", "; ").replaceAll("\t", " ") ?? "-";
}

/** All outputs of a job have the figures of the job; one that was only taken as it stood has none. */
function costs(trace: Trace | undefined): string[] {
  if (trace === undefined || trace.attempt === 0) return ["-", "-", "-"];
  const { start, end, cpu, memory } = trace;
  return [
    ((end - start) / 1_000).toFixed(3),
    cpu === undefined ? "-" : (cpu / 1_000).toFixed(3),
    memory === undefined ? "-" : (memory / 1e6).toFixed(2),
  ];
}

function log(job: PlannedJob, trace: Trace | undefined, { history, files }: Prepared): string {
  if (trace === undefined) return history.failures.get(job.outputs[0]!.path)?.log ?? "-";
  return logOf(trace, history, files, ownLog(job.rule, job.values)) ?? "-";
}
