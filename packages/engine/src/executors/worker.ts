/** The inside of a worker thread: loads the workflow once, then runs the calls that it is sent. */
import { parentPort, workerData } from "node:worker_threads";
import { captureOutput, watchBodies } from "../calls/bodies.ts";
import type { CallSpec } from "../calls/executor.ts";
import { runCall } from "../calls/runner.ts";
import { messageOf } from "../errors.ts";
import { type LoadedRules, loadErrorText, loadRules, ruleChange } from "./loaded-rules.ts";
import type { CallMessage, WorkerData, WorkerMessage, WorkerRequest } from "./worker-handle.ts";

const { workflow, resolved, stop } = workerData as WorkerData;
const flag = new Int32Array(stop);
const post = (message: WorkerMessage) => parentPort!.postMessage(message);

// Between the lines of the run's progress, what the workflow itself prints would come once per thread.
captureOutput("drop");
watchBodies({
  late: (text) => post({ kind: "stray", text }),
  other(error) {
    throw error;
  },
});

const loading = loadRules(workflow, resolved);
loading.catch(() => {});

/** ms of CPU of this thread, on a Node that can tell. */
const threadCpu =
  typeof process.threadCpuUsage === "function"
    ? () => {
        const { user, system } = process.threadCpuUsage();
        return (user + system) / 1_000;
      }
    : () => undefined;

/** Calls under way, and whether each was the only one all the time. */
const running = new Map<number, { alone: boolean }>();

/**
 * A thread that waits for calls alone never comes to its end, and nobody would see that a body in it waits for what
 * cannot come: while bodies are at work, it is they who keep it.
 */
function keepAlive(): void {
  if (running.size === 0) parentPort!.ref();
  else parentPort!.unref();
}
// The body was blamed just now (calls/bodies.ts): the thread goes on.
process.on("beforeExit", () => parentPort!.ref());

async function runWorkerCall(id: number, call: CallSpec): Promise<void> {
  const say = (message: CallMessage) => post({ ...message, id });
  let rules: LoadedRules;
  try {
    rules = await loading;
  } catch (error) {
    return say({ kind: "unloadable", error: loadErrorText(error) });
  }
  const change = ruleChange(rules, call);
  if (change !== null) return say({ kind: "changed", error: change });
  const state = { alone: running.size === 0 };
  for (const other of running.values()) other.alone = false;
  running.set(id, state);
  keepAlive();
  try {
    say({ kind: "begun" });
    const over = runCall(
      rules.get(call.rule)!.spec,
      call,
      {
        done(order, report) {
          say({ kind: "done", order, report });
          keepAlive();
        },
        failed(order, error, failure) {
          say({ kind: "failed", order, error, failure });
          keepAlive();
        },
        warned: (order, text) => say({ kind: "warned", order, text }),
      },
      {
        stopping: () => Atomics.load(flag, 0) === 1,
        cpu: () => (state.alone ? threadCpu() : undefined),
      },
    );
    setImmediate(() => running.has(id) && say({ kind: "waits" }));
    await over;
    say({ kind: "over" });
  } catch (error) {
    say({ kind: "crashed", error: messageOf(error) });
  } finally {
    running.delete(id);
    keepAlive();
  }
}

parentPort!.on("message", (request: WorkerRequest) => {
  if (request.kind === "ping") post({ kind: "pong" });
  else if (Atomics.compareExchange(new Int32Array(request.claim), 0, 0, 1) === 0)
    void runWorkerCall(request.id, request.call);
  else post({ kind: "declined", id: request.id });
});
