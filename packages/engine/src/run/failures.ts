/** Handles jobs that failed or whose call was lost: they are retried, given up, or go back to the queue. */
import { CallLost, type Loss } from "../calls/executor.ts";
import { isDiskFull, isDiskFullError, mentionsFullDisk } from "../disk/file-errors.ts";
import type { FileSystem } from "../disk/files.ts";
import { messageOf } from "../errors.ts";
import type { JobView } from "../plan/table.ts";
import { count } from "../quantities.ts";
import { type Failure, failureOf, mayRetry } from "../rules/retries.ts";
import { isProgram } from "../rules/rule.ts";
import type { ReadyJobs } from "./ready-jobs.ts";
import { finalText, jobName, retryText, type TaskRequest } from "./reporter.ts";
import type { ResourceRequests } from "./resource-requests.ts";
import type { EndCause, RunningCall, SchedulerContext } from "./schedule.ts";

export interface FailuresOptions extends SchedulerContext {
  readonly ready: ReadyJobs;
  readonly requests: ResourceRequests;
}

/** A job that has failed for good. */
export interface FinalFailure {
  readonly row: number;
  /** Its rule is optional: the run goes on without its outputs. */
  readonly optional: boolean;
  /** Why the run must end now; null if it goes on. */
  readonly endCause: EndCause | null;
}

export interface HowFailed {
  /** Default: for no reason that is known. */
  readonly failure?: Failure;
  /** Its queue ended it at a limit that the next attempt can raise. */
  readonly limited?: boolean;
  /** Another attempt would not help. */
  readonly final?: boolean;
}

export class Failures {
  readonly #options: FailuresOptions;
  readonly #files: FileSystem;

  constructor(options: FailuresOptions) {
    this.#options = options;
    this.#files = options.prepared.files;
  }

  /** A job failed. Null if it is retried. */
  fail(call: RunningCall, job: JobView, message: string, how: HowFailed = {}): FinalFailure | null {
    const { staging, now, emit, ready, requests, prepared, attempts } = this.#options;
    const { failure = { reason: "other" }, limited = false, final = false } = how;
    const { row } = job;
    if (!call.open.has(row)) return null;
    call.open.delete(row);
    const error = this.#withFormerError(job, message);
    staging.discard(job);
    call.since = now();
    const attempt = attempts.of(row);
    const had = requests.describe(row);
    const full = mentionsFullDisk(error);
    const again = !final && !full && this.#mayRetry(job, failure, limited);
    attempts.add(row, failure);
    const problem = again ? requests.problem(row) : null;
    const ended = { failures: attempts.failures(row), attempt, limited, had };
    if (again && problem === null) {
      const note = retryText(ended, requests.describe(row));
      this.#writeLog(call, `${jobName(job)}: failed${note === "" ? "" : `: ${note}`}\n${error}`);
      emit({ kind: "retried", rule: job.rule.name, job: jobName(job), error, attempt, ...failure, note });
      prepared.states.setPhase(row, "ready");
      ready.addAlone(row);
      return null;
    }
    const last = finalText(ended, error);
    this.#writeLog(call, `${jobName(job)}: failed\n${last}`);
    const log = staging.logOf(job) ?? call.spec.log;
    const all = problem === null ? last : notAgain(problem, error);
    const givenUp = this.#giveUp(job, call.since, all, log);
    return full ? { ...givenUp, endCause: "no space" } : givenUp;
  }

  /** Queues a ready job, unless its resources or priority function throws: then the job fails. */
  admit(row: number): FinalFailure | null {
    const { prepared, requests, ready } = this.#options;
    const problem = requests.problem(row);
    if (problem !== null) return this.refuse(row, problem);
    prepared.states.setPhase(row, "ready");
    ready.add(row);
    return null;
  }

  /** Fails a job before it enters any call. */
  refuse(row: number, problem: string): FinalFailure {
    const { prepared, logs, now } = this.#options;
    const job = prepared.plan.job(row);
    const log = this.#files.real(`${logs}/${job.rule.name}.log`);
    this.#files.makeFolder(logs);
    this.#write(`${job.rule.name}.log`, `${jobName(job)}: failed\n${problem}`);
    return this.#giveUp(job, now(), problem, log);
  }

  /** A call ended without these jobs. If there is no error, they were just not begun. Returns the jobs that failed for good. */
  lose(call: RunningCall, lost: readonly JobView[], error: unknown): FinalFailure[] {
    const { prepared, journal, emit, requests, executorOf } = this.#options;
    const message = lossMessage(error);
    if (message !== undefined && lost.length > 1) this.#writeLog(call, message);
    const isLoss = error instanceof CallLost && lossFailure(error.kind)?.reason === "lost";
    // A shared worker thread that ended is nothing to tell: the job that ended it will be.
    const warns = isLoss && executorOf(call.rule).remote !== undefined;
    const had = warns ? requests.describe(lost[0]!.row) : null;
    const back: JobView[] = [];
    const failed: FinalFailure[] = [];
    for (const job of lost) {
      const found = this.#loseJob(call, job, error);
      if (found === "back") back.push(job);
      else if (found !== null) failed.push(found);
    }
    call.open.clear();
    if (back.length > 0) {
      journal.append({ t: "back", jobs: back.map((job) => prepared.plan.key(job.row)) });
      emit({ kind: "returned", rule: call.spec.rule, jobs: back.length, call: call.spec.id });
    }
    if (error instanceof CallLost && error.kind === "cancelled") emit({ kind: "warning", text: message! });
    if (had !== null && back.length > 0) this.#warnOfLoss(back, had, message!);
    return failed;
  }

