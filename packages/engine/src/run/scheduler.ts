/**
 * The scheduler: hands ready jobs to executors until all have settled. Event-driven; a job costs a few constant steps,
 * whatever the size of the plan.
 *
 * It decides when. Whether a job needs to run is answered by staleness, where it runs by the executor, what becomes of
 * its outputs by commits.ts, of failures by failures.ts; how far it all is stands in the states.
 */

import type { CallEvents, CallSpec } from "../calls/executor.ts";
import { WorkflowChanged } from "../calls/executor.ts";
import { diskFull, isFull } from "../disk/full-disk.ts";
import { BraidError } from "../errors.ts";
import type { Summary } from "../events.ts";
import { CannotGrow } from "../plan/growth.ts";
import { stuck } from "../plan/plan-errors.ts";
import { NoRecipe } from "../plan/recipe.ts";
import type { JobView } from "../plan/table.ts";
import { count } from "../quantities.ts";
import { hasBody } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import { callSpec } from "./call-spec.ts";
import { isProtected, protectedError } from "./checks.ts";
import { Commits, originOf } from "./commits.ts";
import { Failures } from "./failures.ts";
import { ReadyJobs } from "./ready-jobs.ts";
import { matchOrphans } from "./reattach.ts";
import { jobName, Reporter } from "./reporter.ts";
import { localThreads, type Request, ResourcePool } from "./resource-pool.ts";
import { ResourceRequests } from "./resource-requests.ts";
import type { Ending, RunningCall } from "./running-call.ts";
import type { Schedule, ScheduleOptions } from "./schedule.ts";
import { Temporary } from "./temporary.ts";
import { type Released, Waiting } from "./waiting.ts";

export class Scheduler implements Schedule {
  readonly finished: Promise<Summary>;
  readonly #options: ScheduleOptions;
  readonly #now: () => number;
  readonly #began: number;
  readonly #waiting: Waiting;
  readonly #temporary: Temporary;
  readonly #pool: ResourcePool;
  readonly #requests: ResourceRequests;
  readonly #ready: ReadyJobs;
  readonly #reporter: Reporter;
  readonly #failures: Failures;
  readonly #commits: Commits;
  readonly #running = new Set<RunningCall>();
  readonly #logs: string;
  readonly #resolve: (summary: Summary) => void;
  readonly #reject: (error: unknown) => void;
  /** Calls that run elsewhere. */
  #away = 0;
  #calls = 0;
  #ending: Ending | null = null;
  #cancelled = false;
  #ended = false;
  #madeLogs = false;

  constructor(options: ScheduleOptions) {
    const { prepared, journal, slots, limits, emit, run } = options;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#began = this.#now();
    this.#logs = `.braid/logs/${run}`;
    this.#waiting = new Waiting(prepared);
    this.#temporary = new Temporary(prepared);
    const localSlots = options.localSlots ?? slots;
    this.#pool = new ResourcePool(slots, new Map([...limits, [localThreads, localSlots]]));
    this.#reporter = new Reporter(prepared, journal, emit);
    const attemptOf = (job: number) => this.#failures.attempts.of(job);
    this.#requests = this.#makeRequests(attemptOf);
    this.#ready = this.#makeReadyJobs();
    this.#failures = this.#makeFailures();
    this.#commits = this.#makeCommits(attemptOf);
    const { promise, resolve, reject } = Promise.withResolvers<Summary>();
    this.finished = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    queueMicrotask(() => this.#guarded(() => this.#begin()));
  }

  #makeRequests(attemptOf: (job: number) => number): ResourceRequests {
    const { prepared, slots, localSlots, limits } = this.#options;
    const { plan, files, urgent } = prepared;
    const isRemote = (rule: NamedRule) => this.#isRemote(rule);
    return new ResourceRequests({ plan, files, slots, localSlots, limits, urgent, isRemote, attemptOf });
  }

