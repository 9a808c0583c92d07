/** What every executor on this machine promises, whatever a body does. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { type CallSpec, type Executor, WorkflowChanged } from "../calls/executor.ts";
import workflow from "../testing/odd-bodies.ts";
import { inProcess } from "./in-process.ts";
import { type WorkersOptions, workers } from "./workers.ts";

const folder = mkdtempSync(join(tmpdir(), "braid-executors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const url = new URL("../testing/odd-bodies.ts", import.meta.url).href;
const rules = workflow.rules(undefined);
let ids = 0;

function callOf(rule: string, jobs: number, timeout?: number): CallSpec {
  const id = ++ids;
  return {
    id,
    rule,
    jobs: Array.from({ length: jobs }, (_, i) => ({
      order: i + 1,
      key: `${rule}/${i + 1}`,
      attempt: 1,
      name: `${rule} (n=${i + 1})`,
      wildcards: { n: String(i + 1) },
      input: [],
      output: join(folder, `${id}-${i + 1}`),
      staging: folder,
    })),
    resources: { threads: 1 },
    gpus: [],
    batch: jobs,
    together: rules[rule]!.runBatch !== undefined,
    log: join(folder, `${id}.log`),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

interface Ended {
  readonly done: number[];
  readonly failed: [number, string][];
  readonly error: string | undefined;
}

async function end(executor: Executor, call: CallSpec, onDone = () => {}): Promise<Ended> {
  const done: number[] = [];
  const failed: [number, string][] = [];
  const events = {
    done: (order: number) => {
      done.push(order);
      onDone();
    },
    failed: (order: number, error: string) => void failed.push([order, error.split("\n")[0]!]),
  };
  const error = await executor.run(call, events).then(
    () => undefined,
    (reason: Error) => reason.message,
  );
  return { done, failed, error };
}

const silent = { done: () => {}, failed: () => {} };

const logOf = (call: CallSpec) => readFileSync(call.log, "utf8");

const makers: [string, () => Executor][] = [
  ["in-process", () => inProcess(rules, 4)],
  ["workers", () => workers(url, undefined)],
];

for (const [name, make] of makers)
  describe(name, () => {
    let executor: Executor;
    const fresh = () => {
      executor = make();
      return executor;
    };
    afterEach(() => executor.close());

    test("reports each job of a call as it ends, in turn", async () => {
      const call = callOf("fine", 3);
      expect(await end(fresh(), call)).toEqual({ done: [1, 2, 3], failed: [], error: undefined });
      expect(readFileSync(join(folder, `${call.id}-2`), "utf8")).toBe("job 2");
      expect(await end(executor, callOf("waits", 2))).toMatchObject({ done: [1, 2], error: undefined });
    });

    test("tells the CPU time of each job where the thread is its own", async () => {
      const costs: unknown[] = [];
      await fresh().run(callOf("fine", 2), {
        done: (_, report) => void costs.push(report),
        failed: () => {},
      });
      const times = { start: expect.any(Number), end: expect.any(Number) };
      const own = name === "workers" ? { ...times, cpu: expect.any(Number) } : times;
      expect(costs).toEqual([own, own]);
    });

    test("a body that throws or rejects fails its own job only", async () => {
      expect(await end(fresh(), callOf("throws", 3))).toEqual({
        done: [1, 3],
        failed: [[2, "Error: thrown on purpose"]],
        error: undefined,
      });
      expect(await end(executor, callOf("rejects", 3))).toMatchObject({
        done: [1, 3],
        failed: [[2, "Error: rejected on purpose"]],
      });
    });

    test("a call that the engine itself cannot bring to its end is over with the reason", async () => {
      const { error, done } = await end(fresh(), callOf("crashes", 1));
      expect(error).toMatch(/^(Error: )?no stack, on purpose/);
      expect(done).toEqual([]);
      expect(await end(executor, callOf("fine", 1))).toMatchObject({ done: [1] });
    });

    test("what a body logs stands in the log, however much", async () => {
      const call = callOf("prints", 2);
      expect(await end(fresh(), call)).toMatchObject({ done: [1, 2] });
      expect(logOf(call)).toContain("prints (n=1): a line of its own\n");
      expect(logOf(call).split("\n")).toHaveLength(2 * 2_001 + 1);
    });

    test("a batch body says of each job how it ended, once", async () => {
      expect(await end(fresh(), callOf("together", 3))).toMatchObject({ done: [1, 2, 3], failed: [] });
      expect(await end(executor, callOf("failsOne", 3))).toMatchObject({
        done: [1, 3],
        failed: [[2, "not this one"]],
      });
    });

    test("jobs that a batch body forgets, or leaves by throwing, have failed", async () => {
      const { done, failed } = await end(fresh(), callOf("forgets", 3));
      expect(done).toEqual([1]);
      expect(failed.map(([order]) => order)).toEqual([2, 3]);
      expect(failed[0]![1]).toBe("The batch body returned without job.done() or job.fail() for this job.");
      expect(await end(executor, callOf("throwsTogether", 3))).toMatchObject({
        done: [1],
        failed: [
          [2, "Error: all of the rest"],
          [3, "Error: all of the rest"],
        ],
      });
    });

    test("a job that hangs past its timeout fails; the others are done or left to be tried", async () => {
      const { done, failed } = await end(fresh(), callOf("hangs", 3, 0.2));
      expect(failed).toEqual([[2, "The job took longer than its timeout of 0.2 s."]]);
      expect(done).toContain(1);
    });

    test("a batch that hangs ends without blame; a single job is to blame", async () => {
      const several = await end(fresh(), callOf("hangsTogether", 2, 0.1));
      expect(several).toEqual({
        done: [],
        failed: [],
        error: "The job took longer than its timeout of 0.1 s.",
      });
      const single = await end(executor, callOf("hangsTogether", 1, 0.1));
      expect(single.failed[0]?.[1] ?? single.error).toBe("The job took longer than its timeout of 0.1 s.");
    });

    test("asked to stop, a batch body may return early, and what it left is neither done nor failed", async () => {
      const call = callOf("stops", 50);
      const ended = end(fresh(), call, () => executor.stop());
      const { done, failed, error } = await ended;
      expect(done.length).toBeGreaterThan(0);
      expect(done.length).toBeLessThan(50);
      expect({ failed, error }).toEqual({ failed: [], error: undefined });
    });

    test("cancelled, a call that hangs is over", async () => {
      const ended = end(fresh(), callOf("hangsTogether", 2));
      await new Promise((resolve) => setTimeout(resolve, 100));
      executor.cancel();
      expect((await ended).error).toBe("Cancelled.");
      expect((await end(executor, callOf("fine", 1))).done).toEqual([]);
    });
  });

describe("workers", () => {
  let executor: Executor;
  afterEach(() => executor.close());

  test("what a body prints goes to the log of its call", async () => {
    executor = workers(url, undefined);
    const call = callOf("console", 1);
    await end(executor, call);
    expect(logOf(call)).toBe("printed on purpose\nan error line\n");
  });

  test("what this process has compiled is used by its threads", async () => {
    enableCompileCache(join(folder, "compiled"));
    executor = workers(url, undefined);
    const call = callOf("compiled", 1);
    await end(executor, call);
    expect(logOf(call)).toBe(`${dirname(getCompileCacheDir()!)}\n`);
  });

  test("a body that never comes back is ended at its timeout", async () => {
    executor = workers(url, undefined);
    expect(await end(executor, callOf("spins", 3, 0.5))).toEqual({
      done: [1],
      failed: [[2, "The job took longer than its timeout of 0.5 s."]],
      error: "The job took longer than its timeout of 0.5 s.",
    });
    expect(await end(executor, callOf("fine", 1))).toMatchObject({ done: [1] });
  });

  test("a body that calls process.exit() fails its own job only", async () => {
    executor = workers(url, undefined);
    const exit = "A body called process.exit(): bodies do not end the process, they return or throw.";
    expect(await end(executor, callOf("exits", 3))).toEqual({
      done: [1, 3],
      failed: [[2, `Error: ${exit}`]],
      error: undefined,
    });
  });

  test("a thread that dies takes only its call with it", async () => {
    executor = workers(url, undefined);
    expect(await end(executor, callOf("dies", 3))).toEqual({
      done: [1],
      failed: [],
      error: "The worker thread ended with exit code 7.",
    });
    expect(await end(executor, callOf("fine", 2))).toMatchObject({ done: [1, 2] });
  });

  test("a body that forgets a promise, which is rejected, fails its own job only", async () => {
    executor = workers(url, undefined);
    expect(await end(executor, callOf("forgetsPromise", 3))).toEqual({
      done: [1, 3],
      failed: [[2, "Error: forgotten on purpose"]],
      error: undefined,
    });
  });

  test("what a body throws after its end is a warning, and hurts nobody", async () => {
    const { promise: warned, resolve } = Promise.withResolvers<string>();
    executor = workers(url, undefined, { warn: resolve });
    expect(await end(executor, callOf("lateError", 1))).toMatchObject({ done: [1], error: undefined });
    expect(await warned).toContain("lateError (n=1) had ended, and then: Error: too late\n");
    expect(await end(executor, callOf("fine", 1))).toMatchObject({ done: [1], error: undefined });
  });

  test("a rule that is not the same in the worker is refused, and others go on", async () => {
    executor = workers(url, undefined);
    const other = executor.run({ ...callOf("fine", 1), recipe: "another" }, silent);
    await expect(other).rejects.toThrow('Cannot run the rule "fine": it has changed since the run began');
    await expect(other).rejects.toMatchObject({ constructor: WorkflowChanged, loaded: true });
    const { error } = await end(executor, { ...callOf("fine", 1), rule: "gone" });
    expect(error).toContain('Cannot run the rule "gone": it is no longer in the workflow');
    expect(await end(executor, callOf("fine", 1))).toMatchObject({ done: [1], error: undefined });
  });

  test("a workflow that does not load is told with its reason", async () => {
    executor = workers(new URL("../testing/none.ts", import.meta.url).href, undefined);
    const running = executor.run(callOf("fine", 1), silent);
    await expect(running).rejects.toThrow("Cannot load the workflow: it does not load in a worker\n");
    await expect(running).rejects.toThrow("none.ts");
    await expect(running).rejects.toMatchObject({ constructor: WorkflowChanged, loaded: false });
  });

  test("once the workflow no longer loads, calls go to the thread that has it, while it lives", async () => {
    const file = join(folder, "edited.ts");
    const warnings: string[] = [];
    writeFileSync(file, `export { default } from "${url}";\n`);
    executor = workers(pathToFileURL(file).href, undefined, {
      threads: 2,
      warn: (text) => warnings.push(text),
    });
    expect(await end(executor, callOf("fine", 1))).toMatchObject({ done: [1], error: undefined });
    writeFileSync(file, "\nexport default {;\n");
    const calls = Array.from({ length: 4 }, () => end(executor, callOf("waits", 1)));
    for (const call of calls) expect(await call).toMatchObject({ done: [1], error: undefined });
    expect(warnings).toEqual([
      expect.stringMatching(/^The workflow no longer loads, [\s\S]*: SyntaxError: .*\n.*edited\.ts:2$/),
    ]);
    expect((await end(executor, callOf("dies", 2))).error).toContain("exit code 7");
    const { done, error } = await end(executor, callOf("fine", 1));
    expect(done).toEqual([]);
    expect(error).toContain("Cannot start a worker: the workflow no longer loads\n  error  SyntaxError: ");
    expect(warnings).toHaveLength(1);
  });

  test("a resolved config that cannot be sent is an error that says so", async () => {
    executor = workers(url, { now: () => 1 });
    expect((await end(executor, callOf("fine", 1))).error).toContain(
      "the resolved config cannot be sent to it",
    );
  });
});

test("a call in this process begins when it has a place", async () => {
  const executor = inProcess(rules, 1);
  const said: string[] = [];
  const run = (name: string) =>
    executor.run(callOf("waits", 1), {
      begun: () => void said.push(`${name} begun`),
      done: () => void said.push(`${name} done`),
      failed: () => {},
    });
  await Promise.all(["one", "two"].map(run));
  expect(said).toEqual(["one begun", "one done", "two begun", "two done"]);
});

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
    expect(await warned).toContain(
      "There is no memory for more than 1 worker threads: 1 calls wait for one.",
    );
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
