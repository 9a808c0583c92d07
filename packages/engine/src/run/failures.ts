/** What becomes of jobs that failed, and of those whose call was lost: tried again, given up, or back in the queue. */

import { CallLost } from "../calls/executor.ts";
import type { Workshop } from "../calls/job.ts";
import type { FileSystem } from "../disk/files.ts";
import { hasNoRoom, isFull, tellsFull } from "../disk/full-disk.ts";
import { messageOf } from "../errors.ts";
import type { Emit } from "../events.ts";
import type { Journal } from "../journal/journal.ts";
import type { JobView } from "../plan/table.ts";
import { isProgram } from "../rules/rule.ts";
import type { Prepared } from "../staleness/prepare.ts";
import { answerLoss } from "./losses.ts";
import type { ReadyJobs } from "./ready-jobs.ts";
import { jobName, type Reporter } from "./reporter.ts";
import type { ResourceRequests } from "./resource-requests.ts";
import type { Ending, RunningCall } from "./running-call.ts";
import type { Waiting } from "./waiting.ts";

export interface FailuresOptions {
  readonly prepared: Prepared;
  readonly workshop: Workshop;
  readonly journal: Journal;
  readonly ready: ReadyJobs;
  readonly waiting: Waiting;
  readonly reporter: Reporter;
  readonly requests: ResourceRequests;
  readonly emit: Emit;
  readonly keepGoing: boolean;
  /** How often a failed job is tried again where its rule does not say. */
  readonly retries: number;
  /** The folder for logs of this run. */
  readonly logs: string;
  now(): number;
  isCancelled(): boolean;
  beginEnd(why: Ending): void;
  /** An optional job failed. */
  lack(job: number): void;
}

/** 1 at first; counts the times a job failed. */
export class Attempts {
  readonly #failed = new Map<number, number>();

  of(job: number): number {
    return (this.#failed.get(job) ?? 0) + 1;
  }

  /** An earlier run has tried the job before, or it failed at this attempt. */
  set(job: number, attempt: number): void {
    if (attempt > 0) this.#failed.set(job, attempt);
  }
}

export class Failures {
  readonly attempts = new Attempts();
  readonly #options: FailuresOptions;
  readonly #files: FileSystem;
  readonly #losses = new Map<number, number>();

  constructor(options: FailuresOptions) {
    this.#options = options;
    this.#files = options.prepared.files;
  }

  /** A job failed; `retries` says how often it may be tried again, its rule where that is left out. */
  fail(call: RunningCall, job: JobView, said: string, retries = this.#retriesOf(job)): void {
    const { workshop, isCancelled, now, emit, ready, requests, prepared, keepGoing, beginEnd } =
      this.#options;
    if (!call.open.has(job.row) || isCancelled()) return;
    call.open.delete(job.row);
    const error = this.#withLostWords(job, said);
    workshop.discard(job);
    call.since = now();
    const attempt = this.attempts.of(job.row);
    this.attempts.set(job.row, attempt);
    this.#writeLog(call, `${jobName(job)}: failed\n${error}`);
    const full = tellsFull(error);
    const again = attempt <= retries && !full;
    const problem = again ? requests.problem(job.row) : null;
    if (again && problem === null) {
      emit({ kind: "retried", rule: job.rule.name, job: jobName(job), error, attempt });
      prepared.states.setPhase(job.row, "ready");
      ready.addAlone(job.row);
      return;
    }
    const log = workshop.logOf(job) ?? call.spec.log;
    const all = problem === null ? error : `${problem}\nIt was to be tried again, after: ${error}`;
    this.#giveUp(job, call.since, all, log);
    if (full) beginEnd("no space");
    else if (!keepGoing && !prepared.optional.mayFail(job.row)) beginEnd("failed");
  }

  /** A ready job goes into the queue, unless it cannot be said what it needs: then it has failed. */
  admit(row: number): void {
    const { prepared, requests, ready } = this.#options;
    const problem = requests.problem(row);
    if (problem !== null) {
      this.refuse(row, problem);
      return;
    }
    prepared.states.setPhase(row, "ready");
    ready.add(row);
  }

