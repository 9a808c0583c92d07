/** Reports how jobs end to the journal and the user; counts are read from the states of the jobs. */

import { commandText } from "../calls/command-text.ts";
import type { Emit, FailedJob, Summary } from "../events.ts";
import type { Journal } from "../journal/journal.ts";
import { describeJob } from "../plan/plan-errors.ts";
import type { JobView, Plan } from "../plan/table.ts";
import { withCommas } from "../quantities.ts";
import type { Failure } from "../rules/retries.ts";
import { reasonText } from "../staleness/forecast.ts";
import type { Prepared } from "../staleness/prepare.ts";
import { type Phase, phases, type States } from "../staleness/states.ts";

interface JobFailure {
  readonly at: number;
  readonly error: string;
  readonly log: string;
  /** The job may fail. */
  readonly optional: boolean;
}

/** The phases of jobs that have not ended and can still run. */
const open: readonly Phase[] = ["idle", "waiting", "ready", "running", "reported", "committed"];
const active = ["maybe", "stale"] as const;

export const jobName = ({ rule, values }: JobView) => describeJob(rule, values);

export class Reporter {
  readonly #prepared: Prepared;
  readonly #plan: Plan;
  readonly #states: States;
  readonly #journal: Journal;
  readonly #emit: Emit;
  readonly #failed: FailedJob[] = [];
  /** Jobs that run or may run, by rule, as last reported. */
  #lastTotals: number[];
  /** Jobs that were reported as up to date but are needed after all: they count once more. */
  readonly #neededAgain: number[];

  constructor(prepared: Prepared, journal: Journal, emit: Emit) {
    const { plan, states } = prepared;
    this.#prepared = prepared;
    this.#plan = plan;
    this.#states = states;
    this.#journal = journal;
    this.#emit = emit;
    this.#neededAgain = plan.rules.map(() => 0);
    this.#lastTotals = this.#totals();
  }

  /** How many jobs have not ended and can still run. */
  open(): number {
    return this.#states.total(active, open);
  }

  /** Jobs that are in no call yet, by rule. */
  left(): Map<string, number> {
    return this.#states.byRule(active, ["idle", "waiting", "ready"]);
  }

  /** A job is done; `seconds` of a rule without a body are 0. */
  done(job: JobView, seconds: number): void {
    const rule = job.rule.name;
    // The record of the outputs is written in commits.ts.
    if (job.outputs.length === 0) this.#journal.append({ t: "settled", rule, as: "done" });
    this.#emit({ kind: "done", rule, job: jobName(job), seconds });
  }

  /** A job turned out to be up to date. */
  cutOff(row: number): void {
    const job = this.#plan.job(row);
    this.#journal.append({ t: "settled", rule: job.rule.name, as: "up to date" });
    this.#emit({ kind: "cut off", rule: job.rule.name, job: jobName(job) });
  }

  failed(job: JobView, { at, error, log, optional }: JobFailure): void {
    const rule = job.rule.name;
    const target = this.#plan.key(job.row);
    const may = optional ? { optional: true as const } : {};
    const failure = { rule, job: jobName(job), target, error, log, ...may };
    const recorded = { path: target, rule, at, error: firstLines(error), log, ...may };
    this.#journal.append({ t: "fail", failure: recorded });
    this.#failed.push(failure);
    this.#emit({ kind: "failed", rule, job: failure.job, failure });
  }

