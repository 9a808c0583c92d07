/** Times of the jobs of a call, on a clock that bodies move: what takes how long is known. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { secondsOf } from "../journal/trace-rows.ts";
import { type AnyRule, type Batch, type BatchJob, rule } from "../rules/rule.ts";
import { callTimes } from "./call-times.ts";
import type { CallSpec, JobReport } from "./executor.ts";
import { runCall } from "./runner.ts";

const start = Date.parse("2026-01-31T12:00:00Z");

/** The seconds that each job of a batch takes by itself. */
const seconds = [1, 0.2, 3, 0.5];

interface Clock {
  sleep(seconds: number): void;
}

/** What is reported of jobs that run on a clock of their own: `begin` and `end` in seconds since the call began. */
async function timesOf(ruleOf: (clock: Clock) => AnyRule) {
  let now = start;
  const reports = new Map<number, JobReport>();
  const own = ruleOf({
    sleep(seconds) {
      now += 1_000 * seconds;
    },
  });
  const jobs = seconds.map((_, order) => ({ order, name: `job ${order}`, wildcards: {} }));
  await runCall(
    own,
    { id: 1, rule: "r", jobs, resources: {}, log: "/dev/null" } as unknown as CallSpec,
    { done: (order, report) => void reports.set(order, report!), failed: () => {} },
    { stopping: () => false, now: () => now },
  );
  return seconds.map((_, order) => {
    const { start: from = 0, end = 0, share } = reports.get(order)!;
    const times = { begin: (from - start) / 1_000, end: (end - start) / 1_000 };
    return { ...times, seconds: secondsOf({ start: from, end, share }), share };
  });
}

type Jobs = Batch<BatchJob>;
const batchRule = (runBatch: (batch: Jobs) => void | Promise<void>) =>
  rule({ output: "{n}", batch: 10, runBatch }) as unknown as AnyRule;

describe("jobs whose begin is known have their own times", () => {
  const inTurn = seconds.map((own, i) => {
    const begin = seconds.slice(0, i).reduce((sum, before) => sum + before, 0);
    return { begin, end: begin + own, seconds: own, share: undefined };
  });
  const rounded = (times: Awaited<ReturnType<typeof timesOf>>) =>
    times.map(({ begin, end, seconds, share }) => ({
      ...{ begin: Number(begin.toFixed(6)), end: Number(end.toFixed(6)) },
      ...{ seconds, share },
    }));

  test("a loop over the batch says so", async () => {
    const times = await timesOf(({ sleep }) =>
      batchRule(async (batch) => {
        for (const job of batch) {
          sleep(seconds[batch.indexOf(job)]!);
          await null;
          job.done();
        }
      }),
    );
    expect(rounded(times)).toEqual(inTurn.map((one) => ({ ...one, end: Number(one.end.toFixed(6)) })));
  });

  test("a body says so, whatever it does for all of them before", async () => {
    const times = await timesOf(({ sleep }) =>
      batchRule((batch) => {
        sleep(20);
        batch.forEach((job, i) => {
          job.begin();
          sleep(seconds[i]!);
          job.done();
        });
      }),
    );
    for (const [i, { begin, end, share }] of times.entries()) {
      expect(begin).toBeCloseTo(20 + inTurn[i]!.begin);
      expect(end).toBeCloseTo(20 + inTurn[i]!.end);
      expect(share).toBeUndefined();
    }
  });

  test("jobs that are under way at the same time have true begins and ends, and share what is between", async () => {
    const times = await timesOf(({ sleep }) =>
      batchRule((batch) => {
        for (const job of batch) job.begin();
        // The shortest one first.
        for (const i of [1, 3, 0, 2]) {
          const before = [0, ...seconds].filter((one) => one < seconds[i]!);
          sleep(seconds[i]! - Math.max(...before));
          batch[i]!.done();
        }
      }),
    );
    expect(times.map(({ begin }) => begin)).toEqual([0, 0, 0, 0]);
    expect(times.map(({ end }) => Number(end.toFixed(6)))).toEqual(seconds);
    expect(times[1]).toMatchObject({ seconds: 0.05, share: 4 });
    // Beside three others for 0.2 s, two for 0.3 s and one for 0.5 s, and alone for 2 s.
    expect(times[2]!.seconds).toBeCloseTo(0.05 + 0.1 + 0.25 + 2, 2);
    expect(times.reduce((sum, one) => sum + one.seconds, 0)).toBeCloseTo(3, 2);
  });

  test("a run body of several jobs has them in turn", async () => {
    let next = 0;
    const times = await timesOf(
      ({ sleep }) =>
        rule({ output: "{n}", batch: 10, run: () => sleep(seconds[next++]!) }) as unknown as AnyRule,
    );
    for (const [i, one] of times.entries()) expect(one.seconds).toBeCloseTo(seconds[i]!);
  });
});

