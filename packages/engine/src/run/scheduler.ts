/**
 * The scheduler: hands ready jobs to executors until all have settled. Event-driven; a job costs a few constant steps,
 * whatever the size of the plan.
 *
 * It decides when a job runs. `staleness/` decides whether it runs, and the executor where. commits.ts handles outputs,
 * failures.ts handles failures, and settling.ts the jobs that wait for others; the states hold the progress. These parts
 * never call the scheduler back: they return what must follow.
 */

import {
  type CallEvents,
  CallLost,
  type CallSpec,
  type JobReport,
  WorkflowChanged,
} from "../calls/executor.ts";
import { diskFullError, isDiskFullError } from "../disk/file-errors.ts";
import { BraidError, cannot } from "../errors.ts";
import type { Summary } from "../events.ts";
import { secondsOf } from "../journal/trace-rows.ts";
import { stuckError } from "../plan/plan-errors.ts";
import type { JobView } from "../plan/table.ts";
import { callSpec, Packing } from "./calls.ts";
import { checkPlaces } from "./checks.ts";
import { Commits, originOf, type TimedReport } from "./commits.ts";
import { Failures, type FinalFailure, type HowFailed } from "./failures.ts";
import { ReadyJobs } from "./ready-jobs.ts";
import { jobName, Reporter } from "./reporter.ts";
import { localThreads, type Request, ResourcePool } from "./resource-pool.ts";
import { ResourceRequests } from "./resource-requests.ts";
import {
  Attempts,
  type EndCause,
  type Orphans,
  type RunningCall,
  type Schedule,
  type ScheduleOptions,
  type SchedulerContext,
} from "./schedule.ts";
import { Settling } from "./settling.ts";

export class Scheduler implements Schedule {
  readonly finished: Promise<Summary>;
  readonly #options: SchedulerContext;
  readonly #startTime: number;
  readonly #pool: ResourcePool;
  readonly #requests: ResourceRequests;
  readonly #packing: Packing;
  readonly #ready: ReadyJobs;
  readonly #failures: Failures;
  readonly #settling: Settling;
  readonly #commits: Commits;
  readonly #running = new Set<RunningCall>();
  readonly #resolve: (summary: Summary) => void;
  readonly #reject: (error: unknown) => void;
  #calls = 0;
  #endCause: EndCause | null = null;
  #cancelled = false;
  #ended = false;
  #madeLogs = false;

  constructor(options: ScheduleOptions) {
    const { prepared, journal, slots, localSlots = slots, limits, emit, run, now = Date.now } = options;
    const reporter = new Reporter(prepared, journal, emit);
    const shared = { ...options, attempts: new Attempts(), reporter, logs: `.braid/logs/${run}`, now };
    this.#options = shared;
    this.#startTime = now();
    this.#pool = new ResourcePool(slots, new Map([...limits, [localThreads, localSlots]]));
    this.#requests = new ResourceRequests(shared);
    this.#packing = new Packing(shared);
    this.#ready = this.#makeReadyJobs();
    this.#failures = new Failures({ ...shared, ready: this.#ready, requests: this.#requests });
    this.#settling = new Settling({ ...shared, failures: this.#failures });
    this.#commits = new Commits(shared);
    const { promise, resolve, reject } = Promise.withResolvers<Summary>();
    this.finished = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    queueMicrotask(() => this.#guard(() => this.#begin()));
  }

  #makeReadyJobs(): ReadyJobs {
    const { plan, states, urgent } = this.#options.prepared;
    return new ReadyJobs({
      ruleOf: (job) => plan.ruleOf(job),
      pool: this.#pool,
      requestOf: (job) => this.#requests.of(job),
      priorityOf: (job) => this.#requests.priority(job),
      ranked: urgent.size > 0,
      sizeOf: (rule, ready) => this.#packing.sizeOf(rule, ready),
      isFull: (rule, ready) => this.#packing.isFull(rule, ready),
      kindOf: (job) => this.#requests.kind(job),
      isReady: (job) => states.phase(job) === "ready",
    });
  }

  #begin(): void {
    this.#endFor(this.#settling.begin());
    if (this.#options.orphans !== undefined) this.#reattach(this.#options.orphans);
    this.#pump();
  }

