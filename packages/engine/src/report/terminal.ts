/**
 * A run on the terminal: one line per rule that is redrawn, never a line per job unless the user asks for it.
 * Where the output is no terminal, a plain line now and then.
 */
import type { FailedJob, RunEvent, Summary } from "../events.ts";
import { count, duration, withCommas } from "../quantities.ts";
import { shellWord } from "../rules/shell-template.ts";
import { errorLines, failedWord, indented, jobTable, removedText, ruleLines } from "./lines.ts";
import { leftText, progress, type RuleProgress, type TimeLeft } from "./progress.ts";

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface TerminalOptions {
  readonly quiet: boolean;
  /** A line for each job as it starts and as it ends, beside the progress; errors in full. */
  readonly verbose?: boolean;
  /** How the user starts this workflow: `pnpm exp:a`. */
  readonly name: string;
  /** The options that the command for just one job repeats, as words. */
  readonly repeat?: readonly string[];
  /** A path of the working folder as the user sees it. */
  readonly shown?: (path: string) => string;
  /** Seconds between plain lines, at the beginning; later they get rarer. */
  readonly interval?: number;
}

/** Warnings that are shown; those of a hundred sites would bury the rest. */
const shownWarnings = 10;

/** Failures and repetitions that get a line as they happen; all failures are in the list at the end. */
const mostLines = 10;

/** A reporter: give it every event. */
export function terminal(output: Output, options: TerminalOptions): (event: RunEvent) => void {
  const state = progress();
  const live = output.isTTY === true;
  let drawnLines = 0;
  let warnings = 0;
  let last = 0;
  let printed = 0;
  let ticking: NodeJS.Timeout | undefined;

  const erase = () => {
    if (drawnLines > 0) output.write(`\r\x1b[${drawnLines}A\x1b[J`);
    drawnLines = 0;
  };
  const say = (text: string) => {
    erase();
    output.write(`${text}\n`);
    if (live && ticking !== undefined) draw();
  };
  /** What there may be thousands of a second: the progress is not drawn again for each. */
  const warnRepeatedly = (text: string) => {
    erase();
    output.write(`${text}\n`);
    drawIfDue();
  };
  const printOneOfMany = (text: string) => {
    if (options.verbose) return say(text);
    printed++;
    if (printed <= mostLines) say(text);
    if (printed === mostLines) say("Further failures are only counted here; the end of the run lists them.");
  };
  const shownError = (error: string) => (options.verbose ? error : (errorLines(error, 1)[0] ?? ""));
  const draw = () => {
    if (options.quiet) return;
    last = performance.now();
    const seconds = state.seconds();
    const left = state.left();
    if (!live) return void output.write(`${plainLine(state.rules, seconds, left)}\n`);
    erase();
    const lines = fitLines(ruleLines(state.rules), state.rules, (output.rows ?? 24) - 3);
    lines.push(`${duration(seconds)} elapsed, ${leftText(left)}`);
    const width = (output.columns ?? 100) - 1;
    output.write(`${lines.map((line) => line.slice(0, width)).join("\n")}\n`);
    drawnLines = lines.length;
  };
  /** On a terminal five times a second; elsewhere after 10 seconds, and ever more rarely. */
  const drawIfDue = () => {
    const pause = live ? 0.2 : Math.max(options.interval ?? 10, state.seconds() / 20);
    if (performance.now() - last >= pause * 1_000) draw();
  };

  return (event) => {
    state.follow(event);
    switch (event.kind) {
      case "planned":
        if (event.removed !== undefined) say(removedText(event.removed.files, event.removed.one));
        if (event.total === 0) break;
        say(`${jobTable(certainJobs(event), event.onlyIf)}\n\n${estimateText(event)}\n`);
        last = live ? Number.NEGATIVE_INFINITY : performance.now();
        // Events alone would let the clock stand still while long jobs run.
        ticking = setInterval(drawIfDue, 1_000).unref();
        break;
      case "command":
        say(`${event.job}\n${indented(event.command)}`);
        break;
      case "began":
        warnRepeatedly(`Start: ${event.job}: ${event.reason}`);
        break;
      case "done":
        if (options.verbose) warnRepeatedly(`Done: ${event.job}, in ${duration(event.seconds)}`);
        else drawIfDue();
        break;
      case "cut off":
        if (options.verbose) warnRepeatedly(`Up to date after all: ${event.job}`);
        else drawIfDue();
        break;
      case "decided":
        for (const text of event.said) say(text);
        break;
      case "failed":
        printOneOfMany(
          `${failedWord(event.failure)}: ${event.failure.job}: ${shownError(event.failure.error)}`,
        );
        break;
      case "retried":
        printOneOfMany(
          `Failed, is tried again: ${event.job}, attempt ${event.attempt}: ${shownError(event.error)}`,
        );
        break;
      case "stopping":
        say(stopText(event.why));
        break;
      case "cancelled":
        say("Cancelled: running jobs are ended, what they had not finished is dropped.");
        break;
      case "warning":
        warnings++;
        if (warnings <= shownWarnings) say(`Warning: ${event.text}`);
        else if (warnings === shownWarnings + 1) say("More warnings stand in the logs of the jobs.");
        break;
      case "ended":
        clearInterval(ticking);
        erase();
        output.write(`${endText(event.summary, options)}\n`);
        break;
      default:
        drawIfDue();
    }
  };
}

