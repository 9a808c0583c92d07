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
import { describeExit, timeoutMessage } from "../programs/exit-status.ts";
import { count } from "../quantities.ts";
import { AttemptError } from "../rules/retries.ts";
import { notLoadedError, ruleChangedError } from "./loaded-rules.ts";
import { type CallMessage, startWorker, type WorkerCall, type WorkerHandle } from "./worker-handle.ts";

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
  const handles = new Set<WorkerHandle>();
  const queue: WorkerCall[] = [];
  /** Jobs whose thread has ended while others were in it. */
  const suspects = new Set<string>();
  let cancelled = false;
  let warned = false;
  /** Some thread has loaded the workflow. */
  let loaded = false;
  /** Why a thread could not. */
  let loadFault: string | null = null;
  let callCount = 0;
  /** Some call has begun or ended since the last look. */
  let progressed = true;
  let rescueTimer: NodeJS.Timeout | undefined;

  const startHandle = (): WorkerHandle => {
    const handle = startWorker({
      data: { workflow, resolved, stop },
      onFree: pump,
      warn,
      onLoadError(error) {
        // Its calls end with it then.
        if (cancelled) return;
        if (loadFault === null && loaded)
          warn(`The workflow no longer loads, so no new worker thread starts: ${error}`);
        loadFault ??= error;
        handles.delete(handle);
        queue.unshift(...handle.calls.values());
        handle.calls.clear();
        void handle.end();
        pump();
      },
      exitError: (exitCode) =>
        cancelled
          ? withoutStack("Cancelled.")
          : new AttemptError(describeExit("The worker thread", exitCode), { reason: "exit", exitCode }),
      onExit() {
        handles.delete(handle);
        pump();
      },
    });
    handles.add(handle);
    return handle;
  };

  /** Null if the call has to wait. */
  function handleFor({ alone }: WorkerCall): WorkerHandle | null {
    let best: WorkerHandle | null = null;
    for (const handle of handles) {
      if (handle.since !== null || handle.retiring) continue;
      if (handle.calls.size === 0) return handle;
      if (best === null || handle.calls.size < best.calls.size) best = handle;
    }
    if (handles.size < threads && loadFault === null) return startHandle();
    const [first] = best?.calls.values() ?? [];
    return alone || first?.alone ? null : best;
  }

  function pump(): void {
    for (let workerCall = queue[0]; workerCall !== undefined && !cancelled; workerCall = queue[0]) {
      const handle = handleFor(workerCall);
      if (handle === null) break;
      queue.shift();
      handle.send(workerCall);
    }
    if (loadFault !== null && handles.size === 0)
      for (const workerCall of queue.splice(0)) workerCall.died(notLoadedError(loadFault, loaded), false);
    const waits =
      queue.length > 0 || [...handles].some((handle) => handle.since !== null && handle.calls.size > 1);
    if (waits && !cancelled) rescueTimer ??= setInterval(rescueHeldCalls, pause);
    else {
      clearInterval(rescueTimer);
      rescueTimer = undefined;
    }
  }

  /** Where bodies hold their threads, what waits behind them gets others. */
  function rescueHeldCalls(): void {
    for (const handle of handles)
      if (handle.loaded && handle.since !== null && performance.now() - handle.since > pause)
        for (const workerCall of handle.calls.values())
          if (Atomics.compareExchange(workerCall.claim, 0, 0, 1) === 0) {
            handle.calls.delete(workerCall.id);
            queue.unshift(workerCall);
          }
    const held = !progressed && loadFault === null && [...handles].every((handle) => handle.loaded);
    progressed = false;
    const working = [...handles].filter((handle) => !handle.retiring).length;
    const more = Math.min(queue.length, handles.size, Math.max(threads, most) - working);
    for (let left = held ? more : 0; left > 0 && hasMemory(); left--) startHandle().send(queue.shift()!);
    pump();
  }

  function hasMemory(): boolean {
    if (hasRoom()) return true;
    if (!warned)
      warn(
        `There is only memory for ${count(handles.size, "worker thread")}; ${count(queue.length, "call")} must wait. Use a smaller --jobs, or set localRule for bodies that mostly wait.`,
      );
    warned = true;
    return false;
  }

  /** The time of a call is over: its thread is ended, as soon as the others in it have ended. */
  async function retire(workerCall: WorkerCall): Promise<void> {
    const handle = [...handles].find((one) => one.calls.has(workerCall.id));
    if (handle === undefined) return;
    handle.calls.delete(workerCall.id);
    handle.retiring = true;
    if (handle.calls.size === 0 || !(await handle.ping())) await handle.end();
  }

  async function run(call: CallSpec, events: CallEvents): Promise<void> {
    if (cancelled) throw new Error("Cancelled.");
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const alone = call.jobs.some((job) => suspects.has(job.key));
    const watch = watchdog(call, events, (error) => {
      void retire(workerCall).then(() => reject(error), reject);
    });
    const workerCall: WorkerCall = {
      id: ++callCount,
      call,
      alone,
      claim: new Int32Array(1),
      message: (message) => receive(message, call, watch, events, resolve, reject),
      died(error, others) {
        if (!others || cancelled) return reject(error);
        for (const job of call.jobs) suspects.add(job.key);
        reject(new CallLost("node", error.message));
      },
    };
    queue.push(workerCall);
    try {
      pump();
      await promise;
    } finally {
      watch.end();
      const at = queue.indexOf(workerCall);
      if (at >= 0) queue.splice(at, 1);
      progressed = true;
    }
  }

  function receive(
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
        reject(ruleChangedError(call.rule, message.error));
        break;
      case "crashed":
        reject(withoutStack(message.error));
        break;
      case "begun":
        progressed = true;
        loaded = true;
        watch.begin();
        events.begun?.();
        break;
      case "warned":
        events.warned?.(message.order, message.text);
        break;
      case "done":
        watch.settle(message.order);
        events.done(message.order, message.report);
        break;
      case "failed":
        watch.settle(message.order);
        events.failed(message.order, message.error, message.failure);
        break;
      default:
    }
  }

  const endAll = async () => {
    cancelled = true;
    clearInterval(rescueTimer);
    for (const workerCall of queue.splice(0)) workerCall.died(new Error("Cancelled."), false);
    await Promise.all([...handles].map((handle) => handle.end()));
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

/**
 * Ends a call that takes too long. If jobs run in turn, each has its own time limit, and the running one is to blame. A
 * batch body has the sum of its jobs' time limits, and no single job is to blame.
 */
export interface Watchdog {
  /** The body is called. */
  begin(): void;
  /** The runner has reported the end of a job. */
  settle(order: number): void;
  end(): void;
}

/** `overdue` is called once, when the time is over. */
function watchdog(call: CallSpec, events: CallEvents, overdue: (error: Error) => void): Watchdog {
  const { timeout, together, jobs } = call;
  const open = new Set(jobs.map((job) => job.order));
  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    if (timeout === undefined) return;
    clearTimeout(timer);
    timer = setTimeout(bark, (together ? timeout * jobs.length : timeout) * 1_000);
  };
  const bark = () => {
    const error = new AttemptError(timeoutMessage(timeout!), { reason: "timeout" });
    const [current] = open;
    if (!together && current !== undefined) events.failed(current, error.message, error.failure);
    overdue(error);
  };
  return {
    begin: watch,
    settle(order) {
      open.delete(order);
      if (!together) watch();
    },
    end: () => clearTimeout(timer),
  };
}
