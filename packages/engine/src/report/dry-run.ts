/** What a dry run prints: the jobs with their reasons, and their table. */

import { commandText } from "../calls/command-text.ts";
import { describeJob } from "../plan/plan-errors.ts";
import { count } from "../quantities.ts";
import { forecast, jobsAhead, neededReason, reasonText } from "../staleness/forecast.ts";
import type { Prepared } from "../staleness/prepare.ts";
import { indented, jobTable, removedText } from "./lines.ts";

const shownJobs = 30;

export interface DryRunOptions {
  readonly quiet: boolean;
  /** The shell commands too. */
  readonly printCommands: boolean;
  /** All jobs, however many there are. */
  readonly verbose?: boolean;
}

/** The jobs as JSON lines: rule, wildcards, outputs, reason, and `onlyIf` for those that may not run. */
export function dryRunJson(
  prepared: Prepared,
  { printCommands }: Pick<DryRunOptions, "printCommands"> = { printCommands: false },
): string {
  const { plan, states } = prepared;
  const { needed } = forecast(prepared);
  const jobs = jobsAhead(prepared, needed);
  return [
    ...jobs.map((row) => {
      const job = plan.job(row);
      const { rule, values, outputs } = job;
      return JSON.stringify({
        kind: "job",
        rule: rule.name,
        wildcards: Object.fromEntries(rule.wildcards.map((name, i) => [name, values[i]])),
        outputs,
        reason: reasonText(prepared, row) ?? neededReason,
        ...(states.isStale(row) ? {} : { onlyIf: true }),
        ...(printCommands && rule.spec.shell !== undefined ? { command: commandText(job) } : {}),
      });
    }),
    JSON.stringify({
      kind: "total",
      jobs: jobs.filter((row) => states.isStale(row)).length,
      onlyIf: jobs.filter((row) => !states.isStale(row)).length,
    }),
  ].join("\n");
}

/** Each job with its reason, cut after some, then the table. */
export function dryRunText(prepared: Prepared, options: DryRunOptions): string {
  const ahead = forecast(prepared);
  const { runs, onlyIf, all, removed } = ahead;
  const notes = removed.length === 0 ? [] : [removedText(removed.length, removed[0]!)];
  notes.push(...editedNotes(ahead.edited), ...unrecordedNotes(ahead.unrecorded));
  if (all.size === 0) {
    const first =
      prepared.impossible.length > 0
        ? "No job can run."
        : "Nothing to be done: everything asked for is up to date.";
    return [first, ...notes].join("\n");
  }
  const blocks = options.quiet ? [] : [jobLines(prepared, ahead.needed, options)];
  blocks.push(jobTable(runs, onlyIf));
  if (onlyIf.size > 0) blocks.push("Jobs in the column `only if` run only if their inputs change.");
  blocks.push(...notes, "This was a dry run: nothing was done.");
  return blocks.join("\n\n");
}

function jobLines(prepared: Prepared, needed: ReadonlySet<number>, options: DryRunOptions): string {
  const jobs = jobsAhead(prepared, needed);
  const most = options.verbose ? jobs.length : shownJobs;
  const lines = jobs.slice(0, most).map((row) => {
    const job = prepared.plan.job(row);
    const command = options.printCommands ? commandText(job) : null;
    const label = prepared.states.isStale(row) ? "reason" : "only if";
    const why = reasonText(prepared, row) ?? neededReason;
    const text = `${describeJob(job.rule, job.values)}\n    ${label}: ${why}`;
    return command === null ? text : `${text}\n${indented(command)}`;
  });
  if (jobs.length > most) lines.push(`... and ${count(jobs.length - most, "more job")}`);
  return lines.join("\n");
}

/** Files that somebody has changed and that are made again. */
function editedNotes(edited: readonly string[]): string[] {
  if (edited.length === 0) return [];
  if (edited.length === 1)
    return [
      `${edited[0]} changed since it was made: a run makes it again, and keeps the changed file in .braid/replaced. --touch accepts it as it is.`,
    ];
  return [
    `${edited[0]} and ${count(edited.length - 1, "more output")} changed since they were made: a run makes them again, and keeps the changed files in .braid/replaced. --touch accepts them as they are.`,
  ];
}

/** Files without a record that a job made them; a run makes them again. */
function unrecordedNotes(unrecorded: readonly string[]): string[] {
  if (unrecorded.length === 0) return [];
  if (unrecorded.length === 1)
    return [
      `${unrecorded[0]} exists without a record that a job made it: a run makes it again, and keeps the old file in .braid/replaced. --touch accepts it as it is.`,
    ];
  return [
    `${unrecorded[0]} and ${count(unrecorded.length - 1, "more output")} exist without a record that a job made them: a run makes them again, and keeps the old files in .braid/replaced. --touch accepts them as they are.`,
  ];
}
