/**
 * Which jobs wait for which, among those that run or may run, as counts that fall when jobs settle.
 *
 * The files of a gather are counted once, however many jobs read it, so the cost grows only with the size of the plan.
 */
import { RowColumn } from "../plan/columns.ts";
import type { Optional } from "../plan/missing-files.ts";
import type { Readers } from "../plan/readers.ts";
import type { Plan } from "../plan/table.ts";
import type { Prepared } from "../staleness/prepare.ts";
import type { States } from "../staleness/states.ts";

/** How waiting jobs are affected when a job settles. */
export interface ReleasedJobs {
  /** They wait for nothing any more. */
  readonly free: number[];
  /** They can never run because a job that they depend on has failed. */
  readonly lost: number[];
  /** They must be left out because the output of an optional job is missing. */
  readonly unmet: number[];
}

export class WaitingJobs {
  readonly #plan: Plan;
  readonly #readers: Readers;
  readonly #states: States;
  readonly #optional: Optional;
  /** Input places, and gathers, whose makers have not settled, by job. */
  readonly #counts = new RowColumn();
  /** Files whose makers have not settled, by gather. */
  readonly #gathers = new Map<number, number>();
  /** Whether a gather has a file that cannot be made, as far as was asked since the last failure. */
  readonly #lost = new Map<number, boolean>();
  #anyFailed = false;

  constructor({ plan, readers, states, optional }: Prepared) {
    this.#plan = plan;
    this.#readers = readers;
    this.#states = states;
    this.#optional = optional;
    readers.update();
  }

  /** These jobs run, or may run, from now on: they wait, and the readers of their outputs wait for them. */
  activate(jobs: readonly number[]): ReleasedJobs {
    const fresh = new Set(jobs);
    for (const job of jobs) this.#holdReaders(job, fresh);
    for (const job of jobs) this.#states.setPhase(job, "waiting");
    // Only now does none of them look settled.
    for (const job of jobs) this.#count(job);
    return this.#released(jobs);
  }

  /** A job has more inputs now. */
  recount(job: number): ReleasedJobs {
    this.#count(job);
    return this.#released([job]);
  }

