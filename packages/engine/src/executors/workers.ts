/**
 * Runs bodies in worker threads of this process, one call each; threads start when first needed.
 *
 * A worker imports the workflow file by its URL, calls `rules()` on the resolved config and looks the
 * call's rule up by name. A worker that dies takes only its call with it.
 */
import { Worker } from "node:worker_threads";
import type { CallEvents, CallSpec, Executor } from "../calls/executor.ts";
import { type BraidError, cannot } from "../errors.ts";
import { type Cost, costOf } from "../shell/cost.ts";
import { tooLong } from "../shell/server.ts";

export interface WorkerData {
  readonly workflow: string;
  readonly resolved: unknown;
  /** One Int32: 1 once the run was asked to end. */
  readonly stop: SharedArrayBuffer;
}

/** What a worker posts. */
export type WorkerMessage =
  /** The workflow is loaded and the body is called. */
  | { readonly kind: "begun" }
  | ({ readonly kind: "done"; readonly order: number } & Cost)
  | { readonly kind: "failed"; readonly order: number; readonly error: string }
  | { readonly kind: "warned"; readonly order: number; readonly text: string }
  | { readonly kind: "over" }
  /** An error of a body that had ended. */
  | { readonly kind: "stray"; readonly text: string }
  /** The workflow could not be loaded, or is not the same there. */
  | { readonly kind: "broken"; readonly error: string };

/** A worker thread, and what hears from it while it has a call. */
interface Hand {
  readonly worker: Worker;
  listener: Listener | null;
}

interface Listener {
  message(message: Exclude<WorkerMessage, { kind: "stray" }>): void;
  died(error: Error): void;
}

/** `warn` is told of errors of bodies that have ended. */
export function workers(
  workflow: string,
  resolved: unknown,
  warn: (text: string) => void = (text) => void process.stderr.write(`${text}\n`),
): Executor {
  const stop = new SharedArrayBuffer(4);
  const idle = new Set<Hand>();
  const all = new Set<Hand>();
  const script = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);
  let cancelled = false;

  function hire(): Hand {
    const hand: Hand = { worker: startWorker(script, { workflow, resolved, stop }), listener: null };
    let fault: Error | undefined;
    all.add(hand);
    hand.worker
      .on("message", (message: WorkerMessage) => {
        if (message.kind === "stray") warn(message.text);
        else hand.listener?.message(message);
      })
      .on("error", (error) => {
        fault = error instanceof Error ? error : new Error(String(error));
      })
      .on("exit", (code) => {
        all.delete(hand);
        idle.delete(hand);
        const end = cancelled ? "Cancelled." : ended(code);
        hand.listener?.died(fault ?? withoutStack(end));
      });
    return hand;
  }

  async function run(call: CallSpec, events: CallEvents): Promise<void> {
    if (cancelled) throw new Error("Cancelled.");
    const [free] = idle;
    const hand = free ?? hire();
    idle.delete(hand);
    const watch = watchdog(call, events, () => void hand.worker.terminate());
    try {
      return await new Promise<void>((resolve, reject) => {
        hand.listener = {
          died: (error) => reject(watch.overdue() ?? error),
          message(message) {
            if (message.kind === "over") {
              idle.add(hand);
              resolve();
            } else if (message.kind === "broken") reject(broken(message.error));
            else if (message.kind === "begun") watch.begun();
            else if (message.kind === "warned") events.warned?.(message.order, message.text);
            else {
              watch.reported(message.order);
              if (message.kind === "done") events.done(message.order, costOf(message));
              else events.failed(message.order, message.error);
            }
          },
        };
        hand.worker.postMessage(call);
      });
    } finally {
      watch.end();
      hand.listener = null;
    }
  }

  const terminateAll = async () => {
    cancelled = true;
    await Promise.all([...all].map(({ worker }) => worker.terminate()));
  };
  return {
    name: "workers",
    run,
    stop: () => void Atomics.store(new Int32Array(stop), 0, 1),
    cancel: () => void terminateAll(),
    close: terminateAll,
  };
}

/**
 * Ends a call that takes too long. Jobs run in turn have each their time, and the one at work is the one to
 * blame; a batch body has the time of all its jobs, and nobody can say which of them is slow.
 */
function watchdog(call: CallSpec, events: CallEvents, kill: () => void) {
  const { timeout, together, jobs } = call;
  const open = new Set(jobs.map((job) => job.order));
  let timer: NodeJS.Timeout | undefined;
  let overdue: Error | undefined;
  const watch = () => {
    if (timeout === undefined) return;
    clearTimeout(timer);
    timer = setTimeout(bark, (together ? timeout * jobs.length : timeout) * 1_000);
  };
  const bark = () => {
    overdue = new Error(tooLong(timeout!));
    const [current] = open;
    if (!together && current !== undefined) events.failed(current, overdue.message);
    kill();
  };
  return {
    begun: watch,
    reported(order: number) {
      open.delete(order);
      if (!together) watch();
    },
    end: () => clearTimeout(timer),
    overdue: () => overdue,
  };
}

function startWorker(script: URL, data: WorkerData): Worker {
  try {
    return new Worker(script, { workerData: data });
  } catch (error) {
    if ((error as Error).name !== "DataCloneError") throw error;
    throw cannot("start a worker thread", "", "the resolved config cannot be sent to it", {
      facts: [["reason", (error as Error).message]],
      hint: "What `resolve` returns is plain data: no functions, no class instances.",
    });
  }
}

function ended(code: number): string {
  return `The worker thread ended (exit code ${code}).`;
}

/** Where the engine stood says nothing about the body. */
function withoutStack(text: string): Error {
  const error = new Error(text);
  delete error.stack;
  return error;
}

function broken(reason: string): BraidError {
  return cannot("load the workflow", "", "it does not load in a worker thread", {
    facts: [["reason", reason]],
  });
}
