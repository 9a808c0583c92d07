/** What a dry run prints: the jobs with their reasons, and the job table that Snakemake users know. */

import { commandText } from "../calls/command-text.ts";
import { type Assessment, isToRun } from "../judge/assess.ts";
import { describeReason } from "../judge/rebuilder.ts";
import { describeJob } from "../plan/plan-errors.ts";
import { count, removedText } from "./words.ts";

const shownJobs = 30;

/** The table of jobs by rule, alphabetical, with the total. */
export function jobTable(counts: ReadonlyMap<string, number>): string {
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  const rows: [string, number][] = [...counts, ["total", total]];
  const names = Math.max("job".length, ...rows.map(([name]) => name.length));
  const numbers = Math.max("count".length, String(total).length);
  const line = (name: string, number: string) => `${name.padEnd(names)}  ${number.padStart(numbers)}`;
  return [
    line("job", "count"),
    line("-".repeat(names), "-".repeat(numbers)),
    ...rows.map(([name, n]) => line(name, String(n))),
  ].join("\n");
}

export interface DryRunOptions {
  readonly quiet: boolean;
  /** The shell commands too. */
  readonly printCommands: boolean;
  /** All jobs, however many there are. */
  readonly verbose?: boolean;
}

/** A command below the line of its job. */
export function indented(command: string): string {
  return command
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

/** The jobs that are to run as JSON lines: rule, wildcards, outputs, reason. */
export function dryRunJson(
  assessed: Assessment,
  { printCommands }: Pick<DryRunOptions, "printCommands"> = { printCommands: false },
): string {
  const { plan, reasons } = assessed;
  const stale = plan.jobs.filter((job) => isToRun(assessed, job));
  return [
    ...stale.map((job) => {
      const { rule, values, outputs, order } = job;
      return JSON.stringify({
        kind: "job",
        rule: rule.name,
        wildcards: Object.fromEntries(rule.wildcards.map((name, i) => [name, values[i]])),
        outputs: outputs.map((output) => output.path),
        reason: describeReason(reasons[order]!),
        ...(printCommands && rule.spec.shell !== undefined ? { command: commandText(job) } : {}),
      });
    }),
    JSON.stringify({ kind: "total", jobs: stale.length }),
  ].join("\n");
}

/** Each job with its reason, cut after some, then the table. */
export function dryRunText(assessed: Assessment, options: DryRunOptions): string {
  const { plan, reasons, counts, removed } = assessed;
  const note = removed.length === 0 ? [] : [removedText(removed.length, removed[0]!)];
  if (counts.size === 0)
    return ["Nothing to be done: everything asked for is up to date.", ...note].join("\n");
  const blocks: string[] = [];
  if (!options.quiet) {
    const stale = plan.jobs.filter((job) => isToRun(assessed, job));
    const most = options.verbose ? stale.length : shownJobs;
    const lines = stale.slice(0, most).map((job) => {
      const command = options.printCommands ? commandText(job) : null;
      const reason = `${describeJob(job.rule, job.values)}\n    reason: ${describeReason(reasons[job.order]!)}`;
      return command === null ? reason : `${reason}\n${indented(command)}`;
    });
    if (stale.length > most) lines.push(`... and ${count(stale.length - most, "more job")}`);
    blocks.push(lines.join("\n"));
  }
  blocks.push(jobTable(counts), ...note, "This was a dry run: nothing was done.");
  return blocks.join("\n\n");
}
