/**
 * The scheduler: hands ready jobs to executors until all have settled. Event-driven; a job costs a few
 * constant steps, whatever the size of the plan.
 *
 * Whether a job needs to run is the rebuilder's business, where it runs the executor's, what becomes of its
 * files the workshop's, which of the ready ones comes next the lineup's, what becomes of those that are done that of
 * arrival.ts, of those that failed or were lost that of failures.ts, how the plan grows that of growth.ts, how far
 * it all is the tally's.
 */

import type { CallEvents, CallSpec } from "../calls/executor.ts";
import { diskFull, isFull } from "../disk/full-disk.ts";
import { BraidError } from "../errors.ts";
import type { Summary } from "../events.ts";
import { CannotGrow, type PlannedJob } from "../plan/dag.ts";
import { describeJob, stuck } from "../plan/plan-errors.ts";
import { NoRecipe } from "../plan/recipe.ts";
import { hasBody } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import { matchOrphans } from "./adoption.ts";
import { arrivals } from "./arrival.ts";
import { booking, localThreads, type Wants } from "./booking.ts";
import { callSpecs } from "./call-spec.ts";
import { demands } from "./demands.ts";
import { dependencies } from "./dependencies.ts";
import { failures } from "./failures.ts";
import { growing } from "./growth.ts";
import { lineup } from "./lineup.ts";
import { type Ending, keyOf, type RunningCall } from "./running-call.ts";
import type { Schedule, ScheduleOptions } from "./schedule.ts";
import { tally } from "./tally.ts";
import { teller } from "./teller.ts";
import { temporary } from "./temporary.ts";

