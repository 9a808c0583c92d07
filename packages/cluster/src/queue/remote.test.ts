import { type CallSpec, emptyHistory, memoryFiles } from "braid-engine/executor";
import { expect, test } from "vitest";
import { defaultPace, type Queue, type TaskState } from "./queue.ts";
import { remote } from "./remote.ts";
import { outputPath } from "./task.ts";

test("however many calls are under way, stopping and cancelling them are one word each to the queue", async () => {
  const said: unknown[] = [];
  const queue: Queue = {
    name: "made up",
    arrayLimit: 1,
    submitRate: 1_000,
    shape: () => ({ lanes: 1, seconds: null }),
    submit: async ({ number }) => String(number),
    states: async () => new Map(),
    cancel: async (_runs, which) => void said.push(which ?? "all"),
  };
  const executor = remote({
    queue,
    run: "r",
    files: memoryFiles({}),
    history: emptyHistory(),
    manifest: { url: "", resolved: null },
    pace: { ...defaultPace, poll: 0.01 },
  });
  const events = { done() {}, failed() {} };
  const ends = [1, 2, 3].map((id) => {
    const call = { id, rule: "x", jobs: [{ attempt: 1 }], resources: {} } as unknown as CallSpec;
    return executor.run(call, events);
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (const _ of ends) executor.stop();
  for (const _ of ends) executor.cancel();
  expect(said).toEqual([{ waiting: true }, "all"]);
  await Promise.all(ends);
  await executor.close();
});

test("a task that the queue holds is given up, and taken back from the queue; what its script said stands in the reason", async () => {
  let now = 0;
  const files = memoryFiles({});
  const cancelled: unknown[] = [];
  const held = {
    kind: "ended",
    loss: "node",
    reason: "Slurm could not start the task.",
    held: true,
  } as const;
  const queue: Queue = {
    name: "made up",
    arrayLimit: 2,
    submitRate: 1_000,
    shape: () => ({ lanes: 1, seconds: null }),
    async submit({ number }) {
      files.write(outputPath("r/0-0"), "The task's setup failed (exit code 1): module load nosuch\n");
      return String(number);
    },
    states: async () =>
      new Map<string, TaskState>([
        ["r/0-0", held],
        ["r/0-1", { kind: "running" }],
      ]),
    cancel: async (runs, which) => void cancelled.push([runs, which]),
  };
  const executor = remote({
    queue,
    run: "r",
    files,
    history: emptyHistory(),
    manifest: { url: "", resolved: null },
    pace: defaultPace,
    clock: {
      now: () => now,
      async sleep(ms) {
        now += ms;
        await new Promise((resolve) => setImmediate(resolve));
      },
    },
  });
  const call = (id: number) =>
    ({ id, rule: "x", jobs: [{ attempt: 1 }], resources: {} }) as unknown as CallSpec;
  const first = executor.run(call(1), { done() {}, failed() {} });
  const second = executor.run(call(2), { done() {}, failed() {} });
  await expect(first).rejects.toThrow(
    "Slurm could not start the task.\nThe task's setup failed (exit code 1): module load nosuch",
  );
  expect(cancelled).toEqual([[["r"], { tasks: ["r/0-0"] }]]);
  executor.cancel();
  await second;
  await executor.close();
});
