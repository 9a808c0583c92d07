/**
 * The ready jobs, and which of them form the next call.
 *
 * A call takes jobs of one rule, never waits to fill, and leaves a share for every slot. Jobs that must run alone
 * (retried, or suspected of ending their runner) come first.
 */

import type { NamedRule } from "../rules/ruleset.ts";
import type { Request, ResourcePool } from "./resource-pool.ts";

export interface ReadyJobsOptions {
  ruleOf(job: number): NamedRule;
  readonly pool: ResourcePool;
  requestOf(job: number): Request;
  /** Jobs of one rule that a cluster may run in one task; empty for the first attempts of a rule with fixed needs. */
  kindOf(job: number): string;
  priorityOf(job: number): number;
  /** Jobs of one rule may differ in priority although the rule says one number. */
  readonly ranked: boolean;
  /** How many of the `ready` jobs of a rule one call takes. */
  sizeOf(rule: NamedRule, ready: number): number;
  /** Whether that is as many as there should be: where it is not, other rules' jobs come first. */
  isFull(rule: NamedRule, ready: number): boolean;
  /** A job that went into the queue and is not ready any more is passed over. */
  isReady(job: number): boolean;
}

export interface NextCall {
  readonly jobs: readonly number[];
  readonly request: Request;
}

export class ReadyJobs {
  readonly #options: ReadyJobsOptions;
  readonly #queues = new Map<NamedRule, ReadyQueue>();
  #alone: number[] = [];

  constructor(options: ReadyJobsOptions) {
    this.#options = options;
  }

  add(job: number): void {
    const rule = this.#options.ruleOf(job);
    let queue = this.#queues.get(rule);
    if (queue === undefined) {
      const constant = !this.#options.ranked && typeof rule.spec.priority !== "function";
      queue = new ReadyQueue(constant ? undefined : this.#options.priorityOf);
      this.#queues.set(rule, queue);
    }
    queue.push(job);
  }

  /** Queues a job that must run by itself. */
  addAlone(job: number): void {
    this.#alone.push(job);
  }

  /** The next call that the pool has room for. */
  next(): NextCall | null {
    const { pool, requestOf, kindOf, sizeOf } = this.#options;
    this.#alone = this.#alone.filter((job) => this.#isReady(job));
    const single = this.#alone.findIndex((job) => pool.fits(requestOf(job)));
    if (single >= 0) {
      const jobs = this.#alone.splice(single, 1);
      return { jobs, request: requestOf(jobs[0]!) };
    }
    const found = this.#nextQueue();
    if (found === null) return null;
    const [rule, queue] = found;
    const jobs = [queue.pop()!];
    const request = requestOf(jobs[0]!);
    const kind = kindOf(jobs[0]!);
    for (let size = sizeOf(rule, queue.size + 1); jobs.length < size; ) {
      const next = this.#peek(queue);
      // A call has one resource request: jobs that differ in it are not combined.
      if (next === undefined || !equal(requestOf(next), request) || kindOf(next) !== kind) break;
      // A job that became ready, waited again and is ready now is in the queue twice.
      if (next !== jobs.at(-1)) jobs.push(next);
      queue.pop();
    }
    return { jobs, request };
  }

  /** Every job that is in no call yet, except those that must run alone. */
  waiting(): number[] {
    return [...this.#queues.values()].flatMap((queue) => queue.list().filter((job) => this.#isReady(job)));
  }

  /** Removes these jobs of one rule. */
  remove(jobs: readonly number[]): void {
    this.#queues.get(this.#options.ruleOf(jobs[0]!))?.remove(new Set(jobs));
  }

  #isReady(job: number): boolean {
    return this.#options.isReady(job);
  }

  #peek(queue: ReadyQueue): number | undefined {
    for (let first = queue.peek(); first !== undefined; first = queue.peek()) {
      if (this.#isReady(first)) return first;
      queue.pop();
    }
    return undefined;
  }

  /** The queue whose first job comes first: by priority, then full calls before others, then by the plan. */
  #nextQueue(): [NamedRule, ReadyQueue] | null {
    const { pool, requestOf, priorityOf, isFull } = this.#options;
    let best: [NamedRule, ReadyQueue] | null = null;
    let bestFirst = -1;
    const full = ([rule, queue]: [NamedRule, ReadyQueue]) => isFull(rule, queue.size);
    for (const entry of this.#queues) {
      const first = this.#peek(entry[1]);
      if (first === undefined || !pool.fits(requestOf(first))) continue;
      const ahead =
        best === null
          ? 1
          : priorityOf(first) - priorityOf(bestFirst) || Number(full(entry)) - Number(full(best));
      if (ahead > 0 || (ahead === 0 && first < bestFirst)) {
        best = entry;
        bestFirst = first;
      }
    }
    return best;
  }
}

function equal(a: Request, b: Request): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

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
