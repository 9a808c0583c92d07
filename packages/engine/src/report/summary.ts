/**
 * `--summary`: Snakemake's table of outputs, file, date, rule, log, status, plan, and what Snakemake's benchmark
 * files say of a job: s, cpu_time (s), max_rss (MB). Columns are separated by tabs, `-` where nothing is known.
 */

import type { History, Trace } from "../journal/journal.ts";
import type { Prepared } from "../judge/prepare.ts";
import { describeReason } from "../judge/rebuilder.ts";
import { isTemporary, type PlannedJob } from "../plan/dag.ts";
import { logOf, runOf } from "./made.ts";

/** One line per output of the plan, in its order. */
export function summaryText({ plan, reasons, history, rebuilder, files }: Prepared): string {
  const lines = plan.jobs.flatMap((job) =>
    job.outputs.map((output) => {
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
        log(job, trace, history),
        status,
        reason === null ? "no update" : "update pending",
        ...costs(trace),
      ];
    }),
  );
  const header = ["output_file", "date", "rule", "log-file(s)", "status", "plan", "s", "cpu_time", "max_rss"];
  return [header, ...lines].map((line) => line.join("\t")).join("\n");
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

function log(job: PlannedJob, trace: Trace | undefined, history: History): string {
  if (trace === undefined) return history.failures.get(job.outputs[0]!.path)?.log ?? "-";
  const run = runOf(trace, history);
  return run === undefined ? "-" : logOf(trace, run);
}
