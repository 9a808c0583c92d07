/** What every executor on this machine promises, whatever a body does. */
import { readFileSync, writeFileSync } from "node:fs";
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { type Executor, WorkflowChanged } from "../calls/executor.ts";
import { callOf, end, folder, logOf, rules, silent, url } from "../testing/odd-calls.ts";
import { inProcess } from "./in-process.ts";
import { workers } from "./workers.ts";

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
    const exit = "A body called process.exit(): a body must return or throw, not end the process.";
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
    expect(await warned).toContain("lateError (n=1) threw an error after it had ended: Error: too late\n");
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
