/**
 * The scheduler: hands ready jobs to executors until all have settled. Event-driven; a job costs a few
 * constant steps, whatever the size of the plan.
 *
 * Whether a job needs to run is the rebuilder's business, where it runs the executor's, what becomes of its
 * files the workshop's, which of the ready ones comes next the lineup's.
 */
import { matchOrphans } from "./adoption.ts";
import { assessJobs, countByRule, needInputs } from "./assess.ts";
import { booking, type Wants } from "./booking.ts";
import { costOf } from "./cost.ts";
import { growPlan, type Plan, type PlannedJob } from "./dag.ts";
import { demands } from "./demands.ts";
import { dependencies } from "./dependencies.ts";
import { BraidError, cannot, messageOf } from "./errors.ts";
import type { Emit, FailedJob, Summary } from "./events.ts";
import {
  type CallEvents,
  CallLost,
  type CallSpec,
  type Executor,
  type JobReport,
  type JobSpec,
} from "./executor.ts";
import type { FileSystem } from "./files.ts";
import { inputRecords } from "./input-record.ts";
import type { StagedJob, Workshop } from "./job.ts";
import { appendTexts, type Journal } from "./journal.ts";
import { lineup } from "./lineup.ts";
import { answerLoss } from "./losses.ts";
import { describeJob, stuck } from "./plan-errors.ts";
import type { Reason, Rebuilder } from "./rebuilder.ts";
import { type Recipe, ruleId } from "./recipe.ts";
import { hasBody } from "./rule.ts";
import type { NamedRule } from "./ruleset.ts";
import { temporary } from "./temporary.ts";

export interface ScheduleOptions {
  readonly plan: Plan;
  /** Why each job is to run, by its position; null for those that are up to date. */
  readonly reasons: (Reason | null)[];
  readonly files: FileSystem;
  readonly rebuilder: Rebuilder;
  readonly recipeOf: (job: PlannedJob) => Recipe;
  readonly workshop: Workshop;
  readonly journal: Journal;
  readonly executorOf: (rule: NamedRule) => Executor;
  /** Threads that may be booked at once (`--jobs`), and limits of other resources. */
  readonly slots: number;
  readonly limits: ReadonlyMap<string, number>;
  readonly keepGoing: boolean;
  /** Leaves temporary outputs where they are. */
  readonly keepTemporary?: boolean;
  /** Seconds to wait for outputs that network disks show late. */
  readonly latencyWait?: number;
  /** How often a failed job is tried again where its rule does not say. */
  readonly retries: number;
  /** The folder for logs of this run. */
  readonly logs: string;
  /** Calls of an earlier run that still go on somewhere; those that are wanted are taken over. */
  readonly orphans?: readonly CallSpec[];
  /** Ends those that are not. */
  readonly dismiss?: (orphans: readonly CallSpec[]) => void;
  /** ms since 1970; given by simulations. */
  readonly now?: () => number;
  readonly emit: Emit;
}

export interface Schedule {
  /** Always settles: with a failure of the engine's own work it rejects. */
  readonly finished: Promise<Summary>;
  /** True for a job that is up to date now, of those that were to run. */
  isSettled(job: PlannedJob): boolean;
  /** Starts nothing new; running jobs end. */
  stop(): void;
  /** Ends running jobs too. */
  cancel(): void;
}

interface RunningCall {
  readonly spec: CallSpec;
  readonly rule: NamedRule;
  readonly jobs: readonly PlannedJob[];
  readonly wants: Wants;
  readonly open: Set<number>;
  /** Jobs that are done but whose outputs are not to be seen yet. */
  late: number;
  /** When the last of its jobs was reported: the next one is taken to have started then. */
  since: number;
}

type Ending = "interrupted" | "failed" | "no space";

