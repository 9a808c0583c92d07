/** Jobs of this machine where all others are tasks of a queue. */
import { expect, test } from "vitest";
import type { Executor } from "../calls/executor.ts";
import { expand } from "../patterns/expand.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { bench, leaves } from "../testing/run-in-memory.ts";

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
  const far: string[] = [];
  const queue: Executor = {
    name: "queue",
    remote: {
      pack: () => ({ size: 1, full: true }),
      orphans: async () => [],
      adopt: async () => {},
      dismiss: async () => {},
    },
    async run(call, events) {
      far.push(JSON.stringify(call.resources));
      await waits;
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
  const { outcome } = await run(rules, { slots: 1, executor: async () => queue, ...cores });
  return { outcome, most, told, far };
}

test("they share the threads of --local-cores, and wait for no task", async () => {
  const { outcome, most, told, far } = await beside(1, 2);
  expect({ outcome, most }).toEqual({ outcome: "done", most: 2 });
  expect(told).toEqual([1, 2, 3].map(() => ({ threads: 1, tapes: 1, gpu: [] })));
  expect(far).toEqual([1, 2].map(() => '{"threads":9}'));
});

test("one that wants more threads than there are gets those that there are", async () => {
  const { outcome, most, told } = await beside(8, 4);
  expect({ outcome, most }).toEqual({ outcome: "done", most: 1 });
  expect(told[0]).toEqual({ threads: 4, tapes: 1, gpu: [] });
});

test("jobs that book no thread are not held back by the number of tasks", async () => {
  expect(await beside(0, 3)).toMatchObject({ outcome: "done", most: 3 });
});
