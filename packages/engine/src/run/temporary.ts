/** Temporary outputs of a run: each is removed when every job that reads it has settled. */
import type { Plan } from "../plan/table.ts";
import type { Prepared } from "../staleness/prepare.ts";

export class Temporary {
  readonly #prepared: Prepared;
  readonly #plan: Plan;
  /** No output of the plan is temporary. */
  readonly #none: boolean;
  /** Jobs that read a file and have not settled. */
  readonly #left = new Map<number, number>();
  /** Jobs that may be needed although they are up to date, or turn out to be, and how many of them read a file. */
  readonly #holders = new Set<number>();
  readonly #held = new Map<number, number>();
  #unused = new Set<number>();
  /** Targets that are files; there are more as the plan grows. */
  #targetFiles: ReadonlySet<number> = new Set();
  #targetCount = 0;

  constructor(prepared: Prepared) {
    this.#prepared = prepared;
    this.#plan = prepared.plan;
    this.#none = !prepared.rules.some((rule) => rule.fleeting);
  }

  /** These jobs run, or may run, from now on. */
  activate(jobs: readonly number[]): void {
    if (this.#none) return;
    for (const job of jobs) this.#each(job, (file) => this.#left.set(file, (this.#left.get(file) ?? 0) + 1));
  }

  /** Jobs that may be needed although they turn out to be up to date: what they read is kept until they have run. */
  hold(jobs: Iterable<number>): void {
    if (this.#none) return;
    for (const job of jobs) {
      if (this.#holders.has(job)) continue;
      this.#holders.add(job);
      this.#each(job, (file) => this.#held.set(file, (this.#held.get(file) ?? 0) + 1));
    }
  }

  /** A job has other inputs; until now it counted for those that it had before. */
  extended(job: number, before: ReadonlySet<number>): void {
    if (this.#none) return;
    const gone = new Set(before);
    this.#each(job, (file) => {
      if (!gone.delete(file)) this.#left.set(file, (this.#left.get(file) ?? 0) + 1);
    });
    for (const file of gone) if (this.#left.has(file)) this.#leave(file);
    if (!this.#isAsking()) this.hold(this.#prepared.answers.onlyIf());
  }

  /** A job is done, or up to date after all: returns the files that nobody needs any more. */
  settle(job: number): number[] {
    if (this.#none) return [];
    const ran = this.#prepared.states.isStale(job) && this.#holders.delete(job);
    this.#each(job, (file) => {
      this.#leave(file);
      if (ran) this.#held.set(file, (this.#held.get(file) ?? 1) - 1);
    });
    for (const file of this.#plan.outputs(job))
      if (this.isPassing(file) && !this.#left.has(file)) this.#unused.add(file);
    return this.#isAsking() ? [] : this.#release((file) => (this.#held.get(file) ?? 0) === 0);
  }

  /** A job that has not settled reads a file no more. */
  #leave(file: number): void {
    const left = (this.#left.get(file) ?? 1) - 1;
    this.#left.set(file, left);
    if (left === 0) this.#unused.add(file);
  }

  /** Nothing runs any more: returns the files that were kept for jobs which were not needed. */
  end(): number[] {
    return this.#none || this.#isAsking() ? [] : this.#release(() => true);
  }

  /**
   * What is left of runs that ended before they could remove it: temporary outputs of jobs that are up to date or done,
   * as is every job that reads them. `isKept` tells of jobs whose outputs were to stay.
   */
  leftBehind(isKept: (job: number) => boolean): number[] {
    if (this.#none || this.#plan.awaited.size > 0) return [];
    const { states, readers, looks } = this.#prepared;
    readers.update();
    const held = this.#prepared.answers.onlyIf();
    const isOver = (job: number) =>
      (states.answer(job) === "fresh" && !held.has(job)) || states.phase(job) === "done";
    const found: number[] = [];
    for (let job = 0; job < this.#plan.jobCount; job++) {
      if (!this.#plan.ruleOf(job).fleeting || !isOver(job)) continue;
      for (const file of this.#plan.outputs(job)) {
        if (!this.isPassing(file) || looks.absent.has(file) || isKept(job) || !this.#isOurs(file)) continue;
        if ([...readers.ofFile(file)].every(isOver)) found.push(file);
      }
    }
    return found;
  }

  /** What no record says a job has made, or what is not that, is somebody's: it stays. */
  #isOurs(file: number): boolean {
    const { looks } = this.#prepared;
    return looks.known(file) !== undefined && !looks.edited.has(file);
  }

  /** True for a temporary output that is neither a target nor read to find what else is needed. */
  isPassing(file: number): boolean {
    return this.#plan.isTemporary(file) && !this.#plan.asked.has(file) && !this.#targets().has(file);
  }

  #targets(): ReadonlySet<number> {
    const { targets } = this.#prepared.selected;
    if (targets.length !== this.#targetCount) {
      this.#targetCount = targets.length;
      this.#targetFiles = new Set(targets.flatMap((target) => ("file" in target ? [target.file] : [])));
    }
    return this.#targetFiles;
  }

  /** While jobs may still ask for more, nobody knows what will not be needed. */
  #isAsking(): boolean {
    const { states, selected } = this.#prepared;
    for (const job of this.#plan.awaited.keys())
      if (states.isActive(job) && selected.isWanted(job)) return true;
    return false;
  }

  #release(goes: (file: number) => boolean): number[] {
    const gone: number[] = [];
    const kept = new Set<number>();
    for (const file of this.#unused)
      if ((this.#left.get(file) ?? 0) === 0 && this.isPassing(file) && this.#isOurs(file))
        goes(file) ? gone.push(file) : kept.add(file);
    this.#unused = kept;
    return gone;
  }

  /** The temporary files that a job reads, each once; those that stay too, since growth may make any of them stay. */
  #each(job: number, use: (file: number) => void): void {
    const seen = new Set<number>();
    for (const file of this.#plan.inputFiles(job))
      if (!seen.has(file) && this.#plan.isTemporary(file)) {
        seen.add(file);
        use(file);
      }
  }
}