export function schedule(options: ScheduleOptions): Schedule {
  const { plan, reasons, files, rebuilder, recipeOf, workshop, journal, executorOf, slots, emit } = options;
  const { jobs } = plan;
  const { now = Date.now, orphans = [], latencyWait = 0 } = options;
  const began = now();
  const stale = (job: PlannedJob) => reasons[job.order] != null;
  const needs = dependencies(plan, stale);
  const passing = temporary(plan, stale);
  const inputsOfJob = inputRecords(journal.history.texts);
  const booked = booking(slots, options.limits);
  const { wantsOf, resourcesOf, priorityOf } = demands({
    files,
    slots,
    isRemote: (rule) => executorOf(rule).remote !== undefined,
    attemptOf: (job) => attemptOf(job),
  });
  const ready = lineup({
    jobs,
    booking: booked,
    wantsOf,
    priorityOf,
    // A share for every slot: the last calls get smaller, and all slots end together.
    sizeOf: (rule, waiting) =>
      packOf(rule, waiting)?.size ?? Math.min(rule.spec.batch ?? 1, Math.ceil(waiting / slots)),
    isFull: (rule, waiting) => packOf(rule, waiting)?.full ?? true,
  });
  /** Jobs that are in no call yet, by rule. */
  const left = countByRule(plan, reasons);
  const attempts = new Map<number, number>();
  const losses = new Map<number, number>();
  const running = new Set<RunningCall>();
  const failed: FailedJob[] = [];
  let total = reasons.reduce((sum, reason) => sum + (reason === null ? 0 : 1), 0);
  let done = 0;
  let cutOff = 0;
  let blocked = 0;
  let calls = 0;
  let ending: Ending | null = null;
  let cancelled = false;
  let madeLogs = false;
  const { promise: finished, resolve, reject } = Promise.withResolvers<Summary>();

  const packOf = (rule: NamedRule, waiting: number) =>
    executorOf(rule).remote?.pack(rule, { ready: waiting, slots, free: slots - running.size, left });
  const count = (rule: NamedRule, jobs: number) => left.set(rule.name, (left.get(rule.name) ?? 0) + jobs);
  const attemptOf = (job: PlannedJob) => (attempts.get(job.order) ?? 0) + 1;

  /** Anything that goes wrong in the engine's own work ends the run: nothing may be lost silently. */
  function guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      reject(isFull(error) ? diskFull(error) : error);
      cancel();
    }
  }

  /** Queues jobs that wait for nothing; those that turn out to be up to date free the next ones. */
  function makeReady(orders: readonly number[]): void {
    const pending = [...orders];
    for (let order = pending.pop(); order !== undefined; order = pending.pop()) {
      const job = jobs[order]!;
      const { rule, outputs } = job;
      const name = () => describeJob(rule, job.values);
      if (job.after !== undefined) {
        pending.push(...grow(job));
      } else if (
        outputs.length > 0 &&
        reasons[order]!.kind === "upstream" &&
        rebuilder.reason(job, () => false) === null
      ) {
        cutOff++;
        journal.append({ t: "settled", rule: rule.name, as: "up to date" });
        emit({ kind: "cut off", rule: rule.name, job: name() });
        pending.push(...settle(job));
      } else if (outputs.length === 0 && !hasBody(rule.spec)) {
        done++;
        journal.append({ t: "settled", rule: rule.name, as: "done" });
        emit({ kind: "done", rule: rule.name, job: name(), seconds: 0 });
        pending.push(...settle(job));
      } else ready.add(job);
    }
  }

  /** Returns the jobs that wait for nothing now. */
  function settle(job: PlannedJob): number[] {
    if (!options.keepTemporary) for (const path of passing.settle(job)) files.remove(path);
    return needs.settle(job.order);
  }

  /** Asks a job whose first inputs are made what it needs beside; returns the jobs that wait for nothing now. */
  function grow(job: PlannedJob): number[] {
    const before = jobs.length;
    const first = growPlan(plan, job);
    const waits = (one: PlannedJob) => reasons[one.order] !== null && !needs.isSettled(one.order);
    const needed = assessJobs(plan, first, rebuilder, reasons, waits);
    const added = jobs.slice(before);
    for (const one of [job, ...added])
      if (reasons[one.order] !== null) needed.push(...needInputs(one, rebuilder, reasons));
    const revived = needed.filter((one) => one.order < before);
    const fresh = [...revived, ...added.filter((one) => reasons[one.order] !== null)];
    total += fresh.length;
    const rules = new Map<string, number>();
    for (const { rule } of fresh) {
      rules.set(rule.name, (rules.get(rule.name) ?? 0) + 1);
      count(rule, 1);
    }
    if (fresh.length > 0) {
      journal.append({ t: "grown", rules: Object.fromEntries(rules) });
      emit({ kind: "grown", rules });
    }
    passing.grow(job, fresh);
    const out = plan.leftOut?.has(job) === true;
    const { free, lost } = needs.grow(job, added, revived, out);
    blocked += lost.length;
    if (out) leaveOut(job);
    return free;
  }

  /** A part of the plan was asked for, and this job turned out not to be in it, nor what needs it. */
  function leaveOut(job: PlannedJob): void {
    const rules = new Map<string, number>();
    for (const order of [job.order, ...needs.block(job.order)]) {
      const { rule } = jobs[order]!;
      reasons[order] = null;
      rules.set(rule.name, (rules.get(rule.name) ?? 0) - 1);
      total--;
      count(rule, -1);
    }
    journal.append({ t: "grown", rules: Object.fromEntries(rules) });
    emit({ kind: "grown", rules });
  }

  function pump(): void {
    while (ending === null) {
      const next = ready.next();
      if (next === null) break;
      start(next.jobs, next.wants);
    }
    if (running.size === 0) end();
  }

  function start(batch: readonly PlannedJob[], wants: Wants): void {
    const { rule } = batch[0]!;
    if (!madeLogs) files.makeFolder(options.logs);
    madeLogs = true;
    const id = ++calls;
    const executor = executorOf(rule);
    const { timeout } = rule.spec;
    const gpus = booked.take(wants);
    const spec: CallSpec = {
      id,
      rule: rule.name,
      jobs: batch.map((job) => described(job, workshop.stage(job, executor.remote !== undefined))),
      resources: executor.remote === undefined ? wants : { threads: 1, ...resourcesOf(batch[0]!) },
      gpus,
      batch: rule.spec.batch ?? 1,
      together: rule.spec.runBatch !== undefined,
      ...(rule.spec.shell === undefined ? {} : { shell: true }),
      recipe: ruleId(rule),
      log: files.real(`${options.logs}/${rule.name}-${id}.log`),
      ...(timeout === undefined ? {} : { timeout }),
    };
    follow(spec, batch, wants, (events) => executor.run(spec, events));
  }

  /** What a runner is told of a job. */
  function described(job: PlannedJob, staged: StagedJob): JobSpec {
    const origin = executorOf(job.rule).remote === undefined ? {} : { origin: rebuilder.origin(job) };
    return { ...staged, key: keyOf(job), attempt: attemptOf(job), ...origin };
  }

  /** Listens to a call that `run` starts until it is over. */
  function follow(
    spec: CallSpec,
    batch: readonly PlannedJob[],
    wants: Wants,
    run: (events: CallEvents) => Promise<void>,
  ): void {
    const { rule } = batch[0]!;
    count(rule, -batch.length);
    const open = new Set(batch.map((job) => job.order));
    const call: RunningCall = { spec, rule, jobs: batch, wants, open, late: 0, since: now() };
    running.add(call);
    journal.append({ t: "start", jobs: batch.map(keyOf), at: call.since, call: spec.id, rule: rule.name });
    emit({ kind: "started", rule: rule.name, jobs: batch.length, call: spec.id });
    run({
      done: (order, report) => guarded(() => succeed(call, jobs[order]!, report)),
      failed: (order, error) => guarded(() => fail(call, jobs[order]!, error)),
      warned: (order, text) =>
        emit({ kind: "warning", text: `${describeJob(rule, jobs[order]!.values)}: ${text}` }),
    }).then(
      () => guarded(() => over(call)),
      (error) => guarded(() => over(call, error)),
    );
  }

  /** Takes over what an engine that died has left running, where it still is what this plan wants. */
  function adoptOrphans(): void {
    const waiting = ready.waiting().filter(({ rule }) => executorOf(rule).remote !== undefined);
    const { adopted, unwanted } = matchOrphans(orphans, waiting, keyOf, rebuilder.origin);
    for (const { orphan, jobs: batch, specs } of adopted) {
      const { rule } = batch[0]!;
      ready.remove(batch);
      batch.forEach((job, i) => {
        const { staging, attempt } = specs[i]!;
        workshop.adopt(job, staging);
        if (attempt > 1) attempts.set(job.order, attempt - 1);
      });
      const wants = wantsOf(batch[0]!);
      const spec = { ...orphan, id: ++calls, jobs: specs, gpus: booked.take(wants) };
      follow(spec, batch, wants, (events) => executorOf(rule).remote!.adopt(orphan, specs, events));
    }
    options.dismiss?.(unwanted);
  }

  function succeed(call: RunningCall, job: PlannedJob, report?: JobReport): void {
    if (!call.open.has(job.order) || cancelled) return;
    const { start = call.since, end = now() } = report ?? {};
    call.since = end;
    if (latencyWait > 0 && !workshop.isComplete(job))
      awaitOutputs(call, job, () => keep(call, job, start, end, report));
    else keep(call, job, start, end, report);
  }

  /** Network disks may show late what another machine has written. */
  function awaitOutputs(call: RunningCall, job: PlannedJob, then: () => void): void {
    const until = Date.now() + latencyWait * 1_000;
    call.late++;
    const look = () =>
      guarded(() => {
        if (!cancelled && !workshop.isComplete(job) && Date.now() < until) return void setTimeout(look, 100);
        call.late--;
        then();
      });
    look();
  }

  function keep(call: RunningCall, job: PlannedJob, start: number, end: number, report?: JobReport): void {
    const { rule } = job;
    try {
      workshop.commit(job, report?.prints);
    } catch (error) {
      fail(call, job, messageOf(error));
      return;
    }
    call.open.delete(job.order);
    rebuilder.forget(job, report?.prints);
    if (job.outputs.length > 0) {
      const { params, code } = recipeOf(job);
      appendTexts(journal, [params, code, inputsOfJob(job)]);
      const made = { start, end, attempt: attemptOf(job), call: call.spec.id, ...costOf(report ?? {}) };
      journal.append({ t: "done", trace: rebuilder.trace(job, made) });
    } else journal.append({ t: "settled", rule: rule.name, as: "done" });
    done++;
    emit({
      kind: "done",
      rule: rule.name,
      job: describeJob(rule, job.values),
      seconds: (end - start) / 1_000,
    });
    makeReady(settle(job));
    pump();
  }

  function fail(
    call: RunningCall,
    job: PlannedJob,
    error: string,
    retries = job.rule.spec.retries ?? options.retries,
  ): void {
    if (!call.open.has(job.order) || cancelled) return;
    call.open.delete(job.order);
    workshop.discard(job);
    call.since = now();
    const rule = job.rule.name;
    const name = describeJob(job.rule, job.values);
    const attempt = attemptOf(job);
    attempts.set(job.order, attempt);
    writeLog(call, `${name}: failed\n${error}`);
    const full = /ENOSPC|no space left/i.test(error);
    if (attempt <= retries && !full) {
      emit({ kind: "retried", rule, job: name, error, attempt });
      count(job.rule, 1);
      ready.addAlone(job);
      return;
    }
    const log = call.spec.jobs.find((one) => one.order === job.order)?.log ?? call.spec.log;
    const failure = { rule, job: name, target: keyOf(job), error, log };
    failed.push(failure);
    journal.append({
      t: "fail",
      failure: { path: keyOf(job), rule, at: call.since, error: firstLines(error), log },
    });
    emit({ kind: "failed", rule, job: name, failure });
    blocked += needs.block(job.order).length;
    if (full) beginEnd("no space");
    else if (!options.keepGoing) beginEnd("failed");
  }

  /** The body has returned, or its runner died with `error`. */
  function over(call: RunningCall, error?: unknown): void {
    if (call.late > 0 && !cancelled) return void setTimeout(() => guarded(() => over(call, error)), 100);
    running.delete(call);
    booked.give(call.wants, call.spec.gpus);
    // A workflow that runners cannot load fails all calls alike.
    if (error instanceof BraidError) throw error;
    const lost = [...call.open].map((order) => jobs[order]!);
    if (lost.length > 0) settleLost(call, lost, error);
    if (running.size === 0 && cancelled) end();
    else pump();
  }

  /** What becomes of the jobs that a call ended without: without an error, they were simply not begun. */
  function settleLost(call: RunningCall, lost: readonly PlannedJob[], error: unknown): void {
    const message =
      error === undefined ? undefined : error instanceof CallLost ? error.message : messageOf(error);
    const kind = error instanceof CallLost ? error.kind : "crashed";
    if (message !== undefined && !cancelled && lost.length > 1) writeLog(call, message);
    const back: PlannedJob[] = [];
    for (const job of lost) {
      const { order } = job;
      const answer =
        message === undefined || cancelled
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
        count(job.rule, 1);
      }
    }
    call.open.clear();
    if (back.length > 0) {
      journal.append({ t: "back", jobs: back.map(keyOf) });
      emit({ kind: "returned", rule: call.spec.rule, jobs: back.length, call: call.spec.id });
    }
    if (kind === "cancelled" && !cancelled) {
      emit({ kind: "warning", text: message! });
      beginEnd("interrupted");
    }
  }

  /** What is written to a log is for people only: a full disk must not end the run here. */
  function writeLog(call: RunningCall, text: string): void {
    try {
      const file = files.openAppend(`${options.logs}/${call.spec.rule}-${call.spec.id}.log`);
      file.append(`${text}\n`);
      file.close();
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }

  function beginEnd(why: Ending): void {
    if (ending !== null) return;
    ending = why;
    emit({ kind: "stopping", why });
    // A batch may hold many jobs that have not begun.
    for (const call of running) executorOf(call.rule).stop();
  }

  function stop(): void {
    guarded(() => {
      beginEnd("interrupted");
      ending = "interrupted";
      if (running.size === 0) end();
    });
  }

  function cancel(): void {
    if (cancelled) return;
    cancelled = true;
    ending = "interrupted";
    emit({ kind: "cancelled" });
    for (const call of running) executorOf(call.rule).cancel();
    if (running.size === 0) end();
  }

  function end(): void {
    const left = total - done - cutOff - failed.length - blocked;
    if (left > 0 && ending === null)
      throw stuck(jobs.filter((job) => stale(job) && !needs.isSettled(job.order)));
    const outcome = ending === "interrupted" ? "interrupted" : failed.length > 0 ? "failed" : "done";
    const seconds = (now() - began) / 1_000;
    resolve({ outcome, total, done, cutOff, failed, blocked, left, seconds });
  }

  queueMicrotask(() =>
    guarded(() => {
      makeReady(needs.ready());
      if (orphans.length > 0) adoptOrphans();
      pump();
    }),
  );
  return { finished, isSettled: (job) => needs.isSettled(job.order), stop, cancel };
}

/** What the journal knows a job by: its first output; its rule where it has none. */
function keyOf(job: PlannedJob): string {
  return job.outputs[0]?.path ?? job.rule.name;
}

function firstLines(text: string): string {
  return text.split("\n").slice(0, 6).join("\n").slice(0, 1_000);
}

function isFull(error: unknown): boolean {
  return /^(ENOSPC|EDQUOT)$/.test((error as NodeJS.ErrnoException | undefined)?.code ?? "");
}

function diskFull(error: unknown): Error {
  return cannot("go on", "", "the disk is full", {
    facts: [["reason", (error as Error).message]],
    hint: "Free space in the working folder, then repeat the command: it goes on where this run ended.",
    cause: error,
  });
}
