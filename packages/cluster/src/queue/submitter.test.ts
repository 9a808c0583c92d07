import { type CallSpec, memoryFiles } from "braid-engine/executor";
import { expect, test } from "vitest";
import { type Queue, QueueBusy, type TaskArray } from "./queue.ts";
import { type QueuedCall, type SubmitterOptions, submitter } from "./submitter.ts";
import { callPath, endsPath } from "./task.ts";

test("of a submission that seemed to fail, what has begun goes on; only the rest is submitted again", async () => {
  const files = memoryFiles({});
  const answers: (readonly [readonly string[], string | null])[] = [];
  let submitted = 0;
  async function submit() {
    if (submitted++ > 0) return "18";
    // Taken, and a node was quick; but the answer was lost.
    files.write(endsPath("r/0-1"), '{"t":"start"}\n');
    throw new QueueBusy("Socket timed out on send/recv operation", false);
  }
  const { submissions, time } = submitterTo(submit, {
    files,
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
  time.now = 60_000;
  submissions.step();
  await submissions.settled();
  expect(answers[2]).toEqual([["r/1-0", "r/1-1"], "18"]);
  expect(submissions.waiting).toBe(0);
});

test("a limit on tasks in a span of time cuts arrays, and the rest waits for its turn", async () => {
  const sizes: [at: number, size: number][] = [];
  async function submit({ size }: TaskArray) {
    sizes.push([time.now, size]);
    return "1";
  }
  const { submissions, time } = submitterTo(submit, { limit: { tasks: 4, seconds: 60 } });
  for (let id = 0; id < 3; id++) submissions.add(waiting(id));
  for (; time.now < 150_000; time.now += 1_000) {
    if (time.now === 30_000) for (let id = 3; id < 11; id++) submissions.add(waiting(id));
    if (submissions.due() <= time.now) submissions.step();
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
  const { submissions, time } = submitterTo(async (array) => String(arrays.push(array)));
  const failures = [{ reason: "oom" }];
  submissions.add(waiting(0));
  submissions.add(waiting(1, { queue: { partition: "long" } }));
  submissions.add(waiting(2, { jobs: [{ attempt: 2, failures }] }));
  submissions.add(waiting(3, { queue: { partition: "long" } }));
  for (; submissions.waiting > 0; time.now += 1_000) {
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
  const { submissions } = submitterTo(async (array) => String(arrays.push(array)));
  const refused: unknown[] = [];
  const jobs = [...Array(200_000).fill({ attempt: 1 }), { attempt: 2 }];
  submissions.add({ ...waiting(0, { jobs }), reject: (error) => void refused.push(error) });
  submissions.step();
  await submissions.settled();
  expect(refused).toEqual([]);
  expect(arrays.map(({ attempt, jobs }) => [attempt, jobs])).toEqual([[2, 200_001]]);
});

/** A submitter to a queue that takes ten tasks an array, and the time that it sees. */
function submitterTo(submit: Queue["submit"], more: Partial<SubmitterOptions> = {}) {
  const time = { now: 0 };
  const submissions = submitter({
    queue: { arrayLimit: 10, submitRate: 1_000, submit } as Partial<Queue> as Queue,
    run: "r",
    files: memoryFiles({}),
    manifest: { url: "", resolved: null },
    clock: { now: () => time.now, sleep: async () => {} },
    warn: () => {},
    begin: () => {},
    answer: () => {},
    ...more,
  });
  return { submissions, time };
}

function waiting(id: number, more: object = {}): QueuedCall {
  const call = { id, rule: "x", jobs: [{ attempt: 1 }], resources: {}, ...more } as unknown as CallSpec;
  return { call, events: {} as QueuedCall["events"], resolve: () => {}, reject: () => {} };
}
