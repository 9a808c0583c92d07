/**
 * What a run says, and its progress: drawn again in place where the terminal allows it, else a plain line now and then.
 * Never a line per job unless the user asks for it.
 */
import type { FailedJob, RunEvent, Summary } from "../events.ts";
import { count, duration, withCommas } from "../quantities.ts";
import { shellWord } from "../rules/shell-template.ts";
import {
  errorLines,
  failedWord,
  indented,
  jobTable,
  type Paint,
  plain,
  removedText,
  type Style,
} from "./lines.ts";
import { leftText, type Progress, progress, type RuleProgress, type TimeLeft } from "./progress.ts";

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Draws the progress in place: see live.ts, which is loaded only for a terminal. */
export interface Screen {
  follow(event: RunEvent): void;
  erase(): void;
  draw(state: Progress): void;
  /** Breaks what is said into lines that fit. */
  fold(text: string): string;
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
  /** Colours; none where it is left out. */
  readonly paint?: Paint;
  /** Where the progress is drawn in place; plain lines where it is left out. */
  readonly screen?: Screen;
}

/** Warnings that are shown; those of a hundred sites would bury the rest. */
const shownWarnings = 10;

/** Failures and repetitions that get a line as they happen; all failures are in the list at the end. */
const mostLines = 10;

