/**
 * The scheduler: hands ready jobs to executors until all have settled. Event-driven; a job costs a few
 * constant steps, whatever the size of the plan.
 *
 * Whether a job needs to run is the rebuilder's business, where it runs the executor's, what becomes of its
 * files the workshop's.
 */
import type { Plan, PlannedJob } from "./dag.ts";
import { dependencies } from "./dependencies.ts";
import { messageOf } from "./errors.ts";
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
import type { StagedJob, Workshop } from "./job.ts";
import type { Journal } from "./journal.ts";
import { answerLoss } from "./losses.ts";
import { describeJob } from "./plan-errors.ts";
import { type ReadyQueue, readyQueue } from "./ready-queue.ts";
import type { Reason, Rebuilder } from "./rebuilder.ts";
import type { Recipe } from "./recipe.ts";
import type { NamedRule } from "./ruleset.ts";

export interface ScheduleOptions {
  readonly plan: Plan;
  /** Why each job is to run, by its position; null for those that are up to date. */
  readonly reasons: readonly (Reason | null)[];
  readonly files: FileSystem;
  readonly rebuilder: Rebuilder;
  readonly recipeOf: (rule: NamedRule) => Recipe;
  readonly workshop: Workshop;
  readonly journal: Journal;
  readonly executorOf: (rule: NamedRule) => Executor;
  /** Threads that may be booked at once (`--jobs`), and limits of other resources. */
  readonly slots: number;
  readonly limits: ReadonlyMap<string, number>;
  readonly keepGoing: boolean;
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
  readonly finished: Promise<Summary>;
  /** Starts nothing new; running jobs end. */
  stop(): void;
  /** Ends running jobs too. */
  cancel(): void;
}

interface RunningCall {
  readonly spec: CallSpec;
  readonly jobs: readonly PlannedJob[];
  readonly open: Set<number>;
  /** When the last of its jobs was reported: the next one is taken to have started then. */
  since: number;
}

