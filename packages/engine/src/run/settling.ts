/**
 * Handles jobs that have settled: the jobs that waited for them become ready, turn out to be up to date, name more
 * inputs, fail before they begin, or are left out. Removes temporary outputs that no job needs any more.
 */
import { FileAccessError } from "../disk/file-errors.ts";
import { cannot } from "../errors.ts";
import { GrowthError } from "../plan/growth.ts";
import { describeJob } from "../plan/plan-errors.ts";
import { RecipeError } from "../plan/recipe.ts";
import { count } from "../quantities.ts";
import { hasBody } from "../rules/rule.ts";
import type { Prepared } from "../staleness/prepare.ts";
import { isProtected, protectedError } from "./checks.ts";
import { removeTemporaryOutput } from "./cleanup.ts";
import type { Failures, FinalFailure } from "./failures.ts";
import { jobName } from "./reporter.ts";
import type { EndCause, SchedulerContext } from "./schedule.ts";
import { Temporary } from "./temporary.ts";
import { type ReleasedJobs, WaitingJobs } from "./waiting-jobs.ts";

export interface SettlingOptions extends SchedulerContext {
  readonly failures: Failures;
}

/** Each method that lets jobs become ready returns why the run must end, if one of them has failed. */
export class Settling {
  readonly #options: SettlingOptions;
  readonly #prepared: Prepared;
  readonly #waiting: WaitingJobs;
  readonly #temporary: Temporary;
  readonly #removesTemporary: boolean;
  /** Jobs whose inputs became known during the run. */
  readonly #late = new Set<number>();
  /** Set while jobs become ready, if one of them fails. */
  #endCause: EndCause | null = null;

  constructor(options: SettlingOptions) {
    this.#options = options;
    this.#prepared = options.prepared;
    this.#waiting = new WaitingJobs(options.prepared);
    this.#temporary = new Temporary(options.prepared);
    this.#removesTemporary = options.keepTemporary !== true && options.withoutLock !== true;
  }

  /** All stale and maybe jobs wait from now on. */
  begin(): EndCause | null {
    const { plan, states, selected, answers } = this.#prepared;
    const active: number[] = [];
    for (let row = 0; row < plan.jobCount; row++)
      if (states.isActive(row) && selected.isWanted(row)) active.push(row);
    this.#temporary.hold(answers.onlyIf());
    return this.#makeReady(this.#activate(active));
  }

  /** A job has succeeded. */
  done(row: number, seconds: number): EndCause | null {
    this.#prepared.states.setPhase(row, "done");
    this.#options.reporter.done(this.#prepared.plan.job(row), seconds);
    return this.#makeReady(this.#settle(row));
  }

  failed(job: FinalFailure): EndCause | null {
    return this.#makeReady(this.#giveUp(job));
  }

  /** No job is running any more. */
  end(): void {
    if (this.#removesTemporary) this.#remove(this.#temporary.end());
  }

  /** These jobs run, or may run, from now on; returns those that wait for nothing. */
  #activate(jobs: readonly number[]): number[] {
    this.#temporary.activate(jobs);
    return this.#release(this.#waiting.activate(jobs));
  }

