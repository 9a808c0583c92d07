/** What becomes of jobs that failed, and of those whose call was lost: tried again, given up, or back in the queue. */

import { CallLost } from "../calls/executor.ts";
import type { Workshop } from "../calls/job.ts";
import type { FileSystem } from "../disk/files.ts";
import { hasNoRoom, isFull, tellsFull } from "../disk/full-disk.ts";
import { messageOf } from "../errors.ts";
import type { Emit } from "../events.ts";
import type { Journal } from "../journal/journal.ts";
import type { PlannedJob } from "../plan/plan.ts";
import { describeJob } from "../plan/plan-errors.ts";
import { isProgram } from "../rules/rule.ts";
import type { Demands } from "./demands.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Lineup } from "./lineup.ts";
import { answerLoss } from "./losses.ts";
import { type Ending, keyOf, type RunningCall } from "./running-call.ts";
import type { Tally } from "./tally.ts";

export interface FailuresOptions {
  readonly jobs: readonly PlannedJob[];
  readonly files: FileSystem;
  readonly workshop: Workshop;
  readonly journal: Journal;
  readonly ready: Lineup;
  readonly needs: Dependencies;
  readonly tally: Tally;
  readonly demands: Demands;
  readonly emit: Emit;
  readonly keepGoing: boolean;
  /** How often a failed job is tried again where its rule does not say. */
  readonly retries: number;
  /** The folder for logs of this run. */
  readonly logs: string;
  now(): number;
  isCancelled(): boolean;
  beginEnd(why: Ending): void;
}

export interface Failures {
  /** 1 at first; counts the times a job failed. */
  attemptOf(job: PlannedJob): number;
  /** An earlier run has tried the job before. */
  resume(job: PlannedJob, attempt: number): void;
  /** A job failed; `retries` says how often it may be tried again, its rule where that is left out. */
  fail(call: RunningCall, job: PlannedJob, error: string, retries?: number): void;
  /** A ready job goes into the queue, unless it cannot be said what it needs: then it has failed. */
  admit(job: PlannedJob): void;
  /** A job fails before it goes into any call. */
  refuse(job: PlannedJob, problem: string): void;
  /** A call has ended without these jobs: without an error, they were simply not begun. */
  lose(call: RunningCall, lost: readonly PlannedJob[], error: unknown): void;
}

export function failures(options: FailuresOptions): Failures {
  const { files, workshop, journal, ready, needs, tally, emit, now, isCancelled, beginEnd } = options;
  const { demands } = options;
  const attempts = new Map<number, number>();
  const losses = new Map<number, number>();
  const attemptOf = (job: PlannedJob) => (attempts.get(job.order) ?? 0) + 1;

  function fail(
    call: RunningCall,
    job: PlannedJob,
    said: string,
    retries = job.rule.spec.retries ?? options.retries,
  ): void {
    if (!call.open.has(job.order) || isCancelled()) return;
    call.open.delete(job.order);
    const error = withLostWords(job, said);
    workshop.discard(job);
    call.since = now();
    const name = describeJob(job.rule, job.values);
    const attempt = attemptOf(job);
    attempts.set(job.order, attempt);
    writeLog(call, `${name}: failed\n${error}`);
    const full = tellsFull(error);
    const again = attempt <= retries && !full;
    const problem = again ? demands.problemOf(job) : null;
    if (again && problem === null) {
      emit({ kind: "retried", rule: job.rule.name, job: name, error, attempt });
      tally.called(job.rule, -1);
      ready.addAlone(job);
      return;
    }
    const log = workshop.logOf(job) ?? call.spec.log;
    giveUp(
      job,
      call.since,
      problem === null ? error : `${problem}\nIt was to be tried again, after: ${error}`,
      log,
    );
    if (full) beginEnd("no space");
    else if (!options.keepGoing) beginEnd("failed");
  }

  /** On a full disk there was no room in the log either for what a command said of it. */
  function withLostWords(job: PlannedJob, error: string): string {
    if (!isProgram(job.rule.spec) || tellsFull(error) || !hasNoRoom(files)) return error;
    return `${error}\nThere is no space left on the disk; what the command said of it may be lost too.`;
  }

  function giveUp(job: PlannedJob, at: number, error: string, log: string): void {
    const rule = job.rule.name;
    const target = keyOf(job);
    journal.append({ t: "fail", failure: { path: target, rule, at, error: firstLines(error), log } });
    tally.failed({ rule, job: describeJob(job.rule, job.values), target, error, log });
    tally.blocked(needs.block(job.order));
  }

  function admit(job: PlannedJob): void {
    const problem = demands.problemOf(job);
    if (problem === null) ready.add(job);
    else refuse(job, problem);
  }

  function refuse(job: PlannedJob, problem: string): void {
    tally.called(job.rule, 1);
    const log = files.real(`${options.logs}/${job.rule.name}.log`);
    files.makeFolder(options.logs);
    write(`${job.rule.name}.log`, `${describeJob(job.rule, job.values)}: failed\n${problem}`);
    giveUp(job, now(), problem, log);
    if (!options.keepGoing) beginEnd("failed");
  }

  function lose(call: RunningCall, lost: readonly PlannedJob[], error: unknown): void {
    const message =
      error === undefined ? undefined : error instanceof CallLost ? error.message : messageOf(error);
    const kind = error instanceof CallLost ? error.kind : "crashed";
    if (message !== undefined && !isCancelled() && lost.length > 1) writeLog(call, message);
    const back: PlannedJob[] = [];
    for (const job of lost) {
      const { order } = job;
      const answer =
        message === undefined || isCancelled()
          ? "alone"
          : answerLoss(kind, {
              suspect: !(error instanceof CallLost) || error.suspects.has(order),
              alone: call.jobs.length === 1,
              losses: losses.get(order) ?? 0,
              attempt: attemptOf(job),
            });
      losses.set(order, (losses.get(order) ?? 0) + 1);
      if (answer === "fail") fail(call, job, message!);
      else if (answer === "more") fail(call, job, message!, Number.POSITIVE_INFINITY);
      else if (answer === "give up") fail(call, job, message!, 0);
      else {
        workshop.discard(job);
        if (answer === "alone") ready.addAlone(job);
        else ready.add(job);
        back.push(job);
        tally.called(job.rule, -1);
      }
    }
    call.open.clear();
    if (back.length > 0) {
      journal.append({ t: "back", jobs: back.map(keyOf) });
      emit({ kind: "returned", rule: call.spec.rule, jobs: back.length, call: call.spec.id });
    }
    if (kind === "cancelled" && !isCancelled()) {
      emit({ kind: "warning", text: message! });
      beginEnd("interrupted");
    }
  }

  const writeLog = (call: RunningCall, text: string) => write(`${call.spec.rule}-${call.spec.id}.log`, text);

  /** What is written to a log is for people only: a full disk must not end the run here. */
  function write(log: string, text: string): void {
    try {
      const file = files.openAppend(`${options.logs}/${log}`);
      file.append(`${text}\n`);
      file.close();
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }

  return {
    attemptOf,
    resume: (job, attempt) => void (attempt > 1 && attempts.set(job.order, attempt - 1)),
    fail,
    lose,
    admit,
    refuse,
  };
}

function firstLines(text: string): string {
  return text.split("\n").slice(0, 6).join("\n").slice(0, 1_000);
}
