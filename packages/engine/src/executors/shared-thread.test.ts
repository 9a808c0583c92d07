/** What a worker thread does with several calls at once: bodies that wait share it, one that holds it gets company. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { CallSpec, Executor } from "../calls/executor.ts";
import { callOf, end, folder, logOf, url } from "../testing/odd-calls.ts";
import { type WorkersOptions, workers } from "./workers.ts";

describe("one worker thread", () => {
  let executor: Executor;
  afterEach(() => executor.close());
  const threadOf = (call: CallSpec) => readFileSync(join(folder, `${call.id}-1`), "utf8");
  const one = (options: WorkersOptions = {}) => {
    executor = workers(url, undefined, { threads: 1, ...options });
    return (call: CallSpec) => end(executor, call);
  };

  test("is shared by bodies that wait, and each prints into its own log", async () => {
    const run = one();
    const calls = [callOf("meets", 1), callOf("meets", 1), callOf("meets", 1)];
    for (const { done } of await Promise.all(calls.map(run))) expect(done).toEqual([1]);
    expect(new Set(calls.map(threadOf)).size).toBe(1);
    for (const call of calls) {
      const path = join(folder, `${call.id}-1`);
      expect(logOf(call)).toBe(`came to ${path}\nleaves ${path}\n`);
    }
  });

  test("tells no CPU time of a body that shared it", async () => {
    one();
    const costs: unknown[] = [];
    const events = { done: (_: number, cost: unknown) => void costs.push(cost), failed: () => {} };
    await Promise.all(
      [callOf("waitsLong", 1), callOf("waitsLong", 1)].map((call) => executor.run(call, events)),
    );
    const times = { start: expect.any(Number), end: expect.any(Number) };
    expect(costs).toEqual([times, times]);
  });

  test("that a body holds gets company: what waits behind it is not lost", async () => {
    const run = one();
    const calls = [callOf("holds", 1), callOf("fine", 1), callOf("letsGo", 1)];
    for (const { done } of await Promise.all(calls.map(run))) expect(done).toEqual([1]);
    expect(threadOf(calls[2]!)).not.toBe(threadOf(calls[0]!));
  });

  test("gets no more company than was asked for: what waits begins when a body has ended", async () => {
    const run = one({ most: 2 });
    rmSync(join(folder, "let-go"), { force: true });
    let begun = 0;
    const calls = [1, 2, 3, 4].map(() => callOf("holds", 1));
    const ended = calls.map((call) =>
      executor.run(call, { begun: () => void begun++, done: () => {}, failed: () => {} }),
    );
    await vi.waitFor(() => expect(begun).toBe(2), 10_000);
    // Time enough for a look at those that wait, and for another thread to start.
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(begun).toBe(2);
    writeFileSync(join(folder, "let-go"), "");
    await Promise.all(ended);
    expect(new Set(calls.map(threadOf)).size).toBe(2);
    expect(await run(callOf("fine", 1))).toMatchObject({ done: [1] });
  });

  test("fails the bodies that wait for what cannot come, in turn or beside others, and goes on", async () => {
    const run = one();
    const stuck = "its body awaits a promise that can never settle";
    const failed = (rule: string, n: number) => [n, `Cannot finish "${rule} (n=${n})": ${stuck}`];
    const [inTurn, together, beside] = await Promise.all(
      [callOf("stuck", 3), callOf("stuckTogether", 1), callOf("waitsLong", 1)].map(run),
    );
    expect(inTurn).toEqual({ done: [2], failed: [failed("stuck", 1), failed("stuck", 3)], error: undefined });
    expect(together!.failed).toEqual([failed("stuckTogether", 1)]);
    expect(beside!.done).toEqual([1]);
    expect(await run(callOf("fine", 1))).toMatchObject({ done: [1] });
    expect((await run(callOf("stuck", 1))).failed).toHaveLength(1);
  });

  test("stays alone where there is no memory, and says so", async () => {
    const { promise: warned, resolve } = Promise.withResolvers<string>();
    const run = one({ hasRoom: () => false, warn: resolve });
    rmSync(join(folder, "let-go"), { force: true });
    const ended = [callOf("holds", 1), callOf("fine", 1)].map(run);
    expect(await warned).toContain("There is only memory for 1 worker thread; 1 call must wait.");
    writeFileSync(join(folder, "let-go"), "");
    for (const { done } of await Promise.all(ended)) expect(done).toEqual([1]);
  });

  test("whose body waits too long keeps the others, and is then given up", async () => {
    const run = one();
    const [slow, other] = [callOf("hangsTogether", 1, 0.2), callOf("waitsLong", 1)];
    const [hung, waited] = await Promise.all([slow, other].map(run));
    expect(hung!.error).toBe("The job took longer than its timeout of 0.2 s.");
    expect(waited!.done).toEqual([1]);
    const next = callOf("waitsLong", 1);
    await run(next);
    expect(threadOf(next)).not.toBe(threadOf(other));
  });

  test("that hangs at a timeout is ended, and what was beside goes back without blame", async () => {
    one();
    const errors = await Promise.allSettled(
      [callOf("waitsThenSpins", 1, 0.3), callOf("hangsTogether", 1)].map((call) =>
        executor.run(call, { done: () => {}, failed: () => {} }),
      ),
    );
    expect(errors[1]).toMatchObject({ status: "rejected", reason: { kind: "node" } });
  });

  test("that dies gives its calls back, and each shows by itself whether it was to blame", async () => {
    one();
    const events = { done: () => {}, failed: () => {} };
    const calls = [callOf("waitsThenDies", 1), callOf("waitsLong", 1)] as const;
    for (const ended of await Promise.allSettled(calls.map((call) => executor.run(call, events))))
      expect(ended).toMatchObject({ status: "rejected", reason: { kind: "node" } });
    const [dead, fine] = await Promise.allSettled(calls.map((call) => executor.run(call, events)));
    expect(fine).toMatchObject({ status: "fulfilled" });
    expect(dead).toMatchObject({ reason: { message: "The worker thread ended with exit code 7." } });
    expect(dead).not.toMatchObject({ reason: { kind: "node" } });
  });
});