  #release({ free, lost, unmet }: ReleasedJobs): number[] {
    for (const job of lost) {
      this.#prepared.states.setPhase(job, "blocked");
      this.#waiting.block(job);
    }
    return [...free, ...unmet.flatMap((job) => this.#leaveOptional(job))];
  }

  /** Queues jobs that wait for nothing; those that turn out to be up to date free the next ones. */
  #makeReady(jobs: readonly number[]): EndCause | null {
    const pending = [...jobs];
    for (let job = pending.pop(); job !== undefined; job = pending.pop())
      // A job that settled earlier may need a file that must be made again first.
      if (this.#prepared.states.phase(job) === "waiting" && this.#waiting.isFree(job))
        pending.push(...this.#becomeReady(job));
    const ending = this.#endCause;
    this.#endCause = null;
    return ending;
  }

  /** All inputs of a job have settled; returns the jobs that wait for nothing now. */
  #becomeReady(job: number): number[] {
    const { plan, states, answers, recipes, fileStates, optional } = this.#prepared;
    if (optional.hasNothing(job)) return this.#leaveEmpty(job);
    const asking = this.#callRuleFunction(job, () => answers.willGrow(job));
    if (typeof asking !== "boolean") return this.#giveUp(asking);
    if (asking) return this.#grow(job);
    const rule = plan.ruleOf(job);
    if (states.isStale(job)) recipes.forget(job);
    const answer = this.#callRuleFunction(job, () => answers.settle(job));
    if (typeof answer !== "string") return this.#giveUp(answer);
    if (answer === "fresh") {
      states.setAnswer(job, "fresh");
      states.setPhase(job, "done");
      this.#options.reporter.cutOff(job);
      // Its removed outputs may still be needed: then it runs and reads its inputs.
      if (plan.outputs(job).some((file) => fileStates.absent.has(file))) this.#temporary.hold([job]);
      return this.#settle(job);
    }
    const free = this.#releaseActivated();
    // Removed files that this job, or its params function, reads are made first.
    if (answer === "maybe" || states.phase(job) !== "waiting" || !this.#waiting.isFree(job)) return free;
    if (rule.outputs.length === 0 && !hasBody(rule.spec)) {
      const lacking = this.#missingInput(job);
      if (lacking !== null) return [...free, ...this.#giveUp(this.#options.failures.refuse(job, lacking))];
      states.setPhase(job, "done");
      this.#options.reporter.done(plan.job(job), 0);
      return [...free, ...this.#settle(job)];
    }
    const refused = this.#admit(job);
    return refused === null ? free : [...free, ...this.#giveUp(refused)];
  }

  /** Queues a job that must run, unless it is known to fail. */
  #admit(job: number): FinalFailure | null {
    const { plan, recipes } = this.#prepared;
    const { failures } = this.#options;
    if (isProtected(this.#prepared, job))
      return failures.refuse(job, protectedError(this.#prepared, [job]).message);
    const lacking = this.#missingInput(job) ?? this.#removedInput(job);
    if (lacking !== null) return failures.refuse(job, lacking);
    return this.#callRuleFunction(job, () => {
      // The record will need the params. Only now do all files exist that their function may read.
      if (plan.ruleOf(job).outputs.length > 0) recipes.of(plan.job(job));
      this.#warnOfMissing(job);
      return failures.admit(job);
    });
  }

  /** Why a job cannot run: a file is not in the folder that another job has made; null if there is none. */
  #missingInput(job: number): string | null {
    const { plan, extraInputs } = this.#prepared;
    const file = extraInputs.missing(job);
    if (file < 0) return null;
    const maker = describeJob(plan.ruleOf(plan.maker(file)), plan.values(plan.maker(file)));
    return cannot("read", plan.path(file), `${maker} did not make it`).message;
  }

  /** Why a job that asked late for a temporary file cannot run: its maker does not run twice; null if it can. */
  #removedInput(job: number): string | null {
    const { plan, fileStates } = this.#prepared;
    if (!this.#late.has(job)) return null;
    for (const file of plan.inputFiles(job))
      if (fileStates.isAbsent(file))
        return cannot("read", plan.path(file), "this run removed it before a job asked for it", {
          hint: "What the after() function reads changed during the run. Repeat the command.",
        }).message;
    return null;
  }

  /** A job has failed for good; returns the jobs that wait for nothing now. */
  #giveUp({ row, optional, endCause }: FinalFailure): number[] {
    this.#endCause ??= endCause;
    if (optional) return this.#lack(row);
    this.#waiting.block(row);
    return [];
  }

  /** A job of a rule without wildcards warns of missing files; one job of many does not. */
  #warnOfMissing(job: number): void {
    const { plan, optional } = this.#prepared;
    if (plan.ruleOf(job).wildcards.length > 0) return;
    const lacking = optional.lacks(job);
    if (lacking.length === 0) return;
    const [first] = lacking as [number];
    const all = [...plan.inputFiles(job)].length;
    const text = `runs without ${lacking.length} of ${count(all, "file")}, such as ${plan.path(first)}`;
    this.#options.emit({ kind: "warning", text: `${jobName(plan.job(job))} ${text}.` });
  }

  /** Every file of a list or gather of the job is missing. */
  #leaveEmpty(job: number): number[] {
    const { plan } = this.#prepared;
    // One of many jobs, each with its own list: it is left out like its files.
    const isOneOfMany = plan.ruleOf(job).wildcards.length > 0 && plan.gathers(job).length === 0;
    if (isOneOfMany) return this.#leaveOptional(job);
    return this.#giveUp(
      this.#options.failures.refuse(job, "None of the files that it gathers could be made."),
    );
  }

  #releaseActivated(): number[] {
    const { answers, states } = this.#prepared;
    const activated = answers.takeActivated();
    if (activated.length === 0) return [];
    for (const job of activated) if (states.phase(job) === "done") this.#options.reporter.neededAgain(job);
    const free = this.#activate(activated);
    this.#options.reporter.emitTotals();
    return free;
  }

