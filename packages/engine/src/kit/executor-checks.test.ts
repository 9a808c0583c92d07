/** The checks of executors: the engine's own pass, and each fault of an executor is found. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CallSpec, Executor, MakeExecutor, WorkflowSource } from "../calls/executor.ts";
import { inProcess } from "../executors/in-process.ts";
import { rulesFor } from "../executors/loaded-rules.ts";
import { executorChecks } from "./executor-checks.ts";

/** Like one that a reader of docs/executors.md writes: each call loads the workflow and runs in this process. */
function simple({ url, resolved }: WorkflowSource): MakeExecutor {
  return async () => {
    const running = new Set<Executor>();
    return {
      name: "simple",
      async run(call, events) {
        const runner = inProcess(await rulesFor(call, url, resolved), 1);
        running.add(runner);
        try {
          await runner.run(call, events);
        } finally {
          running.delete(runner);
        }
      },
      stop: () => running.forEach((runner) => void runner.stop()),
      cancel: () => running.forEach((runner) => void runner.cancel()),
      close: async () => {},
    };
  };
}

describe("an executor without faults passes", () => {
  test.each(executorChecks(simple))("$name", ({ check }) => check());
});

/** Vitest compiles the workflow that this process loads: worker threads, which load it as it is, would refuse it. */
test("worker threads pass, in node:test", () => {
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const file = join(mkdtempSync(join(tmpdir(), "braid-kit-")), "workers.test.mjs");
  writeFileSync(
    file,
    `import test from "node:test";
import { executorChecks } from ${module("./executor-checks.ts")};
import { workers } from ${module("../executors/workers.ts")};
for (const { name, check } of executorChecks(({ url, resolved }) => async () => workers(url, resolved))) test(name, check);
`,
  );
  const { status, stdout } = spawnSync(process.execPath, ["--test", "--test-reporter=tap", file], {
    encoding: "utf8",
  });
  expect(status, stdout).toBe(0);
  expect(stdout).toContain(`# pass ${executorChecks(simple).length}`);
});

/** `simple`, with another `run`. */
function faulty(change: (inner: Executor) => Partial<Executor>) {
  return (source: WorkflowSource) => async (context: Parameters<MakeExecutor>[0]) => {
    const inner = await simple(source)(context);
    return { ...inner, ...change(inner) };
  };
}

const isAlan = (call: CallSpec, order: number) =>
  call.jobs.some((job) => job.order === order && job.name.includes("Alan"));

test.each<[fault: string, change: (inner: Executor) => Partial<Executor>, check: string, error: RegExp]>([
  [
    "takes failed jobs for done",
    ({ run }) => ({
      run: (call, events) => run(call, { ...events, failed: (order) => events.done(order) }),
    }),
    "reports the error of a failed job",
    /Alan/,
  ],
  [
    "loses the text of errors",
    ({ run }) => ({
      run: (call, events) => run(call, { ...events, failed: (order) => events.failed(order, "failed") }),
    }),
    "reports the error of a failed job",
    /there is no Alan/,
  ],
  [
    "blames a job for another one of its batch",
    ({ run }) => ({
      run: (call, events) =>
        run(call, {
          ...events,
          failed: (_, error) =>
            events.failed(call.jobs.find((job) => !isAlan(call, job.order))!.order, error),
        }),
    }),
    "reports each job of a batch",
    /has not ended after 2 s/,
  ],
  [
    "never ends a call that is cancelled",
    () => ({ cancel: () => {} }),
    "ends running calls when the run is cancelled",
    /has not ended after 2 s: a promise of Executor\.run\(\) has not settled/,
  ],
  [
    "does not report",
    ({ run }) => ({ run: (call, events) => run(call, { ...events, done: () => {} }) }),
    "makes all outputs",
    /a job was never reported/,
  ],
  [
    "drops what is logged",
    ({ run }) => ({ run: (call, events) => run({ ...call, log: "/dev/null" }, events) }),
    "appends what a body logs",
    /Works on Alan/,
  ],
  [
    "counts each attempt as the first",
    ({ run }) => ({
      run: (call, events) => run({ ...call, jobs: call.jobs.map((job) => ({ ...job, attempt: 1 })) }, events),
    }),
    "tells a body which attempt it is",
    /failed/,
  ],
])("an executor that %s does not pass", async (_, change, name, error) => {
  const found = executorChecks(faulty(change), { timeout: 2_000 }).find((each) => each.name.startsWith(name));
  await expect(found!.check()).rejects.toThrow(error);
});
