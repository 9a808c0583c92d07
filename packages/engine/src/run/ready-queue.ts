/** Jobs of one rule that are ready: those of the highest priority first, then in the order of the plan. */

/** A binary heap of rows; `priorityOf` is called often and must not change for a row. */
export class ReadyQueue {
  readonly #priorityOf: (job: number) => number;
  #heap: number[] = [];

  constructor(priorityOf: (job: number) => number = () => 0) {
    this.#priorityOf = priorityOf;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** The first row; undefined when empty. */
  peek(): number | undefined {
    return this.#heap[0];
  }

  /** All of them, in no order. */
  list(): readonly number[] {
    return this.#heap;
  }

  /** Removes these. */
  remove(jobs: ReadonlySet<number>): void {
    const kept = this.#heap.filter((job) => !jobs.has(job));
    this.#heap = [];
    for (const job of kept) this.push(job);
  }

  push(job: number): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(job, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = job;
  }

  pop(): number | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }

  #isBefore(a: number, b: number): boolean {
    const ahead = this.#priorityOf(a) - this.#priorityOf(b);
    return ahead > 0 || (ahead === 0 && a < b);
  }
}