  begin(job: JobView, attempt: number): void {
    const why = reasonText(this.#prepared, job.row);
    const reason = attempt > 1 || why === null ? `attempt ${attempt}, after it failed` : why;
    this.#emit({ kind: "began", rule: job.rule.name, job: jobName(job), reason });
  }

  command(job: JobView): void {
    const command = commandText(job);
    if (command !== null) this.#emit({ kind: "command", rule: job.rule.name, job: jobName(job), command });
  }

  /** A job that had turned out to be up to date is needed after all. */
  neededAgain(job: number): void {
    this.#neededAgain[this.#plan.columns.rule.at(job)]!++;
  }

  /** More jobs run, or may run, than reported: the plan has grown, or removed files are needed. */
  emitTotals(): void {
    const totals = this.#totals().map((total, rule) => total + this.#neededAgain[rule]!);
    const rules = new Map<string, number>();
    for (const { name, index } of this.#plan.rules)
      if (totals[index] !== this.#lastTotals[index])
        rules.set(name, totals[index]! - this.#lastTotals[index]!);
    this.#lastTotals = totals;
    if (rules.size === 0) return;
    this.#journal.append({ t: "grown", rules: Object.fromEntries(rules) });
    this.#emit({ kind: "grown", rules });
  }

  summary(interrupted: boolean, seconds: number): Summary {
    const states = this.#states;
    const done = states.total(["stale"], ["done"]);
    const cutOff = states.total(["fresh"], ["done"]);
    const failed = this.#failed.filter((failure) => !failure.optional);
    const optional = this.#failed.filter((failure) => failure.optional);
    const skipped = states.total(active, ["left out"]);
    const { fileStates } = this.#prepared;
    const isMissing = (file: number) =>
      this.#plan.missingOptional.has(file) || fileStates.isExtraMissing(file);
    const missing = this.#plan.targets.flatMap((target) =>
      "file" in target && isMissing(target.file) ? [this.#plan.path(target.file)] : [],
    );
    const total = this.#totals().reduce((sum, count) => sum + count, 0);
    return {
      outcome: interrupted ? "interrupted" : failed.length + missing.length > 0 ? "failed" : "done",
      total,
      done,
      cutOff,
      failed,
      ...(optional.length === 0 ? {} : { optional, skipped }),
      ...(missing.length === 0 ? {} : { missingTargets: missing }),
      blocked: states.total(active, ["blocked"]),
      left: this.open(),
      seconds,
    };
  }

  #totals(): number[] {
    return this.#plan.rules.map(
      ({ index }) =>
        this.#states.count(index, active, phases) + this.#states.count(index, ["fresh"], ["done"]),
    );
  }
}

function firstLines(text: string): string {
  return text.split("\n").slice(0, 6).join("\n").slice(0, 1_000);
}

/** What an attempt asks for, by name. */
export type TaskRequest = Readonly<Record<string, string | number>>;

export interface EndedAttempt {
  /** Of the job so far, this one last. */
  readonly failures: readonly Failure[];
  readonly attempt: number;
  /** Its queue ended it at a limit that it had asked for. */
  readonly limited: boolean;
  /** What it had asked for. */
  readonly had: TaskRequest;
}

/** "out of memory with 2,000 MB; trying again with 4,000 MB"; empty if the error itself says as much. */
export function retryText(ended: EndedAttempt, next: TaskRequest): string {
  const changes = changesText(ended.had, next);
  const { reason, exitCode } = ended.failures.at(-1)!;
  const code = reason === "exit" && changes !== "" ? `exit code ${exitCode}` : "";
  const again = changes === "" ? "" : `trying again ${changes}`;
  return [failureText(ended) || code, again].filter(Boolean).join("; ");
}

/** The error of a job that is not tried again, after the reason and the attempt. */
export function finalText(ended: EndedAttempt, error: string): string {
  const { failures, attempt, limited } = ended;
  const isLost = failures.at(-1)!.reason === "lost";
  if (attempt === 1 && !limited && !isLost) return error;
  const parts = [attempt > 1 ? `attempt ${attempt}` : "", failureText(ended)];
  const text = parts.filter(Boolean).join(", ");
  return `${text[0]!.toUpperCase()}${text.slice(1)}: ${error}`;
}

function failureText({ failures, limited, had }: EndedAttempt): string {
  const { mem_mb: memory, runtime } = limited ? had : {};
  const { reason } = failures.at(-1)!;
  switch (reason) {
    case "oom":
      return `out of memory${memory === undefined ? "" : ` with ${amountText("mem_mb", memory)}`}`;
    case "timeout":
      return `time limit reached${runtime === undefined ? "" : ` after ${amountText("runtime", runtime)}`}`;
    case "lost": {
      const times = failures.filter((failure) => failure.reason === "lost").length;
      return times === 1 ? "lost" : `lost ${times} times`;
    }
    default:
      return "";
  }
}

/** What another attempt asks for that this one did not: "with 4,000 MB and partition long, without qos". */
function changesText(had: TaskRequest, next: TaskRequest): string {
  const changed = Object.keys(next).filter((name) => next[name] !== had[name]);
  const left = Object.keys(had).filter((name) => next[name] === undefined);
  const amounts = changed.map((name) => amountText(name, next[name]!)).join(" and ");
  return [amounts && `with ${amounts}`, left.length > 0 && `without ${left.join(" and ")}`]
    .filter(Boolean)
    .join(", ");
}

function amountText(name: string, amount: string | number): string {
  if (typeof amount === "string") return `${name} ${amount}`;
  if (name === "mem_mb") return `${withCommas(amount)} MB`;
  if (name === "runtime") return `${withCommas(amount)} min`;
  if (name === "threads") return `${amount} ${amount === 1 ? "thread" : "threads"}`;
  return `${name} ${withCommas(amount)}`;
}
