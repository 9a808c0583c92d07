/** `--summary`: Snakemake's table of outputs: file, date, rule, log, status, plan; columns separated by tabs. */
import { isTemporary, type PlannedJob } from "../dag.ts";
import type { History } from "../journal.ts";
import type { Prepared } from "../prepare.ts";
import { describeReason } from "../rebuilder.ts";
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
      const date = stat === null ? "-" : new Date(rebuilder.print(output)!.mtime).toISOString();
      return [
        output.path,
        date,
        job.rule.name,
        log(job, history),
        status,
        reason === null ? "no update" : "update pending",
      ];
    }),
  );
  const header = ["output_file", "date", "rule", "log-file(s)", "status", "plan"];
  return [header, ...lines].map((line) => line.join("\t")).join("\n");
}

function log(job: PlannedJob, history: History): string {
  const trace = history.traces.get(job.outputs[0]!.path);
  if (trace === undefined) return history.failures.get(job.outputs[0]!.path)?.log ?? "-";
  const run = runOf(trace, history);
  return run === undefined ? "-" : logOf(trace, run);
}
