/** The number of each job's next attempt: 1 at first, and one more for each failure. */
export class Attempts {
  readonly #failed = new Map<number, number>();

  of(job: number): number {
    return (this.#failed.get(job) ?? 0) + 1;
  }

  /** An earlier run reached this attempt of the job, or the job failed at it. */
  set(job: number, attempt: number): void {
    if (attempt > 0) this.#failed.set(job, attempt);
  }
}
