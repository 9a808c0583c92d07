/** What a workflow decides once per run, when jobs are about to run. */
import { expect, test } from "vitest";
import { readHistory } from "./journal/journal.ts";
import { type Rules, rule, untracked } from "./rules/rule.ts";
import type { RunAhead } from "./rules/workflow.ts";
import type { Decided } from "./run/options.ts";
import { bench } from "./testing/run-in-memory.ts";

/** Four jobs that each say by which way they were made, and on which device. */
function workshop() {
  const b = bench();
  const devices: number[][] = [];
  const rulesFor = (
    way: string,
    resources: Record<string, number> | (() => Record<string, number>) = {},
  ): Rules => ({
    all: rule({ input: ["0.out", "1.out", "2.out", "3.out"] }),
    make: rule({
      output: "{n}.out",
      params: { way: untracked(way) },
      resources,
      async run({ output, params, resources: { gpu } }) {
        devices.push([...gpu]);
        await new Promise((resolve) => setTimeout(resolve, 5));
        b.disk.write(output, params.way as string);
      },
    }),
  });
  const asked: RunAhead[] = [];
  const deciding = (decided: Decided | null) => ({
    async decide(ahead: RunAhead) {
      asked.push(ahead);
      return decided;
    },
  });
  return { ...b, devices, asked, rulesFor, deciding };
}

test("it is asked once for all jobs of a run, and bodies get what it says", async () => {
  const { run, disk, asked, rulesFor, deciding, events } = workshop();
  const decided = { rules: rulesFor("decided"), resolved: {}, said: ["By the decided way."] };
  await run(rulesFor("planned"), deciding(decided));
  expect(asked).toEqual([
    {
      jobs: new Map([
        ["make", 4],
        ["all", 1],
      ]),
      remote: false,
    },
  ]);
  expect(disk.text("3.out")).toBe("decided");
  expect(events.filter(({ kind }) => kind === "decided")).toEqual([
    { kind: "decided", said: ["By the decided way."] },
  ]);
  expect(readHistory(disk).runs.at(-1)).toMatchObject({ decided: ["By the decided way."] });
});

test("it is not asked by a plan, nor where nothing is to be done; another answer makes nothing again", async () => {
  const { run, plan, asked, rulesFor, deciding } = workshop();
  plan(rulesFor("planned"));
  await run(rulesFor("planned"), deciding({ rules: rulesFor("one"), resolved: {}, said: [] }));
  await run(rulesFor("planned"), deciding({ rules: rulesFor("other"), resolved: {}, said: [] }));
  expect(asked).toHaveLength(1);
});

test("jobs book what it says they book, and each call gets a device of its own", async () => {
  const { run, devices, rulesFor, deciding } = workshop();
  const decided = { rules: rulesFor("gpu", { gpu: 1 }), resolved: {}, said: [], resources: { gpu: 2 } };
  await run(rulesFor("planned"), { ...deciding(decided), slots: 4 });
  expect(devices).toEqual([[0], [1], [0], [1]]);
});

test("what the command line says of resources goes before what it found", async () => {
  const { run, devices, rulesFor, deciding } = workshop();
  const decided = { rules: rulesFor("gpu", { gpu: 1 }), resolved: {}, said: [], resources: { gpu: 2 } };
  await run(rulesFor("planned"), { ...deciding(decided), slots: 4, limits: new Map([["gpu", 1]]) });
  expect(devices).toEqual([[0], [0], [0], [0]]);
});

test("what it found may be a function", async () => {
  const { run, devices, rulesFor, deciding } = workshop();
  const decided = { rules: rulesFor("gpu", () => ({ gpu: 1 })), resolved: {}, said: [] };
  await run(rulesFor("planned"), { ...deciding(decided), slots: 4, limits: new Map([["gpu", 1]]) });
  expect(devices).toEqual([[0], [0], [0], [0]]);
});

test("null leaves all as planned, and what it throws ends the run before any job", async () => {
  const { run, disk, rulesFor, deciding } = workshop();
  const failing = { decide: () => Promise.reject(new Error("no GPU answers")) };
  await expect(run(rulesFor("planned"), failing)).rejects.toThrow("no GPU answers");
  expect(disk.stat("0.out")).toBeNull();
  await run(rulesFor("planned"), deciding(null));
  expect(disk.text("0.out")).toBe("planned");
});
