/** Which attempt at a job is the next one: 1 at first; counts the times that it failed. */
export class Attempts {
  readonly #failed = new Map<number, number>();

  of(job: number): number {
    return (this.#failed.get(job) ?? 0) + 1;
  }

  /** An earlier run has tried the job before, or it failed at this attempt. */
  set(job: number, attempt: number): void {
    if (attempt > 0) this.#failed.set(job, attempt);
  }
}