export function schedule(options: ScheduleOptions): Schedule {
  const { plan, reasons, urgent, files, rebuilder, workshop, journal, executorOf, slots, emit } = options;
  const { jobs } = plan;
  const { now = Date.now, orphans = [], latencyWait = 0 } = options;
  const began = now();
  const stale = (job: PlannedJob) => reasons[job.order] != null;
  const needs = dependencies(plan, stale);
  const fleeting = options.rules.some((rule) => rule.fleeting);
  const passing = temporary(plan, stale, fleeting);
  const isRemote = (rule: NamedRule) => executorOf(rule).remote !== undefined;
  const localSlots = options.localSlots ?? slots;
  const booked = booking(slots, new Map([...options.limits, [localThreads, localSlots]]));
  const asked = demands({
    files,
    slots,
    localSlots: options.localSlots,
    limits: options.limits,
    urgent,
    isRemote,
    attemptOf: (job) => attemptOf(job),
  });
  const { wantsOf } = asked;
  const ready = lineup({
    jobs,
    booking: booked,
    wantsOf,
    priorityOf: asked.priorityOf,
    ranked: urgent.size > 0,
    // A share for every slot: the last calls get smaller, and all slots end together.
    sizeOf: (rule, waiting) =>
      packOf(rule, waiting)?.size ??
      Math.min(rule.spec.batch ?? 1, Math.ceil(waiting / (isRemote(rule) ? slots : localSlots))),
    isFull: (rule, waiting) => packOf(rule, waiting)?.full ?? true,
  });
  const told = tally({ plan, reasons, journal, emit });
  const grow = growing({ plan, reasons, rebuilder, needs, urgent, passing, tally: told });
  const { fail, lose, admit, refuse, attemptOf, resume } = failures({
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
  const arrived = arrivals({
    ...options,
    latencyWait,
    now,
    isCancelled: () => cancelled,
    attemptOf,
    fail,
    guarded,
    settled(job, seconds) {
      told.done(job, seconds);
      makeReady(settle(job));
      pump();
    },
  });
  const tell = teller({ emit, reasons, attemptOf });
  const specOf = callSpecs({ ...options, demands: asked, attemptOf });
  const running = new Set<RunningCall>();
  /** Those of them that run elsewhere. */
  let away = 0;
  let calls = 0;
  let ending: Ending | null = null;
  let cancelled = false;
  let ended = false;
  let madeLogs = false;
  const { promise: finished, resolve, reject } = Promise.withResolvers<Summary>();

  const packOf = (rule: NamedRule, waiting: number) =>
    executorOf(rule).remote?.pack(rule, {
      ready: waiting,
      slots,
      free: slots - away,
      left: told.left,
    });

  /** Anything that goes wrong in the engine's own work ends the run: nothing may be lost silently. */
  function guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      abort(error);
    }
  }

  function abort(error: unknown): void {
    reject(isFull(error) ? diskFull(error) : error);
    cancel();
  }

  /** Queues jobs that wait for nothing; those that turn out to be up to date free the next ones. */
  function makeReady(orders: readonly number[]): void {
    const pending = [...orders];
    for (let order = pending.pop(); order !== undefined; order = pending.pop()) {
      const job = jobs[order]!;
      if (job.after !== undefined) {
        pending.push(...grown(job));
      } else if (!hasRecipe(job)) {
        // It has failed.
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

  /** Asks a function for the params of a job; where it cannot say them, the job has failed. */
  function hasRecipe(job: PlannedJob): boolean {
    if (typeof job.rule.spec.params !== "function" || job.outputs.length === 0) return true;
    try {
      options.recipeOf(job);
      return true;
    } catch (error) {
      if (!(error instanceof NoRecipe)) throw error;
      refuse(job, error.message);
      return false;
    }
  }

  /** Asks a job for the rest of its inputs; one that cannot say them, or names what cannot be made, has failed. */
  function grown(job: PlannedJob): readonly number[] {
    try {
      return grow(job);
    } catch (error) {
      if (!(error instanceof CannotGrow)) throw error;
      refuse(job, error.message);
      return [];
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
    const spec = specOf(++calls, batch, booked.take(wants));
    follow(spec, batch, wants, (events) => executorOf(rule).run(spec, events));
    if (options.printCommands) batch.forEach(tell.command);
  }

  /** Listens to a call that `run` starts until it is over. */
  function follow(
    spec: CallSpec,
    batch: readonly PlannedJob[],
    wants: Wants,
    run: (events: CallEvents) => Promise<void>,
  ): void {
    const { rule } = batch[0]!;
    const { id, gpus, log } = spec;
    if (!madeLogs) files.makeFolder(options.logs);
    madeLogs = true;
    told.called(rule, batch.length);
    const open = new Set(batch.map((job) => job.order));
    const head = { id, rule: rule.name, gpus, log };
    const call: RunningCall = { spec: head, rule, jobs: batch, wants, open, late: 0, since: now() };
    running.add(call);
    if (isRemote(rule)) away++;
    journal.append({ t: "start", jobs: batch.map(keyOf), at: call.since, call: id, rule: rule.name });
    emit({ kind: "started", rule: rule.name, jobs: batch.length, call: id });
    if (options.tellJobs) batch.forEach(tell.began);
    run({
      begun() {
        call.since = now();
      },
      done: (order, report) => guarded(() => arrived(call, jobs[order]!, report)),
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
    const waiting = ready.waiting().filter(({ rule }) => isRemote(rule));
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

  /** The body has returned, or its runner died with `error`. */
  function over(call: RunningCall, error?: unknown): void {
    if (call.late > 0 && !cancelled) return void setTimeout(() => guarded(() => over(call, error)), 100);
    running.delete(call);
    if (isRemote(call.rule)) away--;
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
    if (ended) return;
    guarded(() => {
      beginEnd("interrupted");
      ending = "interrupted";
      if (running.size === 0) end();
    });
  }

  function cancel(): void {
    if (cancelled || ended) return;
    cancelled = true;
    ending = "interrupted";
    emit({ kind: "cancelled" });
    for (const call of running) executorOf(call.rule).cancel();
    if (running.size === 0) end();
  }

  function end(): void {
    if (told.open() > 0 && ending === null)
      throw stuck(jobs.filter((job) => stale(job) && !needs.isSettled(job.order)));
    ended = true;
    resolve(told.summary(ending === "interrupted" ? ending : null, (now() - began) / 1_000));
  }

  queueMicrotask(() =>
    guarded(() => {
      makeReady(needs.ready());
      if (orphans.length > 0) adoptOrphans();
      pump();
    }),
  );
  return { finished, isSettled: (job) => needs.isSettled(job.order), stop, cancel, abort };
}
