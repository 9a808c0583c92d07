import { type CallSpec, emptyHistory, memoryFiles } from "braid-engine/executor";
import { expect, test } from "vitest";
import { defaultPace, type Queue, type TaskState } from "./queue.ts";
import { type RemoteOptions, remote } from "./remote.ts";
import { endsPath, outputPath } from "./task.ts";

function madeUpQueue(change: Partial<Queue>): Queue {
  return {
    name: "made up",
    arrayLimit: 1,
    submitRate: 1_000,
    shape: () => ({ lanes: 1, seconds: null }),
    submit: async ({ number }) => String(number),
    states: async () => new Map(),
    cancel: async () => {},
    ...change,
  };
}

const executorOf = (options: Pick<RemoteOptions, "queue"> & Partial<RemoteOptions>) =>
  remote({
    run: "r",
    files: memoryFiles({}),
    history: emptyHistory(),
    manifest: { url: "", resolved: null },
    pace: defaultPace,
    ...options,
  });

const events = { done() {}, failed() {} };
const callOf = (id: number) =>
  ({ id, rule: "x", jobs: [{ attempt: 1 }], resources: {} }) as unknown as CallSpec;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A clock that moves when somebody sleeps, or when the test says so. */
function movedClock(sleeping: (ms: number) => void = () => {}) {
  const time = { now: 0 };
  const clock = {
    now: () => time.now,
    async sleep(ms: number) {
      time.now += ms;
      sleeping(ms);
      await turn();
    },
  };
  return { time, clock };
}

test("however many calls are under way, stopping and cancelling them are one word each to the queue", async () => {
  const said: unknown[] = [];
  const executor = executorOf({
    queue: madeUpQueue({ cancel: async (_runs, which) => void said.push(which ?? "all") }),
    pace: { ...defaultPace, poll: 0.01 },
  });
  const ends = [1, 2, 3].map((id) => executor.run(callOf(id), events));
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (const _ of ends) executor.stop();
  for (const _ of ends) executor.cancel();
  expect(said).toEqual([{ waiting: true }, "all"]);
  await Promise.all(ends);
  await executor.close();
});

test("a task that the queue holds is given up, and taken back from the queue; what its script said stands in the reason", async () => {
  const files = memoryFiles({});
  const cancelled: unknown[] = [];
  const held = {
    kind: "ended",
    loss: "node",
    reason: "Slurm could not start the task.",
    held: true,
  } as const;
  const queue = madeUpQueue({
    arrayLimit: 2,
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
  });
  const executor = executorOf({
    queue,
    files,
    clock: movedClock().clock,
  });
  const first = executor.run(callOf(1), events);
  const second = executor.run(callOf(2), events);
  await expect(first).rejects.toThrow(
    "Slurm could not start the task.\nThe task's setup failed (exit code 1): module load nosuch",
  );
  expect(cancelled).toEqual([[["r"], { tasks: ["r/0-0"] }]]);
  executor.cancel();
  await second;
  await executor.close();
});

test("a disk that stalls once does not put off the next look at the records for long", async () => {
  const slept: number[] = [];
  const { time, clock } = movedClock((ms) => slept.push(ms));
  let stall = 60_000;
  const real = memoryFiles({});
  const files = {
    ...real,
    list(path: string) {
      time.now += stall;
      stall = 0;
      return real.list(path);
    },
  };
  const executor = executorOf({ queue: madeUpQueue({}), files, clock });
  const end = executor.run(callOf(1), events);
  while (slept.length < 3) await turn();
  expect(slept.slice(0, 3)).toEqual([10_000, 1_000, 1_000]);
  executor.cancel();
  await end;
  await executor.close();
});

test("looks that bring news of jobs follow each other at once, however long they take", async () => {
  const slept: number[] = [];
  const { time, clock } = movedClock((ms) => {
    if (slept.push(ms) > 3) return;
    real.makeFolder(".braid/tasks/r");
    real.write(endsPath("r/0-0"), '{"t":"begin","orders":[0]}\n'.repeat(slept.length));
  });
  const real = memoryFiles({});
  const files = {
    ...real,
    list(path: string) {
      time.now += 5_000;
      return real.list(path);
    },
  };
  const executor = executorOf({ queue: madeUpQueue({}), files, clock });
  const end = executor.run(callOf(1), events);
  while (slept.length < 5) await turn();
  expect(slept.slice(0, 5)).toEqual([10_000, 1_000, 1_000, 1_000, 10_000]);
  executor.cancel();
  await end;
  await executor.close();
});
