import { CallLost } from "braid-engine/executor";
import { expect, test } from "vitest";
import { defaultPace, type Queue, type TaskState } from "./queue.ts";
import { queuePoller } from "./queue-poller.ts";
import type { TrackedTask } from "./tracked-task.ts";

/** Asks every 15 s of a made-up clock what `say` says; returns when (s) the task was told to be stuck. */
async function stuckAt(say: (second: number) => TaskState): Promise<number | null> {
  let now = 0;
  let stuck: number | null = null;
  const queue = { states: async () => new Map([["r/0-0", say(now / 1_000)]]) } as unknown as Queue;
  const task = {
    id: "r/0-0",
    expectedBy: 0,
    silentSince: null,
    doubtedSince: null,
    lossOf: (kind, reason) => new CallLost(kind, reason),
  } as Partial<TrackedTask> as TrackedTask;
  const step = queuePoller({
    queue,
    clock: { now: () => now, sleep: async () => {} },
    pace: defaultPace,
    warn: () => {},
    tasks: new Map([[task.id, task]]),
    runs: () => ["r"],
    stuck: () => {
      stuck ??= now / 1_000;
    },
    gone: () => {},
  });
  for (; now <= 900_000; now += 1_000) {
    step();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return stuck;
}

const never = { kind: "pending", never: "too large" } as const;

test("a task that would never start is told at once, one in doubt when the doubt has lasted five minutes", async () => {
  expect(await stuckAt(() => never)).toBeLessThan(5);
  const doubted = await stuckAt(() => ({ ...never, doubtful: true }));
  expect(doubted).toBeGreaterThanOrEqual(300);
  expect(doubted).toBeLessThan(330);
  // In between it could have started.
  const passing = (second: number): TaskState =>
    second % 240 < 200 ? { ...never, doubtful: true } : { kind: "pending" };
  expect(await stuckAt(passing)).toBeNull();
});

interface Silence {
  /** What the second question learns; null: it is not answered. */
  readonly confirm?: (second: number) => ReadonlyMap<string, TaskState> | null;
  /** The record's sign of life. */
  readonly sign?: (second: number) => string;
}

/** The queue is silent of a task that has begun, from the start; returns when (s) it was given up, and what was warned. */
async function givenUp({ confirm, sign = () => "" }: Silence) {
  let now = 0;
  let gone: number | null = null;
  const warned: string[] = [];
  const queue = {
    states: async () => new Map(),
    ...(confirm && {
      confirm: async () => {
        const said = confirm(now / 1_000);
        if (said === null) throw new Error("no answer");
        return said;
      },
    }),
  } as unknown as Queue;
  const task = {
    id: "r/0-0",
    expectedBy: 0,
    silentSince: null,
    silentSign: "",
    doubtedSince: null,
    started: true,
    lifeSign: () => sign(now / 1_000),
  } as Partial<TrackedTask> as TrackedTask;
  const tasks = new Map([[task.id, task]]);
  const step = queuePoller({
    queue,
    clock: { now: () => now, sleep: async () => {} },
    pace: defaultPace,
    warn: (text) => void warned.push(text),
    tasks,
    runs: () => ["r"],
    stuck: () => {},
    gone: () => {
      gone ??= now / 1_000;
      tasks.clear();
    },
  });
  for (; now <= 900_000; now += 1_000) {
    step();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { gone, warned };
}

const ended: TaskState = { kind: "ended", loss: "node", reason: "" };

test("a task that the queue is silent of is given up when another question learns no better, and only then", async () => {
  const { gone } = await givenUp({ confirm: () => new Map([["r/0-0", ended]]) });
  // A beat of its record and its latency.
  expect(gone).toBeGreaterThanOrEqual(40);
  expect(gone).toBeLessThan(70);
  expect((await givenUp({ confirm: () => new Map([["r/0-0", { kind: "running" }]]) })).gone).toBeNull();
  expect((await givenUp({ confirm: () => new Map() })).gone).toBeNull();
  const unanswered = await givenUp({
    confirm: (second) => (second < 300 ? null : new Map([["r/0-0", ended]])),
  });
  expect(unanswered.gone).toBeGreaterThanOrEqual(300);
  expect(unanswered.warned).toEqual([
    "The queue does not answer; the run follows tasks by their records. (no answer)",
  ]);
});

test("a task whose record shows life is not given up, whatever the queue does not say", async () => {
  const beats = (second: number) => String(Math.floor(Math.min(second, 500) / 30));
  const { gone } = await givenUp({ sign: beats });
  expect(gone).toBeGreaterThan(480 + 40);
  expect(gone).toBeLessThan(480 + 110);
  expect((await givenUp({})).gone).toBeLessThan(70);
});

/** When (s of a made-up clock) the queue is asked, if each answer takes so many seconds. */
async function questions(takes: (n: number) => number): Promise<number[]> {
  let now = 0;
  const asked: number[] = [];
  const queue = {
    async states() {
      now += takes(asked.push(now / 1_000)) * 1_000;
      return new Map();
    },
  } as unknown as Queue;
  const step = queuePoller({
    queue,
    clock: { now: () => now, sleep: async () => {} },
    pace: defaultPace,
    warn: () => {},
    tasks: new Map([["r/0-0", { expectedBy: 1e12 } as unknown as TrackedTask]]),
    runs: () => ["r"],
    stuck: () => {},
    gone: () => {},
  });
  while (now <= 600_000) {
    step();
    await new Promise((resolve) => setImmediate(resolve));
    now += 1_000;
  }
  return asked;
}

test("a queue that answers slowly is asked less often, but a single answer that takes long does not end the questions", async () => {
  expect((await questions(() => 0)).slice(0, 4)).toEqual([0, 15, 30, 45]);
  expect((await questions(() => 3)).slice(0, 3)).toEqual([0, 33, 66]);
  expect((await questions((n) => (n === 1 ? 100 : 0))).slice(0, 3)).toEqual([0, 250, 265]);
});