  /** Fails a job whose params function throws, or whose inputs cannot be read. */
  #callRuleFunction<T>(job: number, ask: () => T): T | FinalFailure {
    try {
      return ask();
    } catch (error) {
      if (!(error instanceof RecipeError || error instanceof FileAccessError)) throw error;
      return this.#options.failures.refuse(job, error.message);
    }
  }

  /** Calls a job's `after` for the rest of its inputs. The job fails if that throws or names files that cannot be made. */
  #grow(job: number): number[] {
    const { answers, selected, states, urgent } = this.#prepared;
    const lacking = this.#missingInput(job);
    if (lacking !== null) return this.#giveUp(this.#options.failures.refuse(job, lacking));
    let added: number[];
    try {
      added = this.#temporary.whileGrowing(job, () => answers.grow(job));
    } catch (error) {
      if (!(error instanceof GrowthError || error instanceof FileAccessError)) throw error;
      return this.#giveUp(this.#options.failures.refuse(job, error.message));
    }
    for (const row of [job, ...added]) this.#late.add(row);
    if (urgent.has(job)) for (const row of added) urgent.add(row);
    const activated = new Set(answers.takeActivated());
    for (const row of added) if (states.isActive(row)) activated.add(row);
    for (const row of activated) if (states.phase(row) === "done") this.#options.reporter.neededAgain(row);
    const free = this.#activate([...activated]);
    this.#leaveOut();
    if (!selected.leftOut.has(job)) free.push(...this.#release(this.#waiting.recount(job)));
    this.#options.reporter.emitTotals();
    return free;
  }

  /** Leaves out a job because an input is missing; returns the jobs that wait for nothing now. */
  #leaveOptional(job: number): number[] {
    const { states } = this.#prepared;
    // It may have been left out or blocked in the meantime.
    if (states.phase(job) !== "waiting") return [];
    states.setPhase(job, "left out");
    return this.#lack(job);
  }

  /** The outputs of a job will be missing; returns the jobs that wait for nothing now. */
  #lack(job: number): number[] {
    const { plan, readers, digests } = this.#prepared;
    const { without, free } = this.#waiting.lack(job);
    for (const one of without)
      for (const file of plan.made(one)) readers.eachGather(file, (gather) => digests.forgetPaths(gather));
    digests.forgetLists();
    return free;
  }

  /** Leaves out jobs that turned out not to belong to the selected part of the plan. */
  #leaveOut(): void {
    const { selected, states } = this.#prepared;
    for (const row of selected.leftOut)
      if (states.isActive(row) && ["waiting", "ready"].includes(states.phase(row)))
        states.setPhase(row, "left out");
  }

  /** Returns the jobs that wait for nothing now. */
  #settle(job: number): number[] {
    if (this.#removesTemporary) this.#remove(this.#temporary.settle(job));
    return this.#waiting.settle(job);
  }

  #remove(files: readonly number[]): void {
    const { run, keepAdded = () => {} } = this.#options;
    for (const file of files) keepAdded(removeTemporaryOutput(this.#prepared, file, run));
  }
}
