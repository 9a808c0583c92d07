/** What a run says when it has ended: how much was done, and each failure with what to do about it. */
import type { FailedJob, Summary } from "../events.ts";
import { count, duration, withCommas } from "../quantities.ts";
import { shellWord } from "../shell-word.ts";
import { errorLines, failedWord } from "./error-lines.ts";

export interface EndOptions {
  readonly name: string;
  readonly repeat?: readonly string[];
  readonly shown?: (path: string) => string;
  /** Errors with all of their lines, those of the engine's own code too. */
  readonly verbose?: boolean;
}

const mostFailures = 10;

export function endText(summary: Summary, options: EndOptions): string {
  const { done, cutOff, failed, blocked, left, seconds } = summary;
  const { optional = [], skipped = 0 } = summary;
  if (summary.total === 0) return "Nothing to be done: everything asked for is up to date.";
  const parts = [`${count(done, "job")} done`];
  if (cutOff > 0) parts.push(`${withCommas(cutOff)} up to date after all`);
  if (failed.length > 0) parts.push(`${withCommas(failed.length)} failed`);
  if (blocked > 0) parts.push(`${withCommas(blocked)} not run because of that`);
  if (optional.length > 0) parts.push(`${count(optional.length, "optional job")} failed`);
  if (skipped > 0) parts.push(`${withCommas(skipped)} left out because of that`);
  if (left > 0) parts.push(`${withCommas(left)} left`);
  const lines = [`${parts.join(", ")}, in ${duration(seconds)}.`];
  const failures = [...failed, ...optional];
  if (failures.length > 0) lines.push("", ...failureList(failures, options));
  if (summary.outcome === "interrupted")
    lines.push("Interrupted. The same command goes on where this run ended.");
  return lines.join("\n");
}

function failureList(failed: readonly FailedJob[], options: EndOptions): string[] {
  const { name, repeat = [], shown = (path) => path, verbose = false } = options;
  const lines = failed.slice(0, mostFailures).flatMap((job) => [
    `${failedWord(job)}: ${job.job}`,
    ...(verbose ? job.error.split("\n") : errorLines(job.error, 5)).map((line) => `    ${line}`),
    // A job that lacks its sources never began.
    ...(job.log === "" ? [] : [`  log        ${shown(job.log)}`]),
    `  just this  ${[name, ...[job.target, ...repeat].map(shellWord)].join(" ")}`,
    "",
  ]);
  if (failed.length > mostFailures)
    lines.push(
      `... and ${count(failed.length - mostFailures, "more failed job")}: ${name} status --verbose lists all.`,
      "",
    );
  return lines;
}