export function schedule(options: ScheduleOptions): Schedule {
  const { plan, reasons, files, rebuilder, recipeOf, workshop, journal, executorOf, slots, limits, emit } =
    options;
  const { jobs } = plan;
  const { now = Date.now, orphans = [] } = options;
  const began = now();
  const needs = dependencies(plan, (job) => reasons[job.order] !== null);
  const queues = new Map<NamedRule, ReadyQueue>();
  /** Jobs to be run by themselves: those tried again. */
  const alone: number[] = [];
  const attempts = new Map<number, number>();
  const losses = new Map<number, number>();
  const booked = new Map<string, number>();
  const running = new Set<RunningCall>();
  const failed: FailedJob[] = [];
  const total = reasons.reduce((sum, reason) => sum + (reason === null ? 0 : 1), 0);
  let done = 0;
  let cutOff = 0;
  let blocked = 0;
  let calls = 0;
  let ending: "interrupted" | "failed" | "no space" | null = null;
  let cancelled = false;
  let madeLogs = false;
  let resolve!: (summary: Summary) => void;
  let reject!: (error: unknown) => void;
  const finished = new Promise<Summary>((yes, no) => {
    resolve = yes;
    reject = no;
  });

  /** Anything that goes wrong in the engine's own work ends the run: nothing may be lost silently. */
  function guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      cancel();
      reject(error);
    }
  }

  /** Queues jobs that wait for nothing; those that turn out to be up to date free the next ones. */
  function makeReady(orders: readonly number[]): void {
    const pending = [...orders];
    for (let order = pending.pop(); order !== undefined; order = pending.pop()) {
      const job = jobs[order]!;
      const { rule } = job;
      if (
        reasons[order]!.kind === "upstream" &&
        rebuilder.reason(job, () => false) === null &&
        job.outputs.length > 0
      ) {
        cutOff++;
        emit({ kind: "cut off", rule: rule.name, job: describeJob(rule, job.values) });
        pending.push(...needs.settle(order));
      } else if (
        rule.spec.run === undefined &&
        rule.spec.runBatch === undefined &&
        job.outputs.length === 0
      ) {
        done++;
        emit({ kind: "done", rule: rule.name, job: describeJob(rule, job.values), seconds: 0 });
        pending.push(...needs.settle(order));
      } else {
        let queue = queues.get(rule);
        if (queue === undefined) {
          queue = readyQueue();
          queues.set(rule, queue);
        }
        queue.push(order);
      }
    }
  }

  /** What a call books; on another machine it is one of the calls under way, whatever it uses there. */
  function wantsOf(rule: NamedRule): Map<string, number> {
    if (executorOf(rule).remote !== undefined)
      return new Map(Object.entries({ ...rule.spec.resources, threads: 1 }));
    const wants = new Map(Object.entries({ threads: 1, ...rule.spec.resources }));
    wants.set("threads", Math.min(wants.get("threads")!, slots));
    return wants;
  }

  function fits(rule: NamedRule): boolean {
    for (const [name, amount] of wantsOf(rule)) {
      const limit = name === "threads" ? slots : (limits.get(name) ?? Number.POSITIVE_INFINITY);
      // What asks for more than there is runs by itself rather than never.
      const inUse = booked.get(name) ?? 0;
      if (inUse > 0 && inUse + amount > limit) return false;
    }
    return true;
  }

  function book(rule: NamedRule, sign: 1 | -1): void {
    for (const [name, amount] of wantsOf(rule)) booked.set(name, (booked.get(name) ?? 0) + sign * amount);
  }

  /** The queue whose first job comes first: by priority, then by the plan. */
  function nextRule(): NamedRule | null {
    let best: NamedRule | null = null;
    for (const [rule, queue] of queues) {
      const first = queue.peek();
      if (first === undefined || !fits(rule)) continue;
      if (best === null) {
        best = rule;
        continue;
      }
      const ahead = (rule.spec.priority ?? 0) - (best.spec.priority ?? 0);
      if (ahead > 0 || (ahead === 0 && first < queues.get(best)!.peek()!)) best = rule;
    }
    return best;
  }

  function takeCall(): PlannedJob[] | null {
    const single = alone.findIndex((order) => fits(jobs[order]!.rule));
    if (single >= 0) return alone.splice(single, 1).map((order) => jobs[order]!);
    const rule = nextRule();
    if (rule === null) return null;
    const queue = queues.get(rule)!;
    // A share for every slot: the last calls get smaller, and all slots end together.
    const size =
      executorOf(rule).remote?.callSize(rule, { ready: queue.size, slots }) ??
      Math.min(rule.spec.batch ?? 1, Math.ceil(queue.size / slots));
    return Array.from({ length: size }, () => jobs[queue.pop()!]!);
  }

  function pump(): void {
    while (ending === null) {
      const next = takeCall();
      if (next === null) break;
      start(next);
    }
    if (running.size === 0) end();
  }

  function start(batch: PlannedJob[]): void {
    const { rule } = batch[0]!;
    book(rule, 1);
    if (!madeLogs) files.makeFolder(options.logs);
    madeLogs = true;
    const id = ++calls;
    const executor = executorOf(rule);
    const spec: CallSpec = {
      id,
      rule: rule.name,
      jobs: batch.map((job) => describe(job, workshop.stage(job, executor.remote !== undefined))),
      resources: { threads: 1, ...rule.spec.resources },
      batch: rule.spec.batch ?? 1,
      together: rule.spec.runBatch !== undefined,
      log: files.real(`${options.logs}/${rule.name}-${id}.log`),
      ...(rule.spec.timeout === undefined ? {} : { timeout: rule.spec.timeout }),
    };
    follow(spec, batch, (events) => executor.run(spec, events));
  }

  /** What a runner is told of a job. */
  function describe(job: PlannedJob, staged: StagedJob): JobSpec {
    const attempt = (attempts.get(job.order) ?? 0) + 1;
    const origin = executorOf(job.rule).remote === undefined ? {} : { origin: rebuilder.origin(job) };
    return { ...staged, key: keyOf(job), attempt, ...origin };
  }

  /** Books a call that `run` starts and listens to it until it is over. */
  function follow(
    spec: CallSpec,
    batch: readonly PlannedJob[],
    run: (events: CallEvents) => Promise<void>,
  ): void {
    const call: RunningCall = {
      spec,
      jobs: batch,
      open: new Set(batch.map((job) => job.order)),
      since: now(),
    };
    running.add(call);
    const { id, rule } = spec;
    journal.append({ t: "start", jobs: batch.map(keyOf), at: call.since, call: id, rule });
    emit({ kind: "started", rule, jobs: batch.length, call: id });
    run({
      done: (order, report) => guarded(() => succeed(call, jobs[order]!, report)),
      failed: (order, error) => guarded(() => fail(call, jobs[order]!, error)),
    }).then(
      () => guarded(() => over(call)),
      (error) => guarded(() => over(call, error)),
    );
  }

  /** Takes over what an engine that died has left running, where it still is what this plan wants. */
  function adoptOrphans(): void {
    const ready = new Map<string, PlannedJob>();
    for (const rule of queues.keys())
      if (executorOf(rule).remote !== undefined)
        for (const order of queues.get(rule)!.list()) ready.set(keyOf(jobs[order]!), jobs[order]!);
    const unwanted: CallSpec[] = [];
    for (const orphan of orphans) {
      const wanted = orphan.jobs.flatMap((old) => {
        const job = ready.get(old.key);
        return job !== undefined && job.rule.name === orphan.rule && rebuilder.origin(job) === old.origin
          ? [{ job, old }]
          : [];
      });
      if (wanted.length === 0) {
        unwanted.push(orphan);
        continue;
      }
      for (const { job } of wanted) ready.delete(keyOf(job));
      const batch = wanted.map(({ job }) => job);
      const { rule } = batch[0]!;
      queues.get(rule)!.remove(new Set(batch.map((job) => job.order)));
      book(rule, 1);
      const specs = wanted.map(({ job, old }) => {
        workshop.adopt(job, old.staging);
        if (old.attempt > 1) attempts.set(job.order, old.attempt - 1);
        return { ...old, order: job.order };
      });
      const spec = { ...orphan, id: ++calls, jobs: specs };
      follow(spec, batch, (events) => executorOf(rule).remote!.adopt(orphan, specs, events));
    }
    options.dismiss?.(unwanted);
  }

  function succeed(call: RunningCall, job: PlannedJob, report?: JobReport): void {
    if (!call.open.has(job.order) || cancelled) return;
    const { rule } = job;
    const { start, end } = report ?? { start: call.since, end: now() };
    try {
      workshop.commit(job);
    } catch (error) {
      fail(call, job, messageOf(error));
      return;
    }
    call.open.delete(job.order);
    rebuilder.forget(job, report?.prints);
    if (job.outputs.length > 0) {
      const attempt = (attempts.get(job.order) ?? 0) + 1;
      const { params, code } = recipeOf(rule);
      for (const text of [params, code])
        if (!journal.history.texts.has(text.id)) journal.append({ t: "text", ...text });
      journal.append({
        t: "done",
        trace: rebuilder.trace(job, { start, end, attempt, call: call.spec.id }),
      });
    }
    done++;
    emit({
      kind: "done",
      rule: rule.name,
      job: describeJob(rule, job.values),
      seconds: (end - start) / 1_000,
    });
    call.since = end;
    makeReady(needs.settle(job.order));
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
    const { rule } = job;
    const name = describeJob(rule, job.values);
    const attempt = (attempts.get(job.order) ?? 0) + 1;
    attempts.set(job.order, attempt);
    writeLog(call, `${name}: failed\n${error}`);
    const full = /ENOSPC|no space left/i.test(error);
    if (attempt <= retries && !full) {
      emit({ kind: "retried", rule: rule.name, job: name, error, attempt });
      alone.push(job.order);
      return;
    }
    const failure = { rule: rule.name, job: name, target: keyOf(job), error, log: call.spec.log };
    failed.push(failure);
    journal.append({
      t: "fail",
      failure: {
        path: keyOf(job),
        rule: rule.name,
        at: call.since,
        error: firstLines(error),
        log: call.spec.log,
      },
    });
    emit({ kind: "failed", rule: rule.name, job: name, failure });
    blocked += needs.block(job.order).length;
    if (full) beginEnd("no space");
    else if (!options.keepGoing) beginEnd("failed");
  }

  /** The body has returned, or its runner died with `error`. */
  function over(call: RunningCall, error?: unknown): void {
    running.delete(call);
    book(call.jobs[0]!.rule, -1);
    const lost = [...call.open].map((order) => jobs[order]!);
    if (lost.length > 0) settleLost(call, lost, error);
    if (running.size === 0 && cancelled) end();
    else pump();
  }

  /** What becomes of the jobs that a call ended without: without an error, they were simply not begun. */
  function settleLost(call: RunningCall, lost: readonly PlannedJob[], error: unknown): void {
    const message = error === undefined ? undefined : messageOf(error);
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
              attempt: (attempts.get(order) ?? 0) + 1,
            });
      losses.set(order, (losses.get(order) ?? 0) + 1);
      if (answer === "fail") fail(call, job, message!);
      else if (answer === "more") fail(call, job, message!, Number.POSITIVE_INFINITY);
      else if (answer === "give up") fail(call, job, message!, 0);
      else {
        workshop.discard(job);
        if (answer === "alone") alone.push(order);
        else queues.get(job.rule)!.push(order);
        back.push(job);
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

  function writeLog(call: RunningCall, text: string): void {
    const file = files.openAppend(`${options.logs}/${call.spec.rule}-${call.spec.id}.log`);
    file.append(`${text}\n`);
    file.close();
  }

  function beginEnd(why: "interrupted" | "failed" | "no space"): void {
    if (ending !== null) return;
    ending = why;
    emit({ kind: "stopping", why });
    // A batch may hold many jobs that have not begun.
    for (const call of running) executorOf(call.jobs[0]!.rule).stop();
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
    for (const call of running) executorOf(call.jobs[0]!.rule).cancel();
  }

  function end(): void {
    const left = total - done - cutOff - failed.length - blocked;
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
  return { finished, stop, cancel };
}

/** What the journal knows a job by: its first output; its rule where it has none. */
function keyOf(job: PlannedJob): string {
  return job.outputs[0]?.path ?? job.rule.name;
}

function firstLines(text: string): string {
  return text.split("\n").slice(0, 6).join("\n").slice(0, 1_000);
}
