/**
 * The engine's side of a worker thread: starts it, sends it calls and passes on what it reports. A thread has several
 * calls if their bodies wait for something.
 */
import { Worker } from "node:worker_threads";
import type { CallSpec, JobReport } from "../calls/executor.ts";
import { compileCache } from "../calls/node-program.ts";
import { cannot } from "../errors.ts";
import { AttemptError, type Failure } from "../rules/retries.ts";
import { enlargeYoungGenerationOfThreads } from "../young-generation.ts";

export interface WorkerData {
  readonly workflow: string;
  readonly resolved: unknown;
  /** One Int32: 1 once the run was asked to end. */
  readonly stop: SharedArrayBuffer;
}

/** A message to a worker. */
export type WorkerRequest =
  | {
      readonly kind: "call";
      readonly id: number;
      readonly call: CallSpec;
      /** One Int32: 1 once the worker has begun, or the engine has taken the call back. */
      readonly claim: SharedArrayBuffer;
    }
  /** Answered at once, unless a body holds the thread. */
  | { readonly kind: "ping" };

/** What a worker reports about a call. */
export type CallMessage =
  /** The workflow is loaded and the body is called. */
  | { readonly kind: "begun" }
  /** The body waits for something: the thread is free for another call. */
  | { readonly kind: "waits" }
  | { readonly kind: "done"; readonly order: number; readonly report: JobReport | undefined }
  | {
      readonly kind: "failed";
      readonly order: number;
      readonly error: string;
      readonly failure: Failure | undefined;
    }
  | { readonly kind: "warned"; readonly order: number; readonly text: string }
  | { readonly kind: "over" }
  /** It was taken back before it could begin. */
  | { readonly kind: "declined" }
  /** The engine's own work on it failed: its log cannot be written, say. */
  | { readonly kind: "crashed"; readonly error: string }
  /** The call's rule is not what the run began with. */
  | { readonly kind: "changed"; readonly error: string }
  /** The workflow does not load: the worker is of no use for any call. */
  | { readonly kind: "unloadable"; readonly error: string };

/** A message from a worker. */
export type WorkerMessage =
  | (CallMessage & { readonly id: number })
  /** An error of a body that had ended. */
  | { readonly kind: "stray"; readonly text: string }
  | { readonly kind: "pong" };

/** A call that waits for a worker or runs in one. */
export interface WorkerCall {
  readonly id: number;
  readonly call: CallSpec;
  /** It has a thread for itself: it ended one before, perhaps. */
  readonly alone: boolean;
  /** A new one each time that it is sent. */
  claim: Int32Array;
  message(message: CallMessage): void;
  /** Its thread is gone; `others` were in it too. */
  died(error: Error, others: boolean): void;
}

export interface WorkerHandle {
  readonly calls: Map<number, WorkerCall>;
  /** It has been sent a call of which nobody knows yet whether it waits; since when, in ms. */
  since: number | null;
  /** Its workflow is loaded. */
  loaded: boolean;
  /** It gets no further call, and ends with the last that it has. */
  retiring: boolean;
  send(workerCall: WorkerCall): void;
  /** Resolves to whether it answers in time. */
  ping(): Promise<boolean>;
  end(): Promise<unknown>;
}

export interface WorkerHandleOptions {
  readonly data: WorkerData;
  /** It may be sent another call. */
  onFree(): void;
  warn(text: string): void;
  /** It cannot load the workflow; its calls have not begun. */
  onLoadError(error: string): void;
  /** Why a thread ended, if it reported no error. */
  exitError(code: number): Error;
  onExit(handle: WorkerHandle): void;
}

const script = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);

/** The messages after which a thread is done with a call. */
const endings: ReadonlySet<CallMessage["kind"]> = new Set(["over", "crashed", "changed"]);

/** ms in which a thread must answer a ping. */
const pingTimeout = 1_000;

export function startWorker({
  data,
  onFree,
  warn,
  onLoadError,
  exitError,
  onExit,
}: WorkerHandleOptions): WorkerHandle {
  const worker = newWorker(data);
  const calls = new Map<number, WorkerCall>();
  const pings = new Set<(alive: boolean) => void>();
  const answerPings = (alive: boolean) => {
    for (const answer of pings) answer(alive);
    pings.clear();
  };
  const post = (request: WorkerRequest) => worker.postMessage(request);
  let fault: Error | undefined;
  let ending: Promise<unknown> | undefined;
  const handle: WorkerHandle = {
    calls,
    since: null,
    loaded: false,
    retiring: false,
    send(workerCall) {
      const claim = new SharedArrayBuffer(4);
      workerCall.claim = new Int32Array(claim);
      calls.set(workerCall.id, workerCall);
      handle.since = performance.now();
      worker.ref();
      post({ kind: "call", id: workerCall.id, call: workerCall.call, claim });
    },
    ping() {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      pings.add(resolve);
      setTimeout(resolve, pingTimeout, false).unref();
      post({ kind: "ping" });
      return promise;
    },
    // Asked for by each of its calls, perhaps.
    end: () => (ending ??= worker.terminate()),
  };
  function receive(message: CallMessage & { readonly id: number }): void {
    if (message.kind === "unloadable") {
      onLoadError(message.error);
      return;
    }
    const workerCall = calls.get(message.id);
    const over = endings.has(message.kind);
    if (message.kind === "begun" || message.kind === "changed") handle.loaded = true;
    if (over) calls.delete(message.id);
    workerCall?.message(message);
    // An idle thread keeps nobody waiting: a body beside it that waits for what cannot come is seen. The end of one that
    // was asked to end, perhaps because of this message, is waited for.
    if (calls.size === 0 && ending === undefined) worker.unref();
    if (over && handle.retiring && calls.size === 0) void handle.end();
    if (!over && message.kind !== "waits" && message.kind !== "declined") return;
    handle.since = null;
    onFree();
  }

  worker
    .on("message", (message: WorkerMessage) => {
      if (message.kind === "stray") warn(message.text);
      else if (message.kind === "pong") answerPings(true);
      else receive(message);
    })
    .on("error", (error) => {
      fault = error instanceof Error ? explainFullHeap(error) : new Error(String(error));
    })
    .on("exit", (code) => {
      answerPings(false);
      onExit(handle);
      const error = fault ?? exitError(code);
      for (const workerCall of calls.values()) workerCall.died(error, calls.size > 1 || handle.retiring);
    });
  return handle;
}

/** Node's own message for a full heap does not say what to do. */
export function explainFullHeap(error: Error): Error {
  if ((error as NodeJS.ErrnoException).code !== "ERR_WORKER_OUT_OF_MEMORY") return error;
  const way =
    "let the body use less memory, or raise the limit (in MB) with NODE_OPTIONS=--max-old-space-size=8000";
  // Not one of the engine's own errors, which end a run: other jobs go on.
  return new AttemptError(
    `The worker thread ended because it ran out of memory for JavaScript objects; ${way}.`,
    { reason: "oom" },
  );
}

function newWorker(data: WorkerData): Worker {
  enlargeYoungGenerationOfThreads();
  try {
    return new Worker(script, { workerData: data, env: { ...process.env, ...compileCache() } });
  } catch (error) {
    if ((error as Error).name !== "DataCloneError") throw error;
    throw cannot("start a worker thread", "", "the resolved config cannot be sent to it", {
      facts: [["reason", (error as Error).message]],
      hint: "`resolve` must return plain data: no functions, no class instances.",
    });
  }
}
