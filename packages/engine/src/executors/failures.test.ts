/** Why a job failed, as far as executors on this machine can know. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import type { Executor } from "../calls/executor.ts";
import { type Failure, failureOf } from "../rules/retries.ts";
import { type AnyRule, rule } from "../rules/rule.ts";
import { callOf, folder, url } from "../testing/odd-calls.ts";
import { inProcess } from "./in-process.ts";
import { explainFullHeap } from "./worker-handle.ts";
import { workers } from "./workers.ts";

let executor: Executor;
afterEach(() => executor.close());

/** The reasons of the jobs of a call, or why all of it ended. */
async function failuresIn(call: ReturnType<typeof callOf>): Promise<(Failure | undefined)[]> {
  const failures: (Failure | undefined)[] = [];
  const events = {
    done() {},
    failed: (_: number, _error: string, failure?: Failure) => failures.push(failure),
  };
  await executor.run(call, events).catch((error) => failures.push(failureOf(error)));
  return failures;
}

async function failureOfRule(spec: object, timeout?: number): Promise<Failure | undefined> {
  const made = { ...rule({ output: "out" }), ...spec } as AnyRule;
  executor = inProcess({ fine: made }, 1);
  const call = { ...callOf("fine", 1, timeout), together: made.runBatch !== undefined };
  const [failure] = await failuresIn({ ...call, program: made.run === undefined });
  return failure;
}

test("a command has failed with its exit code, at its time limit, or for a reason that nobody knows", async () => {
  expect(await failureOfRule({ shell: "exit 75" })).toEqual({ reason: "exit", exitCode: 75 });
  expect(await failureOfRule({ shell: "sleep 60" }, 0.2)).toEqual({ reason: "timeout" });
  // The exit code of a shell whose program was killed: for lack of memory, or by a person.
  expect(await failureOfRule({ shell: "bash -c 'kill -KILL $$'; exit" })).toEqual({
    reason: "exit",
    exitCode: 137,
  });
});

test.skipIf(spawnSync("python3", ["--version"]).status !== 0)(
  "a script has failed with its exit code, for lack of memory, or at its time limit",
  async () => {
    const script = join(folder, "fails.py");
    const failing = async (text: string, timeout?: number) => {
      writeFileSync(script, text);
      return failureOfRule({ script }, timeout);
    };
    expect(await failing("import sys; sys.exit(75)")).toEqual({ reason: "exit", exitCode: 75 });
    expect(await failing("1 / 0")).toEqual({ reason: "exit", exitCode: 1 });
    expect(await failing("bytearray(1 << 60)")).toEqual({ reason: "oom" });
    expect(await failing("class OutOfMemoryError(Exception): pass\nraise OutOfMemoryError('CUDA')")).toEqual({
      reason: "oom",
    });
    expect(await failing("raise ValueError('MemoryError')")).toEqual({ reason: "exit", exitCode: 1 });
    expect(await failing("import os; os.kill(os.getpid(), 9)")).toEqual({ reason: "other" });
    expect(await failing("import time; time.sleep(60)", 1)).toEqual({ reason: "timeout" });
  },
);

test("a body has failed with the exit code of its process, at its time limit, or for a reason of its own", async () => {
  const child = () => {
    const { status, signal } = spawnSync("bash", ["-c", "exit 75"]);
    throw Object.assign(new Error("it failed"), { status, signal });
  };
  expect(await failureOfRule({ run: child })).toEqual({ reason: "exit", exitCode: 75 });
  const runBatch = (batch: readonly { fail(error: unknown): void }[]) => {
    for (const job of batch) job.fail(new RangeError("Array buffer allocation failed"));
  };
  expect(await failureOfRule({ runBatch })).toEqual({ reason: "oom" });
  expect(await failureOfRule({ run: () => new Promise(() => {}) }, 0.1)).toEqual({ reason: "timeout" });
  expect(
    await failureOfRule({
      run: () => {
        throw new Error("its own");
      },
    }),
  ).toEqual({ reason: "other" });
});

test("a worker thread tells the same", async () => {
  executor = workers(url, undefined);
  expect(await failuresIn(callOf("throws", 3))).toEqual([{ reason: "other" }]);
  expect(await failuresIn(callOf("spins", 2, 0.3))).toContainEqual({ reason: "timeout" });
  expect(await failuresIn(callOf("dies", 2))).toEqual([{ reason: "exit", exitCode: 7 }]);
  expect(await failuresIn(callOf("hangsTogether", 1, 0.3))).toContainEqual({ reason: "timeout" });
});

test("a thread that ran out of memory for its objects says so", async () => {
  executor = inProcess({}, 1);
  const worker = new Worker("const all = []; for (;;) all.push(new Array(1000).fill({}));", {
    eval: true,
    resourceLimits: { maxOldGenerationSizeMb: 8 },
  });
  const [error] = await once(worker, "error").catch((thrown) => [thrown]);
  expect(failureOf(explainFullHeap(error))).toEqual({ reason: "oom" });
});