  /** Any error in the engine itself ends the run: nothing may be lost silently. */
  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.abort(error);
    }
  }

  abort(error: unknown): void {
    this.#reject(
      isDiskFullError(error) ? diskFullError(error) : this.#isRemoved() ? folderRemovedError(error) : error,
    );
    this.cancel();
  }

  /** Whether somebody has removed the folder of the run's logs; false if the disk cannot tell. */
  #isRemoved(): boolean {
    try {
      return this.#madeLogs && this.#options.prepared.files.stat(this.#options.logs) === null;
    } catch {
      return false;
    }
  }

  #pump(): void {
    while (this.#endCause === null) {
      const next = this.#ready.next();
      if (next === null) break;
      this.#start(next.jobs, next.request);
    }
    if (this.#running.size === 0) this.#end();
  }

  #start(all: readonly number[], request: Request): void {
    const { prepared, executorOf, printCommands } = this.#options;
    const rows = all.filter((row) => this.#canStart(row));
    // A job that cannot start may end the run.
    if (rows.length === 0 || this.#endCause !== null) return;
    const jobs = rows.map((row) => prepared.plan.job(row));
    const { rule } = jobs[0]!;
    const spec = callSpec(this.#options, this.#requests, ++this.#calls, jobs, this.#pool.take(request));
    this.#follow(spec, jobs, request, (events) => executorOf(rule).run(spec, events));
    if (printCommands) for (const job of jobs) this.#options.reporter.command(job);
  }

  /** Fails a job if a source cannot be read, or an output or its log cannot be written. */
  #canStart(row: number): boolean {
    const { prepared, staging } = this.#options;
    try {
      checkPlaces(prepared, row);
      staging.check(prepared.plan.job(row));
      this.#commits.beginReading(row);
      return true;
    } catch (error) {
      if (!(error instanceof BraidError)) throw error;
      this.#giveUp(this.#failures.refuse(row, error.message));
      return false;
    }
  }

  /** Listens to a call that `run` starts until it is over. */
  #follow(
    spec: CallSpec,
    jobs: readonly JobView[],
    request: Request,
    run: (events: CallEvents) => Promise<void>,
  ): void {
    const { prepared, journal, emit, tellJobs } = this.#options;
    const { rule } = jobs[0]!;
    const { id, gpus, log } = spec;
    if (!this.#madeLogs) prepared.files.makeFolder(this.#options.logs);
    this.#madeLogs = true;
    const rows = new Map(jobs.map((job) => [job.row, job]));
    const call: RunningCall = {
      spec: { id, rule: rule.name, gpus, log },
      rule,
      jobs: rows,
      request,
      open: new Set(rows.keys()),
      late: 0,
      since: this.#options.now(),
    };
    this.#running.add(call);
    this.#packing.begin(rule);
    const keys = jobs.map((job) => prepared.plan.key(job.row));
    journal.append({ t: "start", jobs: keys, at: call.since, call: id, rule: rule.name });
    for (const row of rows.keys()) prepared.states.setPhase(row, "running");
    emit({ kind: "started", rule: rule.name, jobs: jobs.length, call: id });
    if (tellJobs)
      for (const job of jobs) this.#options.reporter.begin(job, this.#options.attempts.of(job.row));
    run(this.#eventsOf(call)).then(
      () => this.#guard(() => this.#endCall(call)),
      (error) => this.#guard(() => this.#endCall(call, error)),
    );
  }

  #eventsOf(call: RunningCall): CallEvents {
    const { emit } = this.#options;
    return {
      begun: () => {
        call.since = this.#options.now();
      },
      done: (row, report) => this.#guard(() => this.#report(call, call.jobs.get(row)!, report)),
      failed: (row, error, failure) =>
        this.#guard(() => this.#fail(call, call.jobs.get(row)!, error, failure && { failure })),
      warned: (row, text) => emit({ kind: "warning", text: `${jobName(call.jobs.get(row)!)}: ${text}` }),
    };
  }

  /** The runner of a job says that it is done. */
  #report(call: RunningCall, job: JobView, report: JobReport = {}): void {
    const { latencyWait = 0, staging, prepared } = this.#options;
    if (!call.open.has(job.row) || this.#cancelled) return;
    const { start = call.since, end = this.#options.now() } = report;
    call.since = end;
    prepared.states.setPhase(job.row, "reported");
    const timed = { ...report, start, end };
    if (latencyWait > 0 && !staging.isComplete(job, report.prints)) this.#awaitOutputs(call, job, timed);
    else this.#commit(call, job, timed);
  }

  /** Network disks may show late what another machine has written. */
  #awaitOutputs(call: RunningCall, job: JobView, report: TimedReport): void {
    const { latencyWait = 0, staging } = this.#options;
    const until = Date.now() + latencyWait * 1_000;
    call.late++;
    const check = () =>
      this.#guard(() => {
        if (!this.#cancelled && !staging.isComplete(job, report.prints) && Date.now() < until)
          return void setTimeout(check, 100);
        call.late--;
        this.#commit(call, job, report);
      });
    check();
  }

  #commit(call: RunningCall, job: JobView, report: TimedReport): void {
    const commit = this.#commits.commit(call, job, report);
    if ("error" in commit) {
      this.#fail(call, job, commit.error);
      return;
    }
    call.open.delete(job.row);
    this.#requests.forget(job.row);
    if (commit.moved.length > 0) this.#options.setAside?.(commit.moved);
    this.#endFor(this.#settling.done(job.row, secondsOf(report)));
    this.#pump();
  }

  #fail(call: RunningCall, job: JobView, error: string, how?: HowFailed): void {
    if (!this.#cancelled) this.#giveUp(this.#failures.fail(call, job, error, how));
  }

  #giveUp(job: FinalFailure | null): void {
    if (job !== null) this.#endFor(this.#settling.failed(job));
  }

  /** Takes over what an engine that died has left running, where it still is what this plan wants. */
  #reattach({ calls, match, cancel }: Orphans): void {
    const { prepared, staging, executorOf } = this.#options;
    const waiting = this.#ready.waiting().filter((row) => this.#packing.isRemote(prepared.plan.ruleOf(row)));
    const views = waiting.map((row) => prepared.plan.job(row));
    const origin = (job: JobView) => originOf(prepared, job);
    const { reattached, unwanted } = match(calls, views, prepared.plan, origin);
    for (const { orphan, jobs, specs } of reattached) {
      const { rule, row } = jobs[0]!;
      this.#ready.remove(jobs.map((job) => job.row));
      jobs.forEach((job, i) => {
        staging.reattach(job, specs[i]!.staging);
        this.#options.attempts.restore(job.row, specs[i]!.failures ?? []);
      });
      const request = this.#requests.of(row);
      const spec = { ...orphan, id: ++this.#calls, jobs: specs, gpus: this.#pool.take(request) };
      this.#follow(spec, jobs, request, (events) => executorOf(rule).remote!.reattach(orphan, specs, events));
    }
    cancel(unwanted);
  }

  /** The body has returned, or its runner died with `error`. */
  #endCall(call: RunningCall, error?: unknown): void {
    if (call.late > 0 && !this.#cancelled)
      return void setTimeout(() => this.#guard(() => this.#endCall(call, error)), 100);
    this.#running.delete(call);
    this.#packing.end(call.rule);
    this.#pool.release(call.request, call.spec.gpus);
    const lost = [...call.open].map((row) => call.jobs.get(row)!);
    if (error instanceof WorkflowChanged && (error.loaded || !this.#isFirst(call)))
      for (const job of lost) this.#fail(call, job, error.message, { final: true });
    // A workflow that runners cannot load fails all calls alike.
    else if (error instanceof BraidError) throw error;
    else if (lost.length > 0) this.#lose(call, lost, this.#cancelled ? undefined : error);
    if (this.#running.size === 0 && this.#cancelled) this.#end();
    else this.#pump();
  }

  #lose(call: RunningCall, lost: readonly JobView[], error: unknown): void {
    for (const job of this.#failures.lose(call, lost, error)) this.#giveUp(job);
    if (error instanceof CallLost && error.kind === "cancelled") this.#beginEnd("interrupted");
  }

  /** No job has ended yet, and none is at work but in calls like this one: ending the run loses nothing. */
  #isFirst({ rule }: RunningCall): boolean {
    const { executorOf, prepared } = this.#options;
    const others = [...this.#running].some((call) => executorOf(call.rule) !== executorOf(rule));
    const begun = ["reported", "committed", "done", "failed"] as const;
    return !others && prepared.states.total(["maybe", "stale"], begun) === 0;
  }

  #endFor(why: EndCause | null): void {
    if (why !== null) this.#beginEnd(why);
  }

  #beginEnd(why: EndCause): void {
    if (this.#endCause !== null) return;
    this.#endCause = why;
    this.#options.emit({ kind: "stopping", why });
    // A batch may hold many jobs that have not begun.
    for (const call of this.#running) this.#options.executorOf(call.rule).stop();
  }

  stop(): void {
    if (this.#ended) return;
    this.#guard(() => {
      this.#beginEnd("interrupted");
      this.#endCause = "interrupted";
      if (this.#running.size === 0) this.#end();
    });
  }

  cancel(): void {
    if (this.#cancelled || this.#ended) return;
    this.#cancelled = true;
    this.#endCause = "interrupted";
    this.#options.emit({ kind: "cancelled" });
    for (const call of this.#running) this.#options.executorOf(call.rule).cancel();
    if (this.#running.size === 0) this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    if (this.#options.reporter.open() > 0 && this.#endCause === null) throw stuckError(this.#openJobs());
    this.#ended = true;
    if (!this.#cancelled) this.#settling.end();
    const seconds = (this.#options.now() - this.#startTime) / 1_000;
    this.#resolve(this.#options.reporter.summary(this.#endCause === "interrupted", seconds));
  }

  #openJobs(): JobView[] {
    const { plan, states, selected } = this.#options.prepared;
    const open = [...selected.rows()].filter((row) => states.isActive(row) && !states.isSettled(row));
    return open.map((row) => plan.job(row));
  }
}

/** Somebody has removed `.braid`, or a part of it, during the run. */
function folderRemovedError(cause: unknown): Error {
  return cannot("go on", "", "the folder .braid, or a part of it, was removed during the run", {
    hint: "Leave .braid alone while a run is active. Repeat the command: finished outputs are kept.",
    cause,
  });
}
