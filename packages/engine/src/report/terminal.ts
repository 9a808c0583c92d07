/**
 * A run on the terminal: one line per rule that is redrawn, never a line per job. Where the output is no
 * terminal, a plain line now and then.
 */
import type { FailedJob, RunEvent, Summary } from "../events.ts";
import { jobTable } from "./dry-run.ts";
import { progress, type RuleProgress } from "./progress.ts";
import { ruleLine } from "./rule-line.ts";
import { count, duration } from "./words.ts";

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface TerminalOptions {
  readonly quiet: boolean;
  /** How the user starts this workflow: `pnpm exp:a`. */
  readonly name: string;
  /** The options that the command for just one job repeats, as words. */
  readonly repeat?: readonly string[];
  /** Seconds between plain lines. */
  readonly interval?: number;
}

/** A reporter: give it every event. */
export function terminal(output: Output, options: TerminalOptions): (event: RunEvent) => void {
  const state = progress();
  const live = output.isTTY === true;
  const interval = (live ? 0.2 : (options.interval ?? 10)) * 1_000;
  let drawnLines = 0;
  let last = 0;
  let began = 0;

  const erase = () => {
    if (drawnLines > 0) output.write(`\x1b[${drawnLines}A\x1b[J`);
    drawnLines = 0;
  };
  const say = (text: string) => {
    erase();
    output.write(`${text}\n`);
  };
  const draw = (force = false) => {
    const now = performance.now();
    if (options.quiet || (!force && now - last < interval)) return;
    last = now;
    const seconds = (now - began) / 1_000;
    const left = state.secondsLeft();
    if (live) {
      erase();
      const lines = state.rules.map((rule) => ruleLine(rule, seconds));
      lines.push(
        `${duration(seconds)} gone, ${left === null ? "time left unknown" : `about ${duration(left)} left`}`,
      );
      const width = (output.columns ?? 100) - 1;
      output.write(`${lines.map((line) => line.slice(0, width)).join("\n")}\n`);
      drawnLines = lines.length;
    } else output.write(`${plainLine(state.rules, seconds, left)}\n`);
  };

  return (event) => {
    state.follow(event);
    switch (event.kind) {
      case "planned":
        began = performance.now();
        last = live ? 0 : began;
        if (event.total === 0) break;
        say(jobTable(event.rules));
        say(
          `\n${event.estimate === null ? "No estimate yet: the time left is shown as soon as jobs have run." : `Estimate from earlier runs: about ${duration(event.estimate)}`} (${count(event.slots, "job")} at once).\n`,
        );
        break;
      case "done":
      case "cut off":
      case "started":
        draw();
        break;
      case "failed":
        say(`Failed: ${event.failure.job}: ${event.failure.error.split("\n")[0]}`);
        draw(live);
        break;
      case "retried":
        say(`Tried again (attempt ${event.attempt + 1}): ${event.job}: ${event.error.split("\n")[0]}`);
        break;
      case "stopping":
        say(stopText(event.why));
        break;
      case "cancelled":
        say("Cancelled: running jobs are ended, what they had not finished is dropped.");
        break;
      case "warning":
        say(`Warning: ${event.text}`);
        break;
      case "ended":
        erase();
        output.write(`${endText(event.summary, options)}\n`);
    }
  };
}

function plainLine(rules: readonly RuleProgress[], seconds: number, left: number | null): string {
  const active = rules.filter((rule) => rule.done < rule.total && (rule.done > 0 || rule.running > 0));
  const each = active.map(
    (rule) => `${rule.rule} ${rule.done}/${rule.total}${rule.failed > 0 ? ` (${rule.failed} failed)` : ""}`,
  );
  return `[${duration(seconds)}] ${each.join(", ")}${left === null ? "" : `; about ${duration(left)} left`}`;
}

function stopText(why: "interrupted" | "failed" | "no space"): string {
  if (why === "interrupted")
    return "Interrupted: nothing new is started, running jobs end. Once more cancels them.";
  if (why === "no space")
    return "The disk is full: nothing new is started. Free space in the working folder, then repeat the command.";
  return "A job failed: nothing new is started (with -k, jobs that do not need it go on).";
}

function endText(summary: Summary, options: TerminalOptions): string {
  const { done, cutOff, failed, blocked, left, seconds } = summary;
  if (summary.total === 0) return "Nothing to be done: everything asked for is up to date.";
  const parts = [`${count(done, "job")} done`];
  if (cutOff > 0) parts.push(`${cutOff.toLocaleString("en-US")} up to date after all`);
  if (failed.length > 0) parts.push(`${failed.length.toLocaleString("en-US")} failed`);
  if (blocked > 0) parts.push(`${blocked.toLocaleString("en-US")} not run because of that`);
  if (left > 0) parts.push(`${left.toLocaleString("en-US")} left`);
  const lines = [`${parts.join(", ")}, in ${duration(seconds)}.`];
  if (failed.length > 0) lines.push("", ...failureList(failed, options));
  if (summary.outcome === "interrupted")
    lines.push("Interrupted. The same command goes on where this run ended.");
  return lines.join("\n");
}

function failureList(failed: readonly FailedJob[], { name, repeat = [] }: TerminalOptions): string[] {
  const shown = failed.slice(0, 10).flatMap((job) => [
    `Failed: ${job.job}`,
    ...job.error
      .split("\n")
      .slice(0, 4)
      .map((line) => `    ${line}`),
    `  log        ${job.log}`,
    `  just this  ${[name, ...[job.target, ...repeat].map(quoted)].join(" ")}`,
    "",
  ]);
  if (failed.length > 10)
    shown.push(
      `... and ${count(failed.length - 10, "more failed job")}; their logs are in the same folder.`,
      "",
    );
  return shown;
}

function quoted(text: string): string {
  return /^[\w./=@%+,:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
