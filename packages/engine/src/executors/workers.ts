/**
 * Runs bodies in worker threads of this process. A worker imports the workflow file by its URL, calls `rules()`
 * on the resolved config and looks the call's rule up by name.
 *
 * A thread costs 30 MB and a start: there are as many as cores, each with a call of its own, and a call more in
 * those whose bodies wait for something. Only where bodies hold all of them for long are there more.
 *
 * Once the workflow no longer loads, no further thread starts: calls go to those that have loaded it.
 */
import { availableParallelism, totalmem } from "node:os";
import { type CallEvents, CallLost, type CallSpec, type Executor } from "../calls/executor.ts";
import { howItEnded } from "../programs/how-it-ended.ts";
import { type CallMessage, type Hand, hire, type Turn } from "./hand.ts";
import { changed, unloadable } from "./loaded-rules.ts";
import { type Watchdog, watchdog } from "./watchdog.ts";

export interface WorkersOptions {
  /** Is told of errors of bodies that have ended, and of threads that there is no memory for. */
  readonly warn?: (text: string) => void;
  /** So many threads start before bodies share one; default: this machine's cores. */
  readonly threads?: number;
  /** And at most so many, or `threads` where that is more, where bodies hold them; default: no limit. */
  readonly most?: number;
  /** False where there is no memory for another thread. */
  readonly hasRoom?: () => boolean;
}

/** ms after which a call that did not begin, or a thread that nobody hears of, counts as held up. */
const pause = 100;