/** A reporter: give it every event. */
export function terminal(output: Output, options: TerminalOptions): (event: RunEvent) => void {
  const state = progress();
  const { paint = plain, screen } = options;
  let warnings = 0;
  let last = 0;
  let printed = 0;
  let ticking: NodeJS.Timeout | undefined;

  const write = (text: string, style?: Style) => {
    screen?.erase();
    const folded = screen === undefined ? text : screen.fold(text);
    output.write(`${style === undefined ? folded : paintLabel(paint, style, folded)}\n`);
  };
  const say = (text: string, style?: Style) => {
    write(text, style);
    if (screen !== undefined && ticking !== undefined) draw();
  };
  /** What there may be thousands of a second: the progress is not drawn again for each. */
  const warnRepeatedly = (text: string) => {
    write(text);
    drawIfDue();
  };
  const printOneOfMany = (text: string, log = "") => {
    if (!options.verbose && ++printed > mostLines) return drawIfDue();
    say(log === "" ? text : `${text}\n  log  ${options.shown?.(log) ?? log}`, "bad");
    if (printed === mostLines && !options.verbose)
      say("Further failures are only counted here; the end of the run lists them.");
  };
  const shownError = (error: string) => (options.verbose ? error : (errorLines(error, 1)[0] ?? ""));
  const draw = () => {
    if (options.quiet) return;
    last = performance.now();
    if (screen !== undefined) return screen.draw(state);
    output.write(`${plainLine(state.rules, state.seconds(), state.left())}\n`);
  };
  /** On a terminal five times a second; elsewhere after 10 seconds, and ever more rarely. */
  const drawIfDue = () => {
    const pause = screen ? 0.2 : Math.max(options.interval ?? 10, state.seconds() / 20);
    if (performance.now() - last >= pause * 1_000) draw();
  };

  return (event) => {
    state.follow(event);
    screen?.follow(event);
    switch (event.kind) {
      case "planned":
        if (event.removed !== undefined) say(removedText(event.removed.files, event.removed.one));
        if (event.total === 0) break;
        say(`${jobTable(certainJobs(event), event.onlyIf)}\n\n${estimateText(event)}\n`);
        last = screen ? Number.NEGATIVE_INFINITY : performance.now();
        // Events alone would let the clock stand still while long jobs run.
        ticking = setInterval(drawIfDue, 1_000).unref();
        break;
      case "command":
        say(`${event.job}\n${indented(event.command)}`);
        break;
      case "began":
        if (options.verbose) warnRepeatedly(`Start: ${event.job}: ${event.reason}`);
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
          event.failure.log,
        );
        break;
      case "retried":
        printOneOfMany(
          `Failed, retrying: ${event.job}, attempt ${event.attempt}: ${
            event.note === "" ? shownError(event.error) : `${event.note} (${shownError(event.error)})`
          }`,
        );
        break;
      case "stopping":
        say(stopText(event.why), "warn");
        break;
      case "cancelled":
        say("Cancelled: stopping the running jobs; their unfinished outputs are dropped.");
        break;
      case "warning":
        warnings++;
        if (warnings <= shownWarnings) say(`Warning: ${event.text}`, "warn");
        else if (warnings === shownWarnings + 1) say("More warnings are in the logs of the jobs.");
        break;
      case "ended":
        clearInterval(ticking);
        screen?.erase();
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

function plainLine(rules: readonly RuleProgress[], seconds: number, left: TimeLeft): string {
  const each = rules
    .filter((rule) => rule.running > 0 || (rule.done > 0 && rule.done < rule.total))
    .map(
      ({ rule, done, total, failed }) => `${rule} ${done}/${total}${failed > 0 ? ` (${failed} failed)` : ""}`,
    );
  // Between two rules, none is at work.
  if (each.length === 0) each.push(allText(rules));
  return `[${duration(seconds)}] ${each.join(", ")}${left.secondsLeft === null ? "" : `; ${leftText(left)}`}`;
}

function allText(rules: readonly RuleProgress[]): string {
  const total = rules.reduce((sum, rule) => sum + rule.total, 0);
  const done = rules.reduce((sum, rule) => sum + rule.done, 0);
  return `${withCommas(done)} of ${count(total, "job")} done`;
}

function stopText(why: "interrupted" | "failed" | "no space"): string {
  if (why === "interrupted")
    return "Interrupted: no new jobs start; waiting for the running ones. Press Ctrl-C again to cancel them.";
  if (why === "no space")
    return "The disk is full: no new jobs start. Free space in the working folder, then repeat the command.";
  return "A job failed: no new jobs start (-k continues with jobs that do not need it).";
}

interface EndOptions {
  readonly name: string;
  readonly repeat?: readonly string[];
  readonly shown?: (path: string) => string;
  /** Show all lines of errors, including the engine's stack frames. */
  readonly verbose?: boolean;
  readonly paint?: Paint;
  readonly screen?: Pick<Screen, "fold">;
}

/** The beginning of a message in colour, up to its first colon or its first line without one. */
function paintLabel(paint: Paint, style: Style, text: string): string {
  const [label] = /^[^:\n]*:?/.exec(text)!;
  return paint(style, label) + text.slice(label.length);
}

const mostFailures = 10;

/** The report at the end of a run: the counts, and each failure with what to do about it. */
function endText(summary: Summary, options: EndOptions): string {
  const { done, cutOff, failed, blocked, left, seconds } = summary;
  const { optional = [], skipped = 0, missingTargets = [] } = summary;
  if (summary.total === 0) return "Nothing to be done: everything asked for is up to date.";
  const parts = [`${count(done, "job")} done`];
  if (cutOff > 0) parts.push(`${withCommas(cutOff)} up to date after all`);
  if (failed.length > 0) parts.push(`${withCommas(failed.length)} failed`);
  if (blocked > 0) parts.push(`${withCommas(blocked)} not run because of that`);
  if (optional.length > 0) parts.push(`${count(optional.length, "optional job")} failed`);
  if (skipped > 0) parts.push(`${withCommas(skipped)} left out because of that`);
  if (left > 0) parts.push(`${withCommas(left)} left`);
  const { paint = plain, screen } = options;
  const fold = (text: string) => screen?.fold(text) ?? text;
  const style = summary.outcome === "done" ? "good" : summary.outcome === "failed" ? "bad" : "warn";
  const lines = [paint(style, fold(`${parts.join(", ")}, in ${duration(seconds)}.`))];
  const failures = [...failed, ...optional];
  if (failures.length > 0) lines.push("", ...failureList(failures, options));
  if (missingTargets.length > 0) {
    const more = missingTargets.length - 1;
    lines.push(
      fold(`Requested but not made: ${missingTargets[0]}${more > 0 ? ` and ${withCommas(more)} more` : ""}.`),
    );
  }
  if (summary.outcome === "failed" && blocked + left > 0) lines.push("To continue, repeat the command.");
  if (summary.outcome === "interrupted") lines.push("Interrupted. To continue, repeat the command.");
  return lines.join("\n");
}

function failureList(failed: readonly FailedJob[], options: EndOptions): string[] {
  const { name, repeat = [], shown = (path) => path, verbose = false, paint = plain, screen } = options;
  const fold = (text: string) => screen?.fold(text) ?? text;
  const lines = failed.slice(0, mostFailures).flatMap((job) => [
    paintLabel(paint, "bad", fold(`${failedWord(job)}: ${job.job}`)),
    ...(verbose ? job.error.split("\n") : errorLines(job.error, 5)).map((line) => fold(`    ${line}`)),
    // Paths and commands stay whole, to be copied. A job with missing sources never started.
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