/** The jobs that run for certain. */
function certainJobs({ rules, onlyIf }: Extract<RunEvent, { kind: "planned" }>): Map<string, number> {
  const counts = [...rules].map(([name, count]) => [name, count - (onlyIf.get(name) ?? 0)] as const);
  return new Map(counts.filter(([, count]) => count > 0));
}

function estimateText({ estimate, slots, queued }: Extract<RunEvent, { kind: "planned" }>): string {
  const many = `${count(slots, queued ? "task" : "thread")} at once`;
  return estimate === null
    ? `No estimate before the first jobs have run; ${many}.`
    : `Estimate from earlier runs: about ${duration(estimate)}; ${many}.`;
}

/** The lines that fit on the screen: of rules at work first, then of those to come. */
function fitLines(lines: readonly string[], rules: readonly RuleProgress[], rows: number): string[] {
  if (lines.length <= rows) return [...lines];
  const rank = ({ running, done, failed, total }: RuleProgress) =>
    running > 0 ? 0 : done + failed < total ? 1 : 2;
  const kept = rules
    .map((rule, i) => ({ i, rank: rank(rule) }))
    .sort((a, b) => a.rank - b.rank || a.i - b.i)
    .slice(0, Math.max(1, rows - 1))
    .sort((a, b) => a.i - b.i);
  return [...kept.map(({ i }) => lines[i]!), `... and ${count(lines.length - kept.length, "more rule")}`];
}

function plainLine(rules: readonly RuleProgress[], seconds: number, left: TimeLeft): string {
  const each = rules
    .filter((rule) => rule.running > 0 || (rule.done > 0 && rule.done < rule.total))
    .map(
      ({ rule, done, total, failed }) => `${rule} ${done}/${total}${failed > 0 ? ` (${failed} failed)` : ""}`,
    );
  return `[${duration(seconds)}] ${each.join(", ")}${left.secondsLeft === null ? "" : `; ${leftText(left)}`}`;
}

function stopText(why: "interrupted" | "failed" | "no space"): string {
  if (why === "interrupted")
    return "Interrupted: nothing new is started, running jobs end. Once more cancels them.";
  if (why === "no space")
    return "The disk is full: nothing new is started. Free space in the working folder, then repeat the command.";
  return "A job failed: nothing new is started (with -k, jobs that do not need it go on).";
}

export interface EndOptions {
  readonly name: string;
  readonly repeat?: readonly string[];
  readonly shown?: (path: string) => string;
  /** Show all lines of errors, including the engine's stack frames. */
  readonly verbose?: boolean;
}

const mostFailures = 10;

/** The report at the end of a run: the counts, and each failure with what to do about it. */
function endText(summary: Summary, options: EndOptions): string {
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
  if (summary.outcome === "interrupted") lines.push("Interrupted. To continue, repeat the command.");
  return lines.join("\n");
}

function failureList(failed: readonly FailedJob[], options: EndOptions): string[] {
  const { name, repeat = [], shown = (path) => path, verbose = false } = options;
  const lines = failed.slice(0, mostFailures).flatMap((job) => [
    `${failedWord(job)}: ${job.job}`,
    ...(verbose ? job.error.split("\n") : errorLines(job.error, 5)).map((line) => `    ${line}`),
    // A job with missing sources never started.
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
