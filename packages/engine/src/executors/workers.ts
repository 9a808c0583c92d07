/**
 * Runs bodies in worker threads of this process, one call each; threads start when first needed.
 *
 * A worker imports the workflow file by its URL, calls `rules()` on the resolved config and looks the
 * call's rule up by name. A worker that dies takes only its call with it.
 */
import { Worker } from "node:worker_threads";
import type { CallEvents, CallSpec, Executor } from "../executor.ts";

export interface WorkerData {
  readonly workflow: string;
  readonly resolved: unknown;
  /** One Int32: 1 once the run was asked to end. */
  readonly stop: SharedArrayBuffer;
}

/** What a worker posts. */
export type WorkerMessage =
  | { readonly kind: "done"; readonly order: number }
  | { readonly kind: "failed"; readonly order: number; readonly error: string }
  | { readonly kind: "over" }
  /** The workflow could not be loaded. */
  | { readonly kind: "broken"; readonly error: string };

export function workers(workflow: string, resolved: unknown): Executor {
  const stop = new SharedArrayBuffer(4);
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const script = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);
  let closing = false;

  function hire(): Worker {
    const worker = new Worker(script, { workerData: { workflow, resolved, stop } satisfies WorkerData });
    all.add(worker);
    worker.on("exit", () => all.delete(worker));
    return worker;
  }

  function run(call: CallSpec, events: CallEvents): Promise<void> {
    const worker = idle.pop() ?? hire();
    const open = call.jobs.map((job) => job.order);
    let timer: NodeJS.Timeout | undefined;
    return new Promise<void>((resolve, reject) => {
      const watch = () => {
        clearTimeout(timer);
        if (call.timeout === undefined) return;
        timer = setTimeout(() => {
          const current = open[0];
          if (current !== undefined) events.failed(current, `The job took longer than ${call.timeout} s.`);
          void worker.terminate();
        }, call.timeout * 1_000);
      };
      const leave = () => {
        clearTimeout(timer);
        worker.removeAllListeners("message").removeAllListeners("error");
        worker.off("exit", died);
      };
      let fault: string | undefined;
      const died = (code: number) => {
        leave();
        reject(new Error(fault ?? (closing ? "Cancelled." : `The worker thread ended (exit code ${code}).`)));
      };
      worker.on("exit", died);
      worker.on("error", (error) => {
        fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
      });
      worker.on("message", (message: WorkerMessage) => {
        if (message.kind === "over") {
          leave();
          idle.push(worker);
          resolve();
        } else if (message.kind === "broken") {
          leave();
          reject(new Error(message.error));
        } else {
          open.splice(open.indexOf(message.order), 1);
          watch();
          if (message.kind === "done") events.done(message.order);
          else events.failed(message.order, message.error);
        }
      });
      watch();
      worker.postMessage(call);
    });
  }

  const terminateAll = async () => {
    closing = true;
    await Promise.all([...all].map((worker) => worker.terminate()));
  };
  return {
    name: "workers",
    run,
    stop: () => void Atomics.store(new Int32Array(stop), 0, 1),
    cancel: () => void terminateAll(),
    close: terminateAll,
  };
}
