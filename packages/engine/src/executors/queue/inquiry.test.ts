import { expect, test } from "vitest";
import { CallLost } from "../../calls/executor.ts";
import type { Followed } from "./followed.ts";
import { inquiry } from "./inquiry.ts";
import { defaultPace, type Queue, type TaskState } from "./queue.ts";

/** Asks every 15 s of a made-up clock what `say` says; returns when (s) the task was told to be stuck. */
async function stuckAt(say: (second: number) => TaskState): Promise<number | null> {
  let now = 0;
  let stuck: number | null = null;
  const queue = { states: async () => new Map([["r/0-0", say(now / 1_000)]]) } as unknown as Queue;
  const task = {
    id: "r/0-0",
    known: 0,
    silentSince: null,
    doubtedSince: null,
    lossOf: (kind, reason) => new CallLost(kind, reason),
  } as Partial<Followed> as Followed;
  const step = inquiry({
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
