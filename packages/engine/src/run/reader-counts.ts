/** How many jobs of a set read each temporary file. A gather counts as one reader, however many jobs share it. */
import type { Plan } from "../plan/table.ts";

export class ReaderCounts {
  readonly #plan: Plan;
  readonly #ofFile = new Map<number, number>();
  /** How many jobs of the set read each gather. */
  readonly #ofGather = new Map<number, number>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  of(file: number): number {
    return this.#ofFile.get(file) ?? 0;
  }

  add(job: number): void {
    this.#each(job, 1, (file) => {
      this.#ofFile.set(file, this.of(file) + 1);
    });
  }

  /** The job must still have the inputs that it had when it was added. Calls `unread` with files that lost their last reader. */
  remove(job: number, unread: (file: number) => void): void {
    this.#each(job, -1, (file) => {
      const left = this.of(file) - 1;
      this.#ofFile.set(file, left);
      if (left === 0) unread(file);
    });
  }

  #each(job: number, step: 1 | -1, use: (file: number) => void): void {
    const plan = this.#plan;
    for (const place of plan.inputs(job)) if (plan.isTemporary(place >> 1)) use(place >> 1);
    for (const gather of plan.gathers(job)) {
      const before = this.#ofGather.get(gather) ?? 0;
      this.#ofGather.set(gather, before + step);
      // Only the first reader and the last one change the counts of the files.
      if (before !== (step === 1 ? 0 : 1)) continue;
      for (const file of plan.gatherFiles(gather)) if (plan.isTemporary(file)) use(file);
    }
  }
}
