/** Jobs of one rule that are ready: those of the highest priority first, then in the order of the plan. */

export interface ReadyQueue {
  readonly size: number;
  /** The first position; undefined when empty. */
  peek(): number | undefined;
  push(order: number): void;
  pop(): number | undefined;
  /** All of them, in no order. */
  list(): readonly number[];
  /** Takes these out. */
  remove(orders: ReadonlySet<number>): void;
}

/** A binary heap of positions; `priorityOf` a position is asked often, and stays as it is. */
export function readyQueue(priorityOf: (order: number) => number = () => 0): ReadyQueue {
  const heap: number[] = [];
  const before = (a: number, b: number) => {
    const ahead = priorityOf(a) - priorityOf(b);
    return ahead > 0 || (ahead === 0 && a < b);
  };
  const queue: ReadyQueue = {
    get size() {
      return heap.length;
    },
    peek: () => heap[0],
    list: () => heap,
    remove(orders) {
      const kept = heap.filter((order) => !orders.has(order));
      heap.length = 0;
      for (const order of kept) queue.push(order);
    },
    push(order) {
      let at = heap.length;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!before(order, heap[parent]!)) break;
        heap[at] = heap[parent]!;
        at = parent;
      }
      heap[at] = order;
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return first;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
        if (!before(heap[child]!, last)) break;
        heap[at] = heap[child]!;
        at = child;
      }
      heap[at] = last;
      return first;
    },
  };
  return queue;
}
