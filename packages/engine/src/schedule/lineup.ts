/**
 * The jobs that are ready and wait for a place: which of them make the next call.
 *
 * A call takes jobs of one rule, never waits to fill, and leaves a share for every slot. Jobs that are to be
 * run by themselves (tried again, or suspected of ending their runner) come first.
 */

import type { PlannedJob } from "../plan/dag.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import type { Booking, Wants } from "./booking.ts";
import { type ReadyQueue, readyQueue } from "./ready-queue.ts";

export interface LineupOptions {
  readonly jobs: readonly PlannedJob[];
  readonly booking: Booking;
  wantsOf(job: PlannedJob): Wants;
  priorityOf(job: PlannedJob): number;
  /** Jobs of one rule may differ in priority although the rule says one number. */
  readonly ranked?: boolean;
  /** How many of the `ready` jobs of a rule one call takes. */
  sizeOf(rule: NamedRule, ready: number): number;
  /** Whether that is as many as there should be: where it is not, other rules' jobs come first. */
  isFull?(rule: NamedRule, ready: number): boolean;
}

export interface NextCall {
  readonly jobs: readonly PlannedJob[];
  readonly wants: Wants;
}

export interface Lineup {
  add(job: PlannedJob): void;
  /** To be run by itself. */
  addAlone(job: PlannedJob): void;
  /** The next call that there is room for. */
  next(): NextCall | null;
  /** Every job that is in no call yet, but those to be run alone. */
  waiting(): PlannedJob[];
  /** Takes these jobs of one rule out. */
  remove(batch: readonly PlannedJob[]): void;
}

export function lineup(options: LineupOptions): Lineup {
  const { jobs, booking, wantsOf, priorityOf, sizeOf, isFull = () => true } = options;
  const queues = new Map<NamedRule, ReadyQueue>();
  const alone: PlannedJob[] = [];
  const priority = (order: number) => priorityOf(jobs[order]!);

  /** The queue whose first job comes first: by priority, then full calls before others, then by the plan. */
  function nextQueue(): [NamedRule, ReadyQueue] | null {
    let best: [NamedRule, ReadyQueue] | null = null;
    const full = ([rule, queue]: [NamedRule, ReadyQueue]) => isFull(rule, queue.size);
    for (const entry of queues) {
      const first = entry[1].peek();
      if (first === undefined || !booking.fits(wantsOf(jobs[first]!))) continue;
      const other = best?.[1].peek();
      const ahead =
        best === null || other === undefined
          ? 1
          : priority(first) - priority(other) || Number(full(entry)) - Number(full(best));
      if (ahead > 0 || (ahead === 0 && first < other!)) best = entry;
    }
    return best;
  }

  return {
    add(job) {
      let queue = queues.get(job.rule);
      if (queue === undefined) {
        const constant = options.ranked !== true && typeof job.rule.spec.priority !== "function";
        queue = readyQueue(constant ? undefined : priority);
        queues.set(job.rule, queue);
      }
      queue.push(job.order);
    },
    addAlone: (job) => void alone.push(job),
    next() {
      const single = alone.findIndex((job) => booking.fits(wantsOf(job)));
      if (single >= 0) {
        const taken = alone.splice(single, 1);
        return { jobs: taken, wants: wantsOf(taken[0]!) };
      }
      const found = nextQueue();
      if (found === null) return null;
      const [rule, queue] = found;
      const batch = [jobs[queue.pop()!]!];
      const wants = wantsOf(batch[0]!);
      for (let size = sizeOf(rule, queue.size + 1); batch.length < size && queue.size > 0; ) {
        // What a call books is one thing: where jobs of a rule differ in it, they are not put together.
        if (!equal(wantsOf(jobs[queue.peek()!]!), wants)) break;
        batch.push(jobs[queue.pop()!]!);
      }
      return { jobs: batch, wants };
    },
    waiting: () => [...queues.values()].flatMap((queue) => queue.list().map((order) => jobs[order]!)),
    remove: (batch) => queues.get(batch[0]!.rule)?.remove(new Set(batch.map((job) => job.order))),
  };
}

function equal(a: Wants, b: Wants): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