  #warnOfLoss(back: readonly JobView[], had: TaskRequest, message: string): void {
    const { attempts, requests, emit } = this.#options;
    const job = back[0]!;
    const { row } = job;
    const ended = { failures: attempts.failures(row), attempt: attempts.of(row), limited: false, had };
    const more = back.length === 1 ? "" : ` and ${count(back.length - 1, "more job")}`;
    const note = retryText(ended, requests.describe(row));
    emit({
      kind: "warning",
      text: `${jobName(job)}${more}: attempt ${ended.attempt} was ${note || "lost"} (${message.split("\n")[0]})`,
    });
  }

  /** Null if the job is retried; "back" if it goes back to the ready ones. */
  #loseJob(call: RunningCall, job: JobView, error: unknown): FinalFailure | "back" | null {
    const { staging, prepared, ready, requests, attempts, now } = this.#options;
    const { row } = job;
    const message = lossMessage(error);
    const kind = error instanceof CallLost ? error.kind : "crashed";
    const suspect = !(error instanceof CallLost) || error.suspects.has(row);
    const answer =
      message === undefined ? "alone" : respondToLoss(kind, { suspect, alone: call.jobs.size === 1 });
    const failure = lossFailure(kind) ?? failureOf(error);
    if (answer === "fail")
      return this.fail(call, job, message!, { failure, limited: kind === "memory" || kind === "timeout" });
    if (answer === "give up") return this.fail(call, job, message!, { final: true });
    if (answer === "lost") {
      if (!this.#mayRetry(job, failure, false))
        return this.fail(call, job, message!, { failure, final: true });
      attempts.add(row, failure);
      const problem = requests.problem(row);
      if (problem !== null) {
        const log = staging.logOf(job) ?? call.spec.log;
        staging.discard(job);
        return this.#giveUp(job, now(), notAgain(problem, message!), log);
      }
    }
    staging.discard(job);
    prepared.states.setPhase(row, "ready");
    if (answer === "alone") ready.addAlone(row);
    else ready.add(row);
    return "back";
  }

  #mayRetry({ row, rule }: JobView, failure: Failure, limited: boolean): boolean {
    const { attempts, retries: usual } = this.#options;
    return mayRetry([...attempts.failures(row), failure], rule.spec.retries, { limited, usual });
  }

  #giveUp(job: JobView, at: number, error: string, log: string): FinalFailure {
    const { prepared, reporter, requests, keepGoing } = this.#options;
    const { row } = job;
    const optional = prepared.optional.mayFail(row);
    prepared.states.setPhase(row, "failed");
    reporter.failed(job, { at, error, log, optional });
    prepared.recipes.forget(row);
    requests.forget(row);
    return { row, optional, endCause: keepGoing || optional ? null : "failed" };
  }

  /** On a full disk, the log had no space either for what the command said about it. */
  #withFormerError(job: JobView, error: string): string {
    if (!isProgram(job.rule.spec) || mentionsFullDisk(error) || !isDiskFull(this.#files)) return error;
    return `${error}\nThere is no space left on the disk; messages of the command may be lost too.`;
  }

  #writeLog(call: RunningCall, text: string): void {
    this.#write(`${call.spec.rule}-${call.spec.id}.log`, text);
  }

  /** Logs are only for people: a full disk must not end the run here. */
  #write(log: string, text: string): void {
    try {
      const file = this.#files.openAppend(`${this.#options.logs}/${log}`);
      file.append(`${text}\n`);
      file.close();
    } catch (error) {
      if (!isDiskFullError(error)) throw error;
    }
  }
}

/** The error of a job whose rule cannot say what its next attempt asks for. */
function notAgain(problem: string, error: string): string {
  return `${problem}\nThe job was about to be retried after this error: ${error}`;
}

function lossMessage(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof CallLost ? error.message : messageOf(error);
}

/** Why a job failed that was lost like this; null if the error says more. */
function lossFailure(kind: Loss): Failure | null {
  if (kind === "memory") return { reason: "oom" };
  if (kind === "timeout") return { reason: "timeout" };
  return kind === "node" || kind === "preempted" ? { reason: "lost" } : null;
}

export type LossResponse =
  /** Goes back to the ready jobs, to be packed with others. */
  | "again"
  /** Runs again, in its own call. */
  | "alone"
  /** Failed; the rule's retries decide. */
  | "fail"
  /** Nobody's fault; goes back as with "again", as often as the rule's retries say. */
  | "lost"
  /** Failed, and a retry would not help. */
  | "give up"
  /** Nothing failed: the run must end. */
  | "stop";

export interface LostJob {
  /** The job was running. */
  readonly suspect: boolean;
  /** The job was the only one of its call. */
  readonly alone: boolean;
}

/**
 * Decides what to do with a job whose call was lost: the only place that distinguishes the kinds of loss.
 *
 * A job that is not to blame goes back to the ready ones. A job that may be to blame runs alone, so that the next loss
 * is certainly its own. A job that failed by itself is retried as its rule says, for that reason.
 */
export function respondToLoss(kind: Loss, { suspect, alone }: LostJob): LossResponse {
  switch (kind) {
    case "cancelled":
      return "stop";
    case "refused":
      return "give up";
    case "node":
    case "preempted":
      return "lost";
    case "memory":
      return suspect || alone ? "fail" : "again";
    case "crashed":
    case "timeout":
      if (alone) return "fail";
      return suspect ? "alone" : "again";
  }
}