describe("other jobs of a batch have shares of its time, marked as such", () => {
  test("all reported at the end", async () => {
    const times = await timesOf(({ sleep }) =>
      batchRule((batch) => {
        sleep(8);
        batch.forEach((job) => void job.done());
      }),
    );
    expect(times).toEqual(seconds.map(() => ({ begin: 0, end: 8, seconds: 2, share: 4 })));
  });

  test("made together, then written in a loop: what went before the loop is theirs too", async () => {
    const times = await timesOf(({ sleep }) =>
      batchRule((batch) => {
        sleep(60);
        for (const job of batch) {
          sleep(0.1);
          job.done();
        }
      }),
    );
    for (const one of times) {
      expect(one.seconds).toBeCloseTo(15.1, 1);
      expect(one.share).toBeGreaterThan(3.9);
    }
  });

  test("little before a loop does not make shares of its jobs' times", async () => {
    const times = await timesOf(({ sleep }) =>
      batchRule((batch) => {
        sleep(0.02);
        for (const job of batch) {
          sleep(seconds[batch.indexOf(job)]!);
          job.done();
        }
      }),
    );
    expect(times.map(({ share }) => share)).toEqual(seconds.map(() => undefined));
    for (const [i, one] of times.entries()) expect(one.seconds).toBeCloseTo(seconds[i]!);
  });

  test("a loop that goes on while its jobs are open does not tell when they begin", async () => {
    const times = await timesOf(({ sleep }) =>
      batchRule((batch) => {
        const [first] = batch;
        sleep(2);
        const others = [...batch].slice(1);
        sleep(6);
        for (const job of [first!, ...others]) job.done();
      }),
    );
    expect(times).toEqual(seconds.map(() => ({ begin: 0, end: 8, seconds: 2, share: 4 })));
  });
});

test("whatever a body does, the seconds and the CPU time of its jobs are those of the call", () => {
  const step = fc.record({
    job: fc.nat(9),
    ms: fc.nat(5_000),
    kind: fc.constantFrom("begin", "end", "loop"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let now = start;
      const left = new Set(Array.from({ length: 10 }, (_, order) => order));
      const cpu = () => 2 * (now - start);
      const times = callTimes(left, () => now, cpu);
      const begun = new Map<number, number>();
      const sum = { seconds: 0, cpu: 0 };
      const end = (order: number) => {
        if (!left.delete(order)) return;
        const one = times.end(order);
        sum.seconds += secondsOf(one);
        sum.cpu += one.cpu!;
        expect(one.end).toBe(now);
        if (begun.has(order)) expect(one.start).toBe(begun.get(order));
      };
      const begin = (order: number) => {
        if (!begun.has(order)) begun.set(order, now);
        times.begin(order);
      };
      for (const { job, ms, kind } of steps) {
        if (kind === "begin" && left.has(job)) begin(job);
        if (kind === "loop")
          for (const order of times.loop([...left].slice(0, 3))) {
            if (left.size > 1) now += ms;
            if (order % 2 === 0) end(order);
          }
        // One ends last, so that no time is nobody's.
        if (left.size > 1) {
          now += ms;
          if (kind === "end") end(job);
        }
      }
      for (const order of [...left]) end(order);
      // What went before its begin is not told of a job that has begun: seconds may be missing, never too many.
      const total = (now - start) / 1_000;
      expect(sum.seconds).toBeLessThanOrEqual(total * 1.06 + 0.01);
      expect(sum.cpu).toBeLessThanOrEqual(2_000 * total * 1.06 + 10);
      if (begun.size === 0) expect(sum.seconds).toBeGreaterThanOrEqual(total * 0.94 - 0.01);
    }),
    { numRuns: 300 },
  );
});