  /** A job fails before it goes into any call. */
  refuse(row: number, problem: string): void {
    const { prepared, logs, keepGoing, beginEnd, now } = this.#options;
    const job = prepared.plan.job(row);
    const log = this.#files.real(`${logs}/${job.rule.name}.log`);
    this.#files.makeFolder(logs);
    this.#write(`${job.rule.name}.log`, `${jobName(job)}: failed\n${problem}`);
    this.#giveUp(job, now(), problem, log);
    if (!keepGoing && !prepared.optional.mayFail(row)) beginEnd("failed");
  }

  /** A call has ended without these jobs: without an error, they were simply not begun. */
  lose(call: RunningCall, lost: readonly JobView[], error: unknown): void {
    const { prepared, isCancelled, journal, emit, beginEnd } = this.#options;
    const message = lossMessage(error);
    const kind = error instanceof CallLost ? error.kind : "crashed";
    if (message !== undefined && !isCancelled() && lost.length > 1) this.#writeLog(call, message);
    const back = lost.filter((job) => this.#loseJob(call, job, error));
    call.open.clear();
    if (back.length > 0) {
      journal.append({ t: "back", jobs: back.map((job) => prepared.plan.key(job.row)) });
      emit({ kind: "returned", rule: call.spec.rule, jobs: back.length, call: call.spec.id });
    }
    if (kind === "cancelled" && !isCancelled()) {
      emit({ kind: "warning", text: message! });
      beginEnd("interrupted");
    }
  }

  /** True where the job goes back among the ready ones. */
  #loseJob(call: RunningCall, job: JobView, error: unknown): boolean {
    const { isCancelled, workshop, prepared, ready } = this.#options;
    const { row } = job;
    const message = lossMessage(error);
    const losses = this.#losses.get(row) ?? 0;
    const answer =
      message === undefined || isCancelled()
        ? "alone"
        : answerLoss(error instanceof CallLost ? error.kind : "crashed", {
            suspect: !(error instanceof CallLost) || error.suspects.has(row),
            alone: call.jobs.size === 1,
            losses,
            attempt: this.attempts.of(row),
          });
    this.#losses.set(row, losses + 1);
    if (answer === "fail") this.fail(call, job, message!);
    else if (answer === "more") this.fail(call, job, message!, Number.POSITIVE_INFINITY);
    else if (answer === "give up") this.fail(call, job, message!, 0);
    else {
      workshop.discard(job);
      prepared.states.setPhase(row, "ready");
      if (answer === "alone") ready.addAlone(row);
      else ready.add(row);
      return true;
    }
    return false;
  }

  #giveUp(job: JobView, at: number, error: string, log: string): void {
    const { prepared, reporter, waiting, requests, lack } = this.#options;
    const optional = prepared.optional.mayFail(job.row);
    prepared.states.setPhase(job.row, "failed");
    reporter.failed(job, { at, error, log, optional });
    prepared.recipes.forget(job.row);
    requests.forget(job.row);
    if (optional) lack(job.row);
    else waiting.block(job.row);
  }

  #retriesOf(job: JobView): number {
    return job.rule.spec.retries ?? this.#options.retries;
  }

  /** On a full disk there was no room in the log either for what a command said of it. */
  #withLostWords(job: JobView, error: string): string {
    if (!isProgram(job.rule.spec) || tellsFull(error) || !hasNoRoom(this.#files)) return error;
    return `${error}\nThere is no space left on the disk; what the command said of it may be lost too.`;
  }

  #writeLog(call: RunningCall, text: string): void {
    this.#write(`${call.spec.rule}-${call.spec.id}.log`, text);
  }

  /** What is written to a log is for people only: a full disk must not end the run here. */
  #write(log: string, text: string): void {
    try {
      const file = this.#files.openAppend(`${this.#options.logs}/${log}`);
      file.append(`${text}\n`);
      file.close();
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }
}

function lossMessage(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof CallLost ? error.message : messageOf(error);
}
