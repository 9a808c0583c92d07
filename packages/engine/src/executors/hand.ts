/** A worker thread and the calls that it is at: several, where their bodies wait for something. */
import { Worker } from "node:worker_threads";
import type { CallSpec, JobReport } from "../calls/executor.ts";
import { cannot } from "../errors.ts";
import { startThreadsWithRoom } from "../young-generation.ts";
import { compileCache } from "./compile-cache.ts";

export interface WorkerData {
  readonly workflow: string;
  readonly resolved: unknown;
  /** One Int32: 1 once the run was asked to end. */
  readonly stop: SharedArrayBuffer;
}

/** What a worker is sent. */
export type Order =
  | {
      readonly kind: "call";
      readonly turn: number;
      readonly call: CallSpec;
      /** One Int32: 1 once the worker has begun, or the engine has taken the call back. */
      readonly claim: SharedArrayBuffer;
    }
  /** Answered at once, unless a body holds the thread. */
  | { readonly kind: "ping" };

/** What a worker says of a call. */
export type CallMessage =
  /** The workflow is loaded and the body is called. */
  | { readonly kind: "begun" }
  /** The body waits for something: the thread is free for another call. */
  | { readonly kind: "waits" }
  | { readonly kind: "done"; readonly order: number; readonly report: JobReport | undefined }
  | { readonly kind: "failed"; readonly order: number; readonly error: string }
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

/** What a worker posts. */
export type WorkerMessage =
  | (CallMessage & { readonly turn: number })
  /** An error of a body that had ended. */
  | { readonly kind: "stray"; readonly text: string }
  | { readonly kind: "pong" };

/** A call on its way through a worker. */
export interface Turn {
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

export interface Hand {
  readonly turns: Map<number, Turn>;
  /** It has been sent a call of which nobody knows yet whether it waits; since when, in ms. */
  since: number | null;
  /** Its workflow is loaded. */
  loaded: boolean;
  /** It gets no further call, and ends with the last that it has. */
  retiring: boolean;
  send(turn: Turn): void;
  /** Resolves to whether it answers in time. */
  ping(): Promise<boolean>;
  end(): Promise<unknown>;
}

export interface HandOptions {
  readonly data: WorkerData;
  /** It may be sent another call. */
  freed(): void;
  warn(text: string): void;
  /** It cannot load the workflow; its calls have not begun. */
  unloadable(error: string): void;
  /** Why a thread that says nothing of it has ended. */
  reason(code: number): Error;
  gone(hand: Hand): void;
}

const script = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);

/** After these a thread is done with a call. */
const endings: ReadonlySet<CallMessage["kind"]> = new Set(["over", "crashed", "changed"]);

/** ms that a thread has for its answer. */
const patience = 1_000;

export function hire({ data, freed, warn, unloadable, reason, gone }: HandOptions): Hand {
  const worker = startWorker(data);
  const turns = new Map<number, Turn>();
  const pings = new Set<(alive: boolean) => void>();
  const answered = (alive: boolean) => {
    for (const answer of pings) answer(alive);
    pings.clear();
  };
  const post = (order: Order) => worker.postMessage(order);
  let fault: Error | undefined;
  let ending: Promise<unknown> | undefined;
  const hand: Hand = {
    turns,
    since: null,
    loaded: false,
    retiring: false,
    send(turn) {
      const claim = new SharedArrayBuffer(4);
      turn.claim = new Int32Array(claim);
      turns.set(turn.id, turn);
      hand.since = performance.now();
      worker.ref();
      post({ kind: "call", turn: turn.id, call: turn.call, claim });
    },
    ping() {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      pings.add(resolve);
      setTimeout(resolve, patience, false).unref();
      post({ kind: "ping" });
      return promise;
    },
    // Asked for by each of its calls, perhaps.
    end: () => (ending ??= worker.terminate()),
  };
  function heard(message: CallMessage & { readonly turn: number }): void {
    if (message.kind === "unloadable") {
      unloadable(message.error);
      return;
    }
    const turn = turns.get(message.turn);
    const over = endings.has(message.kind);
    if (message.kind === "begun" || message.kind === "changed") hand.loaded = true;
    if (over) turns.delete(message.turn);
    turn?.message(message);
    // An idle thread keeps nobody waiting: a body beside it that waits for what cannot come is seen. The end of one that
    // was asked to end, perhaps because of this message, is waited for.
    if (turns.size === 0 && ending === undefined) worker.unref();
    if (over && hand.retiring && turns.size === 0) void hand.end();
    if (!over && message.kind !== "waits" && message.kind !== "declined") return;
    hand.since = null;
    freed();
  }

  worker
    .on("message", (message: WorkerMessage) => {
      if (message.kind === "stray") warn(message.text);
      else if (message.kind === "pong") answered(true);
      else heard(message);
    })
    .on("error", (error) => {
      fault = error instanceof Error ? told(error) : new Error(String(error));
    })
    .on("exit", (code) => {
      answered(false);
      gone(hand);
      const error = fault ?? reason(code);
      for (const turn of turns.values()) turn.died(error, turns.size > 1 || hand.retiring);
    });
  return hand;
}

/** Node's own words for a full heap name no way out. */
function told(error: Error): Error {
  if ((error as NodeJS.ErrnoException).code !== "ERR_WORKER_OUT_OF_MEMORY") return error;
  const way =
    "let the body use less memory, or raise the limit (in MB) with NODE_OPTIONS=--max-old-space-size=8000";
  const full = new Error(
    `The worker thread ended because it ran out of memory for JavaScript objects; ${way}.`,
  );
  // Not one of the engine's own errors, which end a run: other jobs go on.
  delete full.stack;
  return full;
}

function startWorker(data: WorkerData): Worker {
  startThreadsWithRoom();
  try {
    return new Worker(script, { workerData: data, env: { ...process.env, ...compileCache() } });
  } catch (error) {
    if ((error as Error).name !== "DataCloneError") throw error;
    throw cannot("start a worker thread", "", "the resolved config cannot be sent to it", {
      facts: [["reason", (error as Error).message]],
      hint: "What `resolve` returns is plain data: no functions, no class instances.",
    });
  }
}