export function workers(workflow: string, resolved: unknown, options: WorkersOptions = {}): Executor {
  const { threads = availableParallelism(), most = Number.POSITIVE_INFINITY, hasRoom = memoryLeft } = options;
  const { warn = (text) => void process.stderr.write(`${text}\n`) } = options;
  const stop = new SharedArrayBuffer(4);
  const hands = new Set<Hand>();
  const queue: Turn[] = [];
  /** Jobs whose thread has ended while others were in it. */
  const suspects = new Set<string>();
  let cancelled = false;
  let warned = false;
  /** Some thread has loaded the workflow. */
  let loaded = false;
  /** Why a thread could not. */
  let loadFault: string | null = null;
  let turns = 0;
  /** Some call has begun or ended since the last look. */
  let moved = true;
  let looking: NodeJS.Timeout | undefined;

  const another = (): Hand => {
    const hand = hire({
      data: { workflow, resolved, stop },
      freed: pump,
      warn,
      unloadable(error) {
        // Its calls end with it then.
        if (cancelled) return;
        if (loadFault === null && loaded)
          warn(`The workflow no longer loads, so no new worker thread starts: ${error}`);
        loadFault ??= error;
        hands.delete(hand);
        queue.unshift(...hand.turns.values());
        hand.turns.clear();
        void hand.end();
        pump();
      },
      reason: (code) => withoutStack(cancelled ? "Cancelled." : howItEnded("The worker thread", code)),
      gone() {
        hands.delete(hand);
        pump();
      },
    });
    hands.add(hand);
    return hand;
  };

  /** Null where the call has to wait. */
  function handFor({ alone }: Turn): Hand | null {
    let best: Hand | null = null;
    for (const hand of hands) {
      if (hand.since !== null || hand.retiring) continue;
      if (hand.turns.size === 0) return hand;
      if (best === null || hand.turns.size < best.turns.size) best = hand;
    }
    if (hands.size < threads && loadFault === null) return another();
    const [first] = best?.turns.values() ?? [];
    return alone || first?.alone ? null : best;
  }

  function pump(): void {
    for (let turn = queue[0]; turn !== undefined && !cancelled; turn = queue[0]) {
      const hand = handFor(turn);
      if (hand === null) break;
      queue.shift();
      hand.send(turn);
    }
    if (loadFault !== null && hands.size === 0)
      for (const turn of queue.splice(0)) turn.died(unloadable(loadFault, loaded), false);
    const waits = queue.length > 0 || [...hands].some((hand) => hand.since !== null && hand.turns.size > 1);
    if (waits && !cancelled) looking ??= setInterval(look, pause);
    else {
      clearInterval(looking);
      looking = undefined;
    }
  }

  /** Where bodies hold their threads, what waits behind them gets others. */
  function look(): void {
    for (const hand of hands)
      if (hand.loaded && hand.since !== null && performance.now() - hand.since > pause)
        for (const turn of hand.turns.values())
          if (Atomics.compareExchange(turn.claim, 0, 0, 1) === 0) {
            hand.turns.delete(turn.id);
            queue.unshift(turn);
          }
    const held = !moved && loadFault === null && [...hands].every((hand) => hand.loaded);
    moved = false;
    const working = [...hands].filter((hand) => !hand.retiring).length;
    const more = Math.min(queue.length, hands.size, Math.max(threads, most) - working);
    for (let left = held ? more : 0; left > 0 && enough(); left--) another().send(queue.shift()!);
    pump();
  }

  function enough(): boolean {
    if (hasRoom()) return true;
    if (!warned)
      warn(
        `There is no memory for more than ${hands.size} worker threads: ${queue.length} calls wait for one. A smaller --jobs needs less; bodies that only wait run without a thread as localRule.`,
      );
    warned = true;
    return false;
  }

  /** The time of a call is over: its thread is ended, as soon as the others in it have ended. */
  async function retire(turn: Turn): Promise<void> {
    const hand = [...hands].find((one) => one.turns.has(turn.id));
    if (hand === undefined) return;
    hand.turns.delete(turn.id);
    hand.retiring = true;
    if (hand.turns.size === 0 || !(await hand.ping())) await hand.end();
  }

  async function run(call: CallSpec, events: CallEvents): Promise<void> {
    if (cancelled) throw new Error("Cancelled.");
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const alone = call.jobs.some((job) => suspects.has(job.key));
    const watch = watchdog(call, events, (error) => {
      void retire(turn).then(() => reject(error), reject);
    });
    const turn: Turn = {
      id: ++turns,
      call,
      alone,
      claim: new Int32Array(1),
      message: (message) => heard(message, call, watch, events, resolve, reject),
      died(error, others) {
        if (!others || cancelled) return reject(error);
        for (const job of call.jobs) suspects.add(job.key);
        reject(new CallLost("node", error.message));
      },
    };
    queue.push(turn);
    try {
      pump();
      await promise;
    } finally {
      watch.end();
      const at = queue.indexOf(turn);
      if (at >= 0) queue.splice(at, 1);
      moved = true;
    }
  }

  function heard(
    message: CallMessage,
    call: CallSpec,
    watch: Watchdog,
    events: CallEvents,
    resolve: () => void,
    reject: (error: unknown) => void,
  ): void {
    switch (message.kind) {
      case "over":
        resolve();
        break;
      case "changed":
        loaded = true;
        reject(changed(call.rule, message.error));
        break;
      case "crashed":
        reject(withoutStack(message.error));
        break;
      case "begun":
        moved = true;
        loaded = true;
        watch.begun();
        events.begun?.();
        break;
      case "warned":
        events.warned?.(message.order, message.text);
        break;
      case "done":
        watch.reported(message.order);
        events.done(message.order, message.report);
        break;
      case "failed":
        watch.reported(message.order);
        events.failed(message.order, message.error);
        break;
      default:
    }
  }

  const endAll = async () => {
    cancelled = true;
    clearInterval(looking);
    for (const turn of queue.splice(0)) turn.died(new Error("Cancelled."), false);
    await Promise.all([...hands].map((hand) => hand.end()));
  };
  return {
    name: "workers",
    run,
    stop: () => void Atomics.store(new Int32Array(stop), 0, 1),
    cancel: () => void endAll(),
    close: endAll,
  };
}

function memoryLeft(): boolean {
  return process.availableMemory() > Math.min(1e9, totalmem() / 10);
}

/** Where the engine stood says nothing about the body. */
function withoutStack(text: string): Error {
  const error = new Error(text);
  delete error.stack;
  return error;
}
