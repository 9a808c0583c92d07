/** A worker thread that is asked to end. */
import type { EventEmitter } from "node:events";
import { expect, test, vi } from "vitest";
import { startWorker, type WorkerCall, type WorkerData } from "./worker-handle.ts";

const { told, threads } = vi.hoisted(() => ({ told: [] as string[], threads: [] as EventEmitter[] }));

vi.mock("node:worker_threads", async (original) => {
  const { EventEmitter: Events } = await import("node:events");
  class Worker extends Events {
    constructor() {
      super();
      threads.push(this);
    }
    ref() {
      told.push("ref");
    }
    unref() {
      told.push("unref");
    }
    postMessage() {}
    terminate() {
      // As Node does.
      this.ref();
      return new Promise((resolve) => this.once("exit", resolve));
    }
  }
  return { ...(await original<typeof import("node:worker_threads")>()), Worker };
});

test("the end of a thread is waited for, also if its last call ends meanwhile", async () => {
  const nothing = () => {};
  const data = {} as WorkerData;
  const exitError = () => new Error("ended");
  const handle = startWorker({
    data,
    onFree: nothing,
    warn: nothing,
    onLoadError: nothing,
    exitError,
    onExit: nothing,
  });
  handle.send({ id: 1, message: nothing, died: nothing } as unknown as WorkerCall);
  const ended = handle.end();
  threads[0]!.emit("message", { kind: "over", id: 1 });
  expect(told.at(-1)).toBe("ref");
  threads[0]!.emit("exit", 1);
  await ended;
});
