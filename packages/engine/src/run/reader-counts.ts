/** How many jobs of a set read each temporary file. A gather counts once for its files, however many jobs read it. */
import type { Plan } from "../plan/table.ts";

export class ReaderCounts {
  readonly #plan: Plan;
  readonly #ofFile = new Map<number, number>();
  /** Jobs of the set, by gather. */
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

  /** To be called while the job has the inputs that it had when it was added. Calls `unread` with files that lost their last reader. */
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
      // The first reader, or the last one.
      if (before !== (step === 1 ? 0 : 1)) continue;
      for (const file of plan.gatherFiles(gather)) if (plan.isTemporary(file)) use(file);
    }
  }
}