  #released(jobs: readonly number[]): ReleasedJobs {
    const released: ReleasedJobs = { free: [], lost: [], unmet: [] };
    for (const job of jobs) {
      if (this.#isLost(job)) released.lost.push(job);
      else if (this.#isUnmet(job)) released.unmet.push(job);
      else if (this.#counts.at(job) === 0) released.free.push(job);
    }
    return released;
  }

  /** Whether a job waits for nothing. */
  isFree(job: number): boolean {
    return this.#counts.at(job) === 0;
  }

  /** A job has settled well: returns the jobs that wait for nothing now. */
  settle(job: number): number[] {
    const free: number[] = [];
    this.#eachReader(job, -1, (reader) => {
      if (!this.#states.isActive(reader) || this.#states.phase(reader) !== "waiting") return;
      const left = this.#counts.at(reader) - 1;
      this.#counts.set(reader, left);
      if (left === 0) free.push(reader);
    });
    return free;
  }

  /** A job failed: returns the jobs that can no longer run, each only once over all calls. */
  block(job: number): number[] {
    this.#anyFailed = true;
    this.#lost.clear();
    const lost: number[] = [];
    const gathers = new Set<number>();
    const lose = (reader: number) => {
      if (!this.#isBefore(reader)) return;
      this.#states.setPhase(reader, "blocked");
      lost.push(reader);
    };
    this.#readers.follow(this.#plan.made(job), lose, gathers);
    // The loop appends to the list.
    for (const at of lost) this.#readers.follow(this.#plan.made(at), lose, gathers);
    return lost;
  }

  /**
   * The outputs of an optional job will be missing. Jobs that have one as a single input are left out, and so are the
   * jobs that depend on these; lists and gathers go on without them. Returns the job and those left out, and the jobs
   * that now wait for nothing.
   */
  lack(job: number): { readonly without: number[]; readonly free: number[] } {
    const without = [job];
    const free: number[] = [];
    // The loop appends to the list.
    for (const at of without) {
      for (const file of this.#plan.made(at)) this.#plan.missingOptional.add(file);
      for (const file of this.#plan.made(at))
        for (const reader of this.#readers.ofFile(file)) {
          if (!this.#isBefore(reader) || !this.#optional.isRequired(reader, file)) continue;
          this.#states.setPhase(reader, "left out");
          without.push(reader);
        }
      free.push(...this.settle(at));
    }
    return { without, free };
  }

  /** Jobs that were active before wait for one that is active now; those of `fresh` are counted anew. */
  #holdReaders(job: number, fresh: ReadonlySet<number>): void {
    this.#eachReader(job, 1, (reader) => {
      if (fresh.has(reader) || !this.#isBefore(reader)) return;
      this.#states.setPhase(reader, "waiting");
      this.#counts.set(reader, this.#counts.at(reader) + 1);
    });
  }

  /** True for a job that will run and has not started. */
  #isBefore(job: number): boolean {
    const phase = this.#states.phase(job);
    return this.#states.isActive(job) && (phase === "waiting" || phase === "ready");
  }

  /**
   * Adds `step` to the number of open files of each gather that reads the job. Calls `use` with each direct reader of the
   * job, and with the readers of a gather that gets its first open file or loses its last.
   */
  #eachReader(job: number, step: 1 | -1, use: (reader: number) => void): void {
    for (const file of this.#plan.made(job))
      this.#readers.each(file, (reader) => {
        if (reader >= 0) return use(reader);
        const left = this.#gathers.get(~reader);
        if (left === undefined) return;
        this.#gathers.set(~reader, left + step);
        if (left === (step === 1 ? 0 : 1)) this.#readers.eachOfGather(~reader, use);
      });
  }

  #count(job: number): void {
    let count = 0;
    for (const place of this.#plan.inputs(job)) if (this.#isOpen(place >> 1)) count++;
    for (const gather of this.#plan.gathers(job)) if (this.#left(gather) > 0) count++;
    this.#counts.set(job, count);
  }

  #left(gather: number): number {
    let left = this.#gathers.get(gather);
    if (left === undefined) {
      left = 0;
      for (const file of this.#plan.gatherFiles(gather)) if (this.#isOpen(file)) left++;
      this.#gathers.set(gather, left);
    }
    return left;
  }

  #isOpen(file: number): boolean {
    const maker = this.#plan.maker(file);
    if (maker < 0 || !this.#states.isActive(maker) || this.#plan.missingOptional.has(file)) return false;
    return !this.#states.isSettled(maker) || this.#isFailed(maker);
  }

  #isFailed(job: number): boolean {
    const phase = this.#states.phase(job);
    return phase === "failed" || phase === "blocked";
  }

  #isLost(job: number): boolean {
    if (!this.#anyFailed) return false;
    for (const place of this.#plan.inputs(job)) if (this.#cannotBeMade(place >> 1)) return true;
    return this.#plan.gathers(job).some((gather) => {
      let lost = this.#lost.get(gather);
      if (lost === undefined) {
        lost = this.#plan.gatherFiles(gather).some((file) => this.#cannotBeMade(file));
        this.#lost.set(gather, lost);
      }
      return lost;
    });
  }

  #cannotBeMade(file: number): boolean {
    const maker = this.#plan.maker(file);
    return maker >= 0 && this.#isFailed(maker) && !this.#plan.missingOptional.has(file);
  }

  /** Whether a single input of a job is missing. */
  #isUnmet(job: number): boolean {
    const { missingOptional } = this.#plan;
    if (missingOptional.size === 0) return false;
    for (const place of this.#plan.inputs(job))
      if (missingOptional.has(place >> 1) && this.#optional.isRequired(job, place >> 1)) return true;
    return false;
  }
}
