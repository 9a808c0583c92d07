/**
 * The scheduler: hands ready jobs to executors until all have settled. Event-driven; a job costs a few
 * constant steps, whatever the size of the plan.
 *
 * Whether a job needs to run is the rebuilder's business, where it runs the executor's, what becomes of its
 * files the workshop's, which of the ready ones comes next the lineup's, what becomes of those that failed or
 * were lost that of failures.ts, how the plan grows that of growth.ts, how far it all is the tally's.
 */

import { commandText } from "../calls/command-text.ts";
import type { CallEvents, CallSpec, Executor, JobReport, JobSpec } from "../calls/executor.ts";
import type { StagedJob, Workshop } from "../calls/job.ts";
import type { FileSystem } from "../disk/files.ts";
import { diskFull, isFull } from "../disk/full-disk.ts";
import { BraidError, messageOf } from "../errors.ts";
import type { Emit, Summary } from "../events.ts";
import { inputRecords } from "../journal/input-record.ts";
import { appendTexts, type Journal } from "../journal/journal.ts";
import type { Reason, Rebuilder } from "../judge/rebuilder.ts";
import type { Plan, PlannedJob } from "../plan/dag.ts";
import { describeJob, stuck } from "../plan/plan-errors.ts";
import { type Recipe, ruleId } from "../plan/recipe.ts";
import { hasBody, isProgram } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import { costOf } from "../shell/cost.ts";
import { matchOrphans } from "./adoption.ts";
import { booking, type Wants } from "./booking.ts";
import { demands } from "./demands.ts";
import { dependencies } from "./dependencies.ts";
import { failures } from "./failures.ts";
import { growing } from "./growth.ts";
import { lineup } from "./lineup.ts";
import { type Ending, keyOf, type RunningCall } from "./running-call.ts";
import { tally } from "./tally.ts";
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
  /** Tells of each shell command as it starts. */
  readonly printCommands?: boolean;
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
  const asked = demands({
    files,
    slots,
    isRemote: (rule) => executorOf(rule).remote !== undefined,
    attemptOf: (job) => attemptOf(job),
  });
  const { wantsOf, resourcesOf } = asked;
  const ready = lineup({
    jobs,
    booking: booked,
    wantsOf,
    priorityOf: asked.priorityOf,
    // A share for every slot: the last calls get smaller, and all slots end together.
    sizeOf: (rule, waiting) =>
      packOf(rule, waiting)?.size ?? Math.min(rule.spec.batch ?? 1, Math.ceil(waiting / slots)),
    isFull: (rule, waiting) => packOf(rule, waiting)?.full ?? true,
  });
  const told = tally({ plan, reasons, journal, emit });
  const grow = growing({ plan, reasons, rebuilder, needs, passing, tally: told });
  const { fail, lose, admit, attemptOf, resume } = failures({
    ...options,
    jobs,
    ready,
    needs,
    tally: told,
    demands: asked,
    now,
    isCancelled: () => cancelled,
    beginEnd,
  });
  const running = new Set<RunningCall>();
  let calls = 0;
  let ending: Ending | null = null;
  let cancelled = false;
  let madeLogs = false;
  const { promise: finished, resolve, reject } = Promise.withResolvers<Summary>();

  const packOf = (rule: NamedRule, waiting: number) =>
    executorOf(rule).remote?.pack(rule, {
      ready: waiting,
      slots,
      free: slots - running.size,
      left: told.left,
    });

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
      if (job.after !== undefined) {
        pending.push(...grow(job));
      } else if (
        job.outputs.length > 0 &&
        reasons[order]!.kind === "upstream" &&
        rebuilder.reason(job, () => false) === null
      ) {
        told.cutOff(job);
        pending.push(...settle(job));
      } else if (job.outputs.length === 0 && !hasBody(job.rule.spec)) {
        told.done(job, 0);
        pending.push(...settle(job));
      } else admit(job);
    }
  }

  /** Returns the jobs that wait for nothing now. */
  function settle(job: PlannedJob): number[] {
    if (!options.keepTemporary) for (const path of passing.settle(job)) files.remove(path);
    return needs.settle(job.order);
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
    batch.forEach(rebuilder.reading);
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
      ...(isProgram(rule.spec) ? { program: true } : {}),
      recipe: ruleId(rule),
      log: files.real(`${options.logs}/${rule.name}-${id}.log`),
      ...(timeout === undefined ? {} : { timeout }),
    };
    follow(spec, batch, wants, (events) => executor.run(spec, events));
    if (options.printCommands) batch.forEach(tellCommand);
  }

  function tellCommand(job: PlannedJob): void {
    const command = commandText(job);
    if (command !== null)
      emit({ kind: "command", rule: job.rule.name, job: describeJob(job.rule, job.values), command });
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
    if (!madeLogs) files.makeFolder(options.logs);
    madeLogs = true;
    told.called(rule, batch.length);
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
        resume(job, attempt);
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
    if (latencyWait > 0 && !workshop.isComplete(job, report?.prints))
      awaitOutputs(call, job, report, () => keep(call, job, start, end, report));
    else keep(call, job, start, end, report);
  }

  /** Network disks may show late what another machine has written. */
  function awaitOutputs(
    call: RunningCall,
    job: PlannedJob,
    report: JobReport | undefined,
    then: () => void,
  ): void {
    const until = Date.now() + latencyWait * 1_000;
    call.late++;
    const look = () =>
      guarded(() => {
        if (!cancelled && !workshop.isComplete(job, report?.prints) && Date.now() < until)
          return void setTimeout(look, 100);
        call.late--;
        then();
      });
    look();
  }

  function keep(call: RunningCall, job: PlannedJob, start: number, end: number, report?: JobReport): void {
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
    }
    told.done(job, (end - start) / 1_000);
    makeReady(settle(job));
    pump();
  }

  /** The body has returned, or its runner died with `error`. */
  function over(call: RunningCall, error?: unknown): void {
    if (call.late > 0 && !cancelled) return void setTimeout(() => guarded(() => over(call, error)), 100);
    running.delete(call);
    booked.give(call.wants, call.spec.gpus);
    // A workflow that runners cannot load fails all calls alike.
    if (error instanceof BraidError) throw error;
    const lost = [...call.open].map((order) => jobs[order]!);
    if (lost.length > 0) lose(call, lost, error);
    if (running.size === 0 && cancelled) end();
    else pump();
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
    if (told.open() > 0 && ending === null)
      throw stuck(jobs.filter((job) => stale(job) && !needs.isSettled(job.order)));
    resolve(told.summary(ending === "interrupted" ? ending : null, (now() - began) / 1_000));
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
