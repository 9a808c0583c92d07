/** Simulated time: events in order, and a clock that a sleeping head moves on. */
import type { Clock } from "../src/index.ts";

export interface Timeline extends Clock {
  /** Does `what` at `at` (ms), or with the next event where that is past. */
  schedule(at: number, what: () => void): void;
  /** The head is busy for so long (ms): time passes, events wait. */
  spend(ms: number): void;
}

export function timeline(start = 0): Timeline {
  let time = start;
  // A binary heap of events by time; `order` keeps equal times in the order they were scheduled.
  const heap: { at: number; order: number; what: () => void }[] = [];
  let scheduled = 0;
  const before = (a: number, b: number) =>
    heap[a]!.at < heap[b]!.at || (heap[a]!.at === heap[b]!.at && heap[a]!.order < heap[b]!.order);
  const swap = (a: number, b: number) => {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  };

  function pop(): (() => void) | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length > 0) {
      heap[0] = last;
      for (let at = 0; ; ) {
        let least = at;
        for (const child of [2 * at + 1, 2 * at + 2])
          if (child < heap.length && before(child, least)) least = child;
        if (least === at) break;
        swap(at, least);
        at = least;
      }
    }
    return first.what;
  }

  return {
    now: () => time,
    spend(ms) {
      time += ms;
    },
    schedule(at, what) {
      heap.push({ at, order: scheduled++, what });
      for (let child = heap.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1;
        if (!before(child, parent)) break;
        swap(child, parent);
        child = parent;
      }
    },
    async sleep(ms, wake) {
      if (wake.aborted) return;
      const end = time + ms;
      while (heap.length > 0 && heap[0]!.at <= end) {
        time = Math.max(time, heap[0]!.at);
        pop()!();
      }
      time = Math.max(time, end);
    },
  };
}

/** Uniform random numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
