import { type CallSpec, memoryFiles } from "braid-engine/executor";
import { expect, test } from "vitest";
import { type Queue, QueueBusy, type TaskArray } from "./queue.ts";
import { type QueuedCall, submitter } from "./submitter.ts";
import { callPath, endsPath } from "./task.ts";

test("of a submission that seemed to fail, what has begun goes on; only the rest is submitted again", async () => {
  const files = memoryFiles({});
  const submitted: TaskArray[] = [];
  const queue = {
    arrayLimit: 10,
    submitRate: 1,
    async submit(array: TaskArray) {
      submitted.push(array);
      if (submitted.length > 1) return "18";
      // Taken, and a node was quick; but the answer was lost.
      files.write(endsPath("r/0-1"), '{"t":"start"}\n');
      throw new QueueBusy("Socket timed out on send/recv operation", false);
    },
  } as Partial<Queue> as Queue;
  let now = 0;
  const answers: (readonly [readonly string[], string | null])[] = [];
  const submissions = submitter({
    queue,
    run: "r",
    files,
    manifest: { url: "", resolved: null },
    clock: { now: () => now, sleep: async () => {} },
    warn: () => {},
    begin: () => {},
    answer: (ids, _calls, external) => void answers.push([ids, external]),
  });
  for (let id = 0; id < 3; id++) submissions.add(waiting(id));
  submissions.step();
  await submissions.settled();
  expect(answers).toEqual([
    [["r/0-1"], "unknown"],
    [["r/0-0", "r/0-2"], null],
  ]);
  expect([0, 1, 2].map((i) => files.stat(callPath(`r/0-${i}`)) !== null)).toEqual([false, true, false]);
  now = 60_000;
  submissions.step();
  await submissions.settled();
  expect(answers[2]).toEqual([["r/1-0", "r/1-1"], "18"]);
  expect(submissions.waiting).toBe(0);
});

test("a limit on tasks in a span of time cuts arrays, and the rest waits for its turn", async () => {
  const sizes: [at: number, size: number][] = [];
  let now = 0;
  const queue = {
    arrayLimit: 10,
    submitRate: 1_000,
    async submit({ size }: TaskArray) {
      sizes.push([now, size]);
      return "1";
    },
  } as Partial<Queue> as Queue;
  const submissions = submitter({
    queue,
    run: "r",
    files: memoryFiles({}),
    manifest: { url: "", resolved: null },
    clock: { now: () => now, sleep: async () => {} },
    limit: { tasks: 4, seconds: 60 },
    warn: () => {},
    begin: () => {},
    answer: () => {},
  });
  for (let id = 0; id < 3; id++) submissions.add(waiting(id));
  for (; now < 150_000; now += 1_000) {
    if (now === 30_000) for (let id = 3; id < 11; id++) submissions.add(waiting(id));
    if (submissions.due() <= now) submissions.step();
    await submissions.settled();
  }
  expect(sizes).toEqual([
    [0, 3],
    [30_000, 1],
    [60_000, 3],
    [90_000, 1],
    [120_000, 3],
  ]);
  expect(submissions.due()).toBe(Number.POSITIVE_INFINITY);
});

test("calls that ask the queue for different things go into different arrays, with what they ask for", async () => {
  const arrays: TaskArray[] = [];
  const queue = {
    arrayLimit: 10,
    submitRate: 1_000,
    async submit(array: TaskArray) {
      arrays.push(array);
      return "1";
    },
  } as Partial<Queue> as Queue;
  let now = 0;
  const submissions = submitter({
    queue,
    run: "r",
    files: memoryFiles({}),
    manifest: { url: "", resolved: null },
    clock: { now: () => now, sleep: async () => {} },
    warn: () => {},
    begin: () => {},
    answer: () => {},
  });
  const failures = [{ reason: "oom" }];
  submissions.add(waiting(0));
  submissions.add(waiting(1, { queue: { partition: "long" } }));
  submissions.add(waiting(2, { jobs: [{ attempt: 2, failures }] }));
  submissions.add(waiting(3, { queue: { partition: "long" } }));
  for (; submissions.waiting > 0; now += 1_000) {
    submissions.step();
    await submissions.settled();
  }
  expect(arrays.map(({ size, attempt, failures, queue }) => [size, attempt, failures, queue])).toEqual([
    [1, 1, [], undefined],
    [2, 1, [], { partition: "long" }],
    [1, 2, failures, undefined],
  ]);
});

test("an array may have more jobs than a function takes arguments", async () => {
  const arrays: TaskArray[] = [];
  const queue = {
    arrayLimit: 10,
    submitRate: 1_000,
    async submit(array: TaskArray) {
      arrays.push(array);
      return "1";
    },
  } as Partial<Queue> as Queue;
  const submissions = submitter({
    queue,
    run: "r",
    files: memoryFiles({}),
    manifest: { url: "", resolved: null },
    clock: { now: () => 0, sleep: async () => {} },
    warn: () => {},
    begin: () => {},
    answer: () => {},
  });
  const refused: unknown[] = [];
  const jobs = [...Array(200_000).fill({ attempt: 1 }), { attempt: 2 }];
  submissions.add({ ...waiting(0, { jobs }), reject: (error) => void refused.push(error) });
  submissions.step();
  await submissions.settled();
  expect(refused).toEqual([]);
  expect(arrays.map(({ attempt, jobs }) => [attempt, jobs])).toEqual([[2, 200_001]]);
});

function waiting(id: number, more: object = {}): QueuedCall {
  const call = { id, rule: "x", jobs: [{ attempt: 1 }], resources: {}, ...more } as unknown as CallSpec;
  return { call, events: {} as QueuedCall["events"], resolve: () => {}, reject: () => {} };
}