  #makeReadyJobs(): ReadyJobs {
    const { prepared, slots, localSlots = slots } = this.#options;
    return new ReadyJobs({
      ruleOf: (job) => prepared.plan.ruleOf(job),
      pool: this.#pool,
      requestOf: (job) => this.#requests.of(job),
      priorityOf: (job) => this.#requests.priority(job),
      ranked: prepared.urgent.size > 0,
      // A share for every slot: the last calls get smaller, and all slots end together.
      sizeOf: (rule, ready) =>
        this.#packOf(rule, ready)?.size ??
        Math.min(rule.spec.batch ?? 1, Math.ceil(ready / (this.#isRemote(rule) ? slots : localSlots))),
      isFull: (rule, ready) => this.#packOf(rule, ready)?.full ?? true,
      isReady: (job) => prepared.states.phase(job) === "ready",
    });
  }

  #makeFailures(): Failures {
    return new Failures({
      ...this.#options,
      ready: this.#ready,
      waiting: this.#waiting,
      reporter: this.#reporter,
      requests: this.#requests,
      logs: this.#logs,
      now: this.#now,
      isCancelled: () => this.#cancelled,
      beginEnd: (why) => this.#beginEnd(why),
      lack: (job) => this.#makeReady(this.#lack(job)),
    });
  }

  #makeCommits(attemptOf: (job: number) => number): Commits {
    const { latencyWait = 0, keepTemporary = false, setAside = () => {} } = this.#options;
    return new Commits({
      ...this.#options,
      latencyWait,
      keepTemporary,
      setAside,
      now: this.#now,
      isCancelled: () => this.#cancelled,
      attemptOf,
      fail: (call, job, error) => this.#failures.fail(call, job, error),
      guarded: (step) => this.#guarded(step),
      settled: (job, seconds) => {
        this.#options.prepared.states.setPhase(job.row, "done");
        this.#reporter.done(job, seconds);
        this.#requests.forget(job.row);
        this.#makeReady(this.#settle(job.row));
        this.#pump();
      },
    });
  }

