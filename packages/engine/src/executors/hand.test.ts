/** A worker thread that is asked to end. */
import type { EventEmitter } from "node:events";
import { expect, test, vi } from "vitest";
import { hire, type Turn, type WorkerData } from "./hand.ts";

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
  const reason = () => new Error("ended");
  const hand = hire({ data, freed: nothing, warn: nothing, unloadable: nothing, reason, gone: nothing });
  hand.send({ id: 1, message: nothing, died: nothing } as unknown as Turn);
  const ended = hand.end();
  threads[0]!.emit("message", { kind: "over", turn: 1 });
  expect(told.at(-1)).toBe("ref");
  threads[0]!.emit("exit", 1);
  await ended;
});
