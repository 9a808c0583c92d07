/** What is booked where jobs are tasks of a queue: by them, and by those that run on this machine beside. */
import { expect, test } from "vitest";
import type { CallSpec, Executor } from "../calls/executor.ts";
import type { MemoryFiles } from "../disk/memory-files.ts";
import type { RunEvent } from "../events.ts";
import { expand } from "../patterns/expand.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { bench, leaves } from "../testing/run-in-memory.ts";

/** A queue that starts what it gets; each task ends when `until` has, and writes what it should. */
function queueOf(disk: MemoryFiles, until: Promise<void>) {
  const calls: CallSpec[] = [];
  const queue: Executor = {
    name: "queue",
    remote: {
      pack: () => ({ size: 1, full: true }),
      orphans: async () => [],
      reattach: async () => {},
      dismiss: async () => {},
    },
    async run(call, events) {
      calls.push(call);
      await until;
      for (const job of call.jobs) {
        disk.makeFolder(job.staging);
        for (const path of leaves(job.output)) disk.write(path, "");
        events.done(job.order);
      }
    },
    stop() {},
    cancel() {},
    close: async () => {},
  };
  return { calls, executor: async () => queue };
}

/** Runs three jobs here and two far away, where one task may be under way; those end when all others have. */
async function beside(threads: number, localCores?: number) {
  const { disk, run } = bench();
  let here = 0;
  let most = 0;
  let open = 3;
  const told: unknown[] = [];
  let allHere = () => {};
  const waits = new Promise<void>((resolve) => {
    allHere = resolve;
  });
  const { calls, executor } = queueOf(disk, waits);
  const rules: Rules = {
    all: rule({ input: [expand("{x}.here", { x: [1, 2, 3] }), expand("{x}.far", { x: [1, 2] })].flat() }),
    far: rule({ output: "{x}.far", resources: { threads: 9 }, run: () => {} }),
    here: rule({
      output: "{x}.here",
      localRule: true,
      resources: { threads, tapes: 1 },
      run: async ({ output, resources }) => {
        told.push(resources);
        most = Math.max(most, ++here);
        await new Promise(setImmediate);
        here--;
        disk.write(output, "");
        if (--open === 0) allHere();
      },
    }),
  };
  const cores = localCores === undefined ? {} : { localCores };
  const { outcome } = await run(rules, { slots: 1, executor, ...cores });
  return { outcome, most, told, far: calls.map((call) => call.resources) };
}

test("they share the threads of --local-cores, and wait for no task", async () => {
  const { outcome, most, told, far } = await beside(1, 2);
  expect({ outcome, most }).toEqual({ outcome: "done", most: 2 });
  expect(told).toEqual([1, 2, 3].map(() => ({ threads: 1, tapes: 1, gpu: [] })));
  expect(far).toEqual([{ threads: 9 }, { threads: 9 }]);
});

test("one that wants more threads than there are gets those that there are", async () => {
  const { outcome, most, told } = await beside(8, 4);
  expect({ outcome, most }).toEqual({ outcome: "done", most: 1 });
  expect(told[0]).toEqual({ threads: 4, tapes: 1, gpu: [] });
});

test("jobs that book no thread are not held back by the number of tasks", async () => {
  expect(await beside(0, 3)).toMatchObject({ outcome: "done", most: 3 });
});

test("tasks that want a GPU are held back only where it is said how many there are", async () => {
  const begun = async (limits: ReadonlyMap<string, number>) => {
    const { disk, run } = bench();
    const { calls, executor } = queueOf(disk, new Promise(setImmediate));
    const rules: Rules = {
      all: rule({ input: expand("{x}", { x: [1, 2, 3] }) }),
      train: rule({ output: "{x}", resources: { gpu: 1 }, run: () => {} }),
    };
    let first = 0;
    const emit = (event: RunEvent) => {
      if (event.kind === "done" && first === 0) first = calls.length;
    };
    const { outcome } = await run(rules, { slots: 10, executor, limits, emit });
    return { outcome, first, asked: calls.map((call) => call.resources) };
  };
  const asked = [1, 2, 3].map(() => ({ threads: 1, gpu: 1 }));
  expect(await begun(new Map())).toEqual({ outcome: "done", first: 3, asked });
  expect(await begun(new Map([["gpu", 2]]))).toEqual({ outcome: "done", first: 2, asked });
});