  #isRemote(rule: NamedRule): boolean {
    return this.#options.executorOf(rule).remote !== undefined;
  }

  #packOf(rule: NamedRule, ready: number) {
    const { executorOf, slots } = this.#options;
    const remote = executorOf(rule).remote;
    return remote?.pack(rule, { ready, slots, free: slots - this.#away, left: this.#reporter.left() });
  }

  #begin(): void {
    const { prepared, orphans = [] } = this.#options;
    const { plan, states, selected, answers } = prepared;
    const active: number[] = [];
    for (let row = 0; row < plan.jobCount; row++)
      if (states.isActive(row) && selected.isWanted(row)) active.push(row);
    this.#temporary.hold(answers.onlyIf());
    this.#makeReady(this.#activate(active));
    if (orphans.length > 0) this.#reattach();
    this.#pump();
  }

  /** Anything that goes wrong in the engine's own work ends the run: nothing may be lost silently. */
  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.abort(error);
    }
  }

  abort(error: unknown): void {
    this.#reject(isFull(error) ? diskFull(error) : error);
    this.cancel();
  }

  /** These jobs run, or may, from now on; returns those that wait for nothing. */
  #activate(jobs: readonly number[]): number[] {
    this.#temporary.activate(jobs);
    return this.#released(this.#waiting.activate(jobs));
  }

  #released({ free, lost, unmet }: Released): number[] {
    for (const job of lost) {
      this.#options.prepared.states.setPhase(job, "blocked");
      this.#waiting.block(job);
    }
    return [...free, ...unmet.flatMap((job) => this.#leaveWithout(job))];
  }

  /** Queues jobs that wait for nothing; those that turn out to be up to date free the next ones. */
  #makeReady(jobs: readonly number[]): void {
    const pending = [...jobs];
    for (let job = pending.pop(); job !== undefined; job = pending.pop())
      // One that was settled before it may need what is made again first.
      if (this.#options.prepared.states.phase(job) === "waiting" && this.#waiting.isFree(job))
        pending.push(...this.#becomeReady(job));
  }

  /** All that a job needs has settled; returns the jobs that wait for nothing now. */
  #becomeReady(job: number): number[] {
    const { plan, states, answers, recipes, looks, optional } = this.#options.prepared;
    if (optional.hasNothing(job)) return this.#withNothing(job);
    if (plan.awaited.has(job)) return this.#grow(job);
    const rule = plan.ruleOf(job);
    if (states.isStale(job)) recipes.forget(job);
    if (!this.#hasRecipe(job)) return [];
    if (answers.settle(job) === "fresh") {
      states.setAnswer(job, "fresh");
      states.setPhase(job, "done");
      this.#reporter.cutOff(job);
      // What was removed of its outputs may still be needed: then it runs, and reads its inputs.
      if (plan.outputs(job).some((file) => looks.absent.has(file))) this.#temporary.hold([job]);
      return this.#settle(job);
    }
    // What was removed and this job reads is made first.
    const needed = this.#takeActivated();
    if (needed.length > 0) return [...needed, ...this.#released(this.#waiting.recount(job))];
    if (rule.outputs.length === 0 && !hasBody(rule.spec)) {
      states.setPhase(job, "done");
      this.#reporter.done(plan.job(job), 0);
      return this.#settle(job);
    }
    if (isProtected(this.#options.prepared, job)) this.#failures.refuse(job, this.#protectedProblem(job));
    else {
      this.#warnOfLacking(job);
      this.#failures.admit(job);
    }
    return [];
  }

  /** What brings all files together says that it does without some; one job of many does not. */
  #warnOfLacking(job: number): void {
    const { plan, optional } = this.#options.prepared;
    if (plan.ruleOf(job).wildcards.length > 0) return;
    const lacking = optional.lacks(job);
    if (lacking.length === 0) return;
    const [first] = lacking as [number];
    const all = [...plan.inputFiles(job)].length;
    const text = `goes without ${lacking.length} of ${count(all, "file")}, such as ${plan.path(first)}`;
    this.#options.emit({ kind: "warning", text: `${jobName(plan.job(job))} ${text}.` });
  }

  /** All that was to be brought together is lacking. */
  #withNothing(job: number): number[] {
    const { plan } = this.#options.prepared;
    // One of many jobs, each with a list of its own: it goes as its files went.
    const isOneOfMany = plan.ruleOf(job).wildcards.length > 0 && plan.gathers(job).length === 0;
    if (isOneOfMany) return this.#leaveWithout(job);
    this.#failures.refuse(job, "None of the files that it brings together could be made.");
    return [];
  }

  #protectedProblem(job: number): string {
    return protectedError(this.#options.prepared, [job]).message;
  }

  #takeActivated(): number[] {
    const { answers, states } = this.#options.prepared;
    const activated = answers.takeActivated();
    if (activated.length === 0) return [];
    for (const job of activated) if (states.phase(job) === "done") this.#reporter.neededAgain(job);
    const free = this.#activate(activated);
    this.#reporter.changed();
    return free;
  }

  /** Asks a function for the params of a job; where it cannot say them, the job has failed. */
  #hasRecipe(job: number): boolean {
    const { plan, recipes } = this.#options.prepared;
    const { spec, outputs } = plan.ruleOf(job);
    if (typeof spec.params !== "function" || outputs.length === 0) return true;
    try {
      recipes.of(plan.job(job));
      return true;
    } catch (error) {
      if (!(error instanceof NoRecipe)) throw error;
      if (this.#options.prepared.states.isStale(job)) this.#failures.refuse(job, error.message);
      else return true;
      return false;
    }
  }

  /** Asks a job for the rest of its inputs; one that cannot say them, or names what cannot be made, has failed. */
  #grow(job: number): number[] {
    const { plan, answers, selected, states, urgent } = this.#options.prepared;
    const before = new Set(plan.inputFiles(job));
    let added: number[];
    try {
      added = answers.grow(job);
    } catch (error) {
      if (!(error instanceof CannotGrow)) throw error;
      this.#failures.refuse(job, error.message);
      return [];
    }
    this.#temporary.extended(job, before);
    if (urgent.has(job)) for (const row of added) urgent.add(row);
    const activated = new Set(answers.takeActivated());
    for (const row of added) if (states.isActive(row)) activated.add(row);
    for (const row of activated) if (states.phase(row) === "done") this.#reporter.neededAgain(row);
    const free = this.#activate([...activated]);
    this.#leaveOut();
    if (!selected.leftOut.has(job)) free.push(...this.#released(this.#waiting.recount(job)));
    this.#reporter.changed();
    return free;
  }

  /** A job is left out since it lacks what it needs; returns the jobs that wait for nothing now. */
  #leaveWithout(job: number): number[] {
    const { states } = this.#options.prepared;
    // Another one may have left it out, or blocked it, meanwhile.
    if (states.phase(job) !== "waiting") return [];
    states.setPhase(job, "left out");
    return this.#lack(job);
  }

  /** There is nothing of what a job was to make; returns the jobs that wait for nothing now. */
  #lack(job: number): number[] {
    const { plan, readers, digests } = this.#options.prepared;
    const { without, free } = this.#waiting.lack(job);
    for (const one of without)
      for (const file of plan.made(one)) readers.eachGather(file, (gather) => digests.forgetPaths(gather));
    digests.forgetLists();
    return free;
  }

  /** A part of the plan was asked for, and these jobs turned out not to be in it. */
  #leaveOut(): void {
    const { selected, states } = this.#options.prepared;
    for (const row of selected.leftOut)
      if (states.isActive(row) && ["waiting", "ready"].includes(states.phase(row)))
        states.setPhase(row, "left out");
  }

  /** Returns the jobs that wait for nothing now. */
  #settle(job: number): number[] {
    if (!this.#options.keepTemporary) this.#remove(this.#temporary.settle(job));
    return this.#waiting.settle(job);
  }

  #remove(files: readonly number[]): void {
    const { plan, looks, files: disk } = this.#options.prepared;
    for (const file of files) {
      disk.remove(plan.path(file));
      looks.removed(file);
    }
  }

  #pump(): void {
    while (this.#ending === null) {
      const next = this.#ready.next();
      if (next === null) break;
      this.#start(next.jobs, next.request);
    }
    if (this.#running.size === 0) this.#end();
  }

  #start(rows: readonly number[], request: Request): void {
    const { prepared, executorOf, printCommands } = this.#options;
    const jobs = rows.map((row) => prepared.plan.job(row));
    const { rule } = jobs[0]!;
    for (const row of rows) this.#commits.reading(row);
    const attemptOf = (job: number) => this.#failures.attempts.of(job);
    const options = { ...this.#options, requests: this.#requests, attemptOf, logs: this.#logs };
    const spec = callSpec(options, ++this.#calls, jobs, this.#pool.take(request));
    this.#follow(spec, jobs, request, (events) => executorOf(rule).run(spec, events));
    if (printCommands) for (const job of jobs) this.#reporter.command(job);
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
    if (!this.#madeLogs) prepared.files.makeFolder(this.#logs);
    this.#madeLogs = true;
    const rows = new Map(jobs.map((job) => [job.row, job]));
    const call: RunningCall = {
      spec: { id, rule: rule.name, gpus, log },
      rule,
      jobs: rows,
      request,
      open: new Set(rows.keys()),
      late: 0,
      since: this.#now(),
    };
    this.#running.add(call);
    if (this.#isRemote(rule)) this.#away++;
    const keys = jobs.map((job) => prepared.plan.key(job.row));
    journal.append({ t: "start", jobs: keys, at: call.since, call: id, rule: rule.name });
    for (const row of rows.keys()) prepared.states.setPhase(row, "running");
    emit({ kind: "started", rule: rule.name, jobs: jobs.length, call: id });
    if (tellJobs) for (const job of jobs) this.#reporter.began(job, this.#failures.attempts.of(job.row));
    run(this.#eventsOf(call)).then(
      () => this.#guarded(() => this.#over(call)),
      (error) => this.#guarded(() => this.#over(call, error)),
    );
  }

  #eventsOf(call: RunningCall): CallEvents {
    const { emit } = this.#options;
    return {
      begun: () => {
        call.since = this.#now();
      },
      done: (row, report) => this.#guarded(() => this.#commits.reported(call, call.jobs.get(row)!, report)),
      failed: (row, error) => this.#guarded(() => this.#failures.fail(call, call.jobs.get(row)!, error)),
      warned: (row, text) => emit({ kind: "warning", text: `${jobName(call.jobs.get(row)!)}: ${text}` }),
    };
  }

  /** Takes over what an engine that died has left running, where it still is what this plan wants. */
  #reattach(): void {
    const { prepared, orphans = [], workshop, executorOf, dismiss } = this.#options;
    const waiting = this.#ready.waiting().filter((row) => this.#isRemote(prepared.plan.ruleOf(row)));
    const views = waiting.map((row) => prepared.plan.job(row));
    const origin = (job: JobView) => originOf(prepared, job);
    const { reattached, unwanted } = matchOrphans(orphans, views, prepared.plan, origin);
    for (const { orphan, jobs, specs } of reattached) {
      const { rule, row } = jobs[0]!;
      this.#ready.remove(jobs.map((job) => job.row));
      jobs.forEach((job, i) => {
        workshop.adopt(job, specs[i]!.staging);
        this.#failures.attempts.set(job.row, specs[i]!.attempt - 1);
      });
      const request = this.#requests.of(row);
      const spec = { ...orphan, id: ++this.#calls, jobs: specs, gpus: this.#pool.take(request) };
      this.#follow(spec, jobs, request, (events) => executorOf(rule).remote!.adopt(orphan, specs, events));
    }
    dismiss?.(unwanted);
  }

  /** The body has returned, or its runner died with `error`. */
  #over(call: RunningCall, error?: unknown): void {
    if (call.late > 0 && !this.#cancelled)
      return void setTimeout(() => this.#guarded(() => this.#over(call, error)), 100);
    this.#running.delete(call);
    if (this.#isRemote(call.rule)) this.#away--;
    this.#pool.give(call.request, call.spec.gpus);
    const lost = [...call.open].map((row) => call.jobs.get(row)!);
    if (error instanceof WorkflowChanged && (error.loaded || !this.#isFirst(call)))
      for (const job of lost) this.#failures.fail(call, job, error.message, 0);
    // A workflow that runners cannot load fails all calls alike.
    else if (error instanceof BraidError) throw error;
    else if (lost.length > 0) this.#failures.lose(call, lost, error);
    if (this.#running.size === 0 && this.#cancelled) this.#end();
    else this.#pump();
  }

  /** No job has ended yet, and none is at work but in calls like this one: ending the run loses nothing. */
  #isFirst({ rule }: RunningCall): boolean {
    const { executorOf, prepared } = this.#options;
    const others = [...this.#running].some((call) => executorOf(call.rule) !== executorOf(rule));
    const begun = ["reported", "committed", "done", "failed"] as const;
    return !others && prepared.states.total(["maybe", "stale"], begun) === 0;
  }

  #beginEnd(why: Ending): void {
    if (this.#ending !== null) return;
    this.#ending = why;
    this.#options.emit({ kind: "stopping", why });
    // A batch may hold many jobs that have not begun.
    for (const call of this.#running) this.#options.executorOf(call.rule).stop();
  }

  stop(): void {
    if (this.#ended) return;
    this.#guarded(() => {
      this.#beginEnd("interrupted");
      this.#ending = "interrupted";
      if (this.#running.size === 0) this.#end();
    });
  }

  cancel(): void {
    if (this.#cancelled || this.#ended) return;
    this.#cancelled = true;
    this.#ending = "interrupted";
    this.#options.emit({ kind: "cancelled" });
    for (const call of this.#running) this.#options.executorOf(call.rule).cancel();
    if (this.#running.size === 0) this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    if (this.#reporter.open() > 0 && this.#ending === null) throw stuck(this.#openJobs());
    this.#ended = true;
    if (!this.#options.keepTemporary && !this.#cancelled) this.#remove(this.#temporary.end());
    const seconds = (this.#now() - this.#began) / 1_000;
    this.#resolve(this.#reporter.summary(this.#ending === "interrupted", seconds));
  }

  #openJobs(): JobView[] {
    const { plan, states, selected } = this.#options.prepared;
    const open = [...selected.rows()].filter((row) => states.isActive(row) && !states.isSettled(row));
    return open.map((row) => plan.job(row));
  }
}
