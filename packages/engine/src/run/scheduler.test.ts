/** The scheduler with an executor whose every step the test decides. */
import { expect, test } from "vitest";
import { type CallEvents, CallLost, type CallSpec, type Executor } from "../calls/executor.ts";
import { memoryFiles } from "../disk/memory-files.ts";
import type { RunEvent, Summary } from "../events.ts";
import { readHistory } from "../journal/journal.ts";
import { expand } from "../patterns/expand.ts";
import { after, type Rules, rule } from "../rules/rule.ts";
import { leaves } from "../testing/run-in-memory.ts";

// Loaded now, so that a run does not wait for it.
import "./execute.ts";
import type { RunOptions } from "./options.ts";
import { run } from "./run.ts";
import type { Schedule } from "./schedule.ts";

interface Call {
  readonly spec: CallSpec;
  readonly jobs: readonly string[];
  /** The first body is called. */
  begun(): void;
  /** Writes the outputs of a job and reports it done. */
  done(name: string): void;
  failed(name: string, error?: string): void;
  /** The body returns, or its runner dies. */
  over(error?: Error): void;
  /** All jobs done, then over. */
  all(): void;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

function stage(rules: Rules, options: Partial<RunOptions> = {}) {
  const disk = memoryFiles();
  const calls: Call[] = [];
  const events: RunEvent[] = [];
  const ends = { stopped: 0, cancelled: 0 };
  let schedule!: Schedule;
  const executor: Executor = {
    name: "by hand",
    run: (spec, report: CallEvents) =>
      new Promise<void>((resolve, reject) => {
        const jobOf = (name: string) => spec.jobs.find((job) => job.name === name)!;
        const call: Call = {
          spec,
          jobs: spec.jobs.map((job) => job.name),
          begun: () => report.begun?.(),
          done(name) {
            const job = jobOf(name);
            for (const path of leaves(job.output)) disk.write(path, name);
            report.done(job.order);
          },
          failed: (name, error = "broken") => report.failed(jobOf(name).order, error),
          over: (error) => (error === undefined ? resolve() : reject(error)),
          all() {
            call.jobs.forEach(call.done);
            resolve();
          },
        };
        calls.push(call);
      }),
    stop: () => void ends.stopped++,
    cancel: () => void ends.cancelled++,
    close: async () => {},
  };
  let summary: Summary | undefined;
  const finished = run({
    rules,
    files: disk,
    folder: "",
    slots: 2,
    executor: async () => executor,
    emit: (event) => void events.push(event),
    onStart: (started) => {
      schedule = started;
    },
    ...options,
  }).then((end) => {
    summary = end;
    return end;
  });
  return {
    disk,
    calls,
    events,
    ends,
    finished,
    get schedule() {
      return schedule;
    },
    get summary() {
      return summary;
    },
    /** The call that began last. */
    async last(): Promise<Call> {
      await settled();
      return calls[calls.length - 1]!;
    },
    async names() {
      await settled();
      return calls.map((call) => call.jobs);
    },
  };
}

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const many = (n: number, more: object = {}): Rules => ({
  all: rule({ input: expand("{x}.out", { x: numbers(n) }) }),
  one: rule({ output: "{x}.out", run: () => {}, ...more }),
});
const one = (x: number) => `one (x=${x})`;

test("a batch leaves a share for every slot, in the order of the plan, and never waits to fill", async () => {
  const s = stage(many(10, { batch: 4 }), { slots: 2 });
  expect(await s.names()).toEqual([[1, 2, 3, 4].map(one), [5, 6, 7].map(one)]);
  s.calls[0]!.all();
  expect((await s.last()).jobs).toEqual([8, 9].map(one));
  s.calls[1]!.all();
  expect((await s.last()).jobs).toEqual([one(10)]);
  s.calls[2]!.all();
  s.calls[3]!.all();
  expect(await s.finished).toMatchObject({ outcome: "done", done: 11, left: 0 });
});

test("a job of a batch is in place, and frees others, while the batch goes on", async () => {
  const rules = {
    all: rule({ input: expand("{x}.end", { x: [1, 2] }) }),
    end: rule({ input: "{x}.out", output: "{x}.end", run: () => {} }),
    one: rule({ output: "{x}.out", batch: 2, resources: { threads: 0 }, run: () => {} }),
  };
  const s = stage(rules, { slots: 1 });
  const batch = await s.last();
  expect(batch.jobs).toEqual([1, 2].map(one));
  batch.done(one(1));
  expect(s.disk.text("1.out")).toBe(one(1));
  expect((await s.last()).jobs).toEqual(["end (x=1)"]);
});

test("the time of a job counts from when its body began, in a batch from the end of the one before", async () => {
  let time = 0;
  const s = stage(many(2, { batch: 2 }), { slots: 1, now: () => time });
  const batch = await s.last();
  time = 5_000;
  batch.begun();
  time = 7_000;
  batch.done(one(1));
  time = 10_000;
  batch.done(one(2));
  batch.over();
  await s.finished;
  const seconds = s.events.flatMap((event) => (event.kind === "done" ? [event.seconds] : []));
  expect(seconds).toEqual([2, 3, 0]);
  const { traces } = readHistory(s.disk);
  expect([1, 2].map((x) => traces.get(`${x}.out`)).map((made) => [made?.start, made?.end])).toEqual([
    [5_000, 7_000],
    [7_000, 10_000],
  ]);
});

test("a failed job is tried again by itself, as often as its rule says", async () => {
  const s = stage(many(4, { batch: 4, retries: 1 }), { slots: 1 });
  const batch = await s.last();
  for (const x of [1, 3, 4]) batch.done(one(x));
  batch.failed(one(2));
  batch.over();
  const again = await s.last();
  expect(again.jobs).toEqual([one(2)]);
  expect(again.spec.jobs[0]!.attempt).toBe(2);
  again.failed(one(2), "once more");
  again.over();
  const { outcome, failed } = await s.finished;
  expect(outcome).toBe("failed");
  expect(failed).toMatchObject([{ job: one(2), error: "Attempt 2: once more", target: "2.out" }]);
});

test("when the runner of a batch dies, its open jobs are tried one by one, and only the guilty one fails", async () => {
  const s = stage(many(3, { batch: 3 }), { slots: 1, keepGoing: true });
  const batch = await s.last();
  batch.done(one(1));
  batch.over(new Error("the thread is gone"));
  const second = await s.last();
  expect(second.jobs).toEqual([one(2)]);
  second.over(new Error("gone again"));
  const third = await s.last();
  expect(third.jobs).toEqual([one(3)]);
  third.all();
  expect(await s.finished).toMatchObject({ outcome: "failed", failed: [{ job: one(2) }], blocked: 1 });
});

test("after a failure nothing new starts, running jobs end", async () => {
  const s = stage(many(4), { slots: 2 });
  await settled();
  s.calls[0]!.failed(one(1));
  s.calls[0]!.over();
  await settled();
  expect(s.calls).toHaveLength(2);
  expect(s.ends.stopped).toBeGreaterThan(0);
  s.calls[1]!.all();
  expect(await s.finished).toMatchObject({ outcome: "failed", done: 1, blocked: 1, left: 2 });
});

test("with keep going, all runs that does not need what failed", async () => {
  const rules = {
    all: rule({ input: ["1.end", "2.end"] }),
    end: rule({ input: "{x}.out", output: "{x}.end", run: () => {} }),
    one: rule({ output: "{x}.out", run: () => {} }),
  };
  const s = stage(rules, { slots: 2, keepGoing: true });
  await settled();
  s.calls[0]!.failed(one(1));
  s.calls[0]!.over();
  s.calls[1]!.all();
  (await s.last()).all();
  expect(await s.finished).toMatchObject({ outcome: "failed", done: 2, blocked: 2, left: 0 });
});

test("running calls never book more than there is", async () => {
  const s = stage(many(6, { resources: { tapes: 2 } }), { slots: 8, limits: new Map([["tapes", 5]]) });
  expect(await s.names()).toHaveLength(2);
  s.calls[0]!.all();
  expect(await s.names()).toHaveLength(3);
});

test("threads are clipped to the slots, and two jobs of all but one never overlap", async () => {
  const s = stage(many(2, { resources: { threads: 99 } }), { slots: 4 });
  expect((await s.last()).spec.resources).toEqual({ threads: 4 });
  expect(s.calls).toHaveLength(1);
  const t = stage(many(2, { resources: { threads: 3 } }), { slots: 4 });
  expect(await t.names()).toHaveLength(1);
});

test("each call has its own devices", async () => {
  const s = stage(many(3, { resources: { gpu: 1 } }), { slots: 8, limits: new Map([["gpu", 2]]) });
  await settled();
  expect(s.calls.map((call) => call.spec.gpus)).toEqual([[0], [1]]);
  s.calls[0]!.all();
  expect((await s.last()).spec.gpus).toEqual([0]);
});

test("a rule may ask for more with each attempt", async () => {
  const resources = ({ attempt }: { attempt: number }) => ({ mem_mb: attempt * 100 });
  const s = stage(many(1, { resources, retries: 1 }));
  const first = await s.last();
  expect(first.spec.resources).toMatchObject({ mem_mb: 100 });
  first.failed(one(1));
  first.over();
  expect((await s.last()).spec.resources).toMatchObject({ mem_mb: 200 });
});

test("ready jobs start by descending priority, a number or a function of the wildcards", async () => {
  const rules = {
    all: rule({ input: ["1.out", "2.out", "3.out", "x", "y"] }),
    one: rule({ output: "{n}.out", priority: ({ wildcards }) => Number(wildcards.n), run: () => {} }),
    x: rule({ output: "x", priority: 10, run: () => {} }),
    y: rule({ output: "y", run: () => {} }),
  };
  const s = stage(rules, { slots: 1 });
  for (let i = 0; i < 5; i++) (await s.last()).all();
  expect((await s.names()).flat()).toEqual(["x", "one (n=3)", "one (n=2)", "one (n=1)", "y"]);
});

test("what is to be put first starts before others with all that it needs, whatever rules say", async () => {
  const rules = {
    all: rule({ input: ["1.end", "2.end", "3.end", "x"] }),
    end: rule({ input: "{n}.out", output: "{n}.end", run: () => {} }),
    one: rule({ output: "{n}.out", run: () => {} }),
    x: rule({ output: "x", priority: 10, run: () => {} }),
  };
  const s = stage(rules, { slots: 1, prioritize: ["3.end"] });
  for (let i = 0; i < 3; i++) (await s.last()).all();
  expect((await s.names()).flat().slice(0, 3)).toEqual(["one (n=3)", "end (n=3)", "x"]);
  await expect(stage(rules, { prioritize: ["4.and"] }).finished).rejects.toThrow(
    'Cannot put first "4.and": the plan has no job of this rule and no output of this path',
  );
  const byRule = stage(rules, { slots: 1, prioritize: ["one"] });
  for (let i = 0; i < 3; i++) (await byRule.last()).all();
  expect((await byRule.names()).flat().slice(0, 3)).toEqual(["one (n=1)", "one (n=2)", "one (n=3)"]);
});

test("what a plan that grows asks for is put first with who asks", async () => {
  const rules = {
    all: rule({ input: ["y", "x"] }),
    x: rule({ output: "x", priority: 10, run: () => {} }),
    y: rule({ input: after("list", () => ["more"]), output: "y", run: () => {} }),
    list: rule({ output: "list", run: () => {} }),
    more: rule({ output: "more", run: () => {} }),
  };
  const s = stage(rules, { slots: 1, prioritize: ["y"] });
  for (let i = 0; i < 3; i++) (await s.last()).all();
  expect((await s.names()).flat().slice(0, 3)).toEqual(["list", "more", "y"]);
});

test("stop: running jobs end and count, nothing new starts", async () => {
  const s = stage(many(3), { slots: 1 });
  const first = await s.last();
  s.schedule.stop();
  expect(s.ends.stopped).toBe(1);
  first.all();
  expect(await s.finished).toMatchObject({ outcome: "interrupted", done: 1, left: 3 });
});

test("a body that returns early when the run stops loses nothing: what it left is not failed", async () => {
  const s = stage(many(3, { batch: 3 }), { slots: 1 });
  const batch = await s.last();
  batch.done(one(1));
  s.schedule.stop();
  batch.over();
  expect(await s.finished).toMatchObject({ outcome: "interrupted", done: 1, failed: [], left: 3 });
});

test("cancel: running jobs are ended and dropped, and the run settles", async () => {
  const s = stage(many(3), { slots: 2 });
  await settled();
  s.schedule.cancel();
  expect(s.ends.cancelled).toBeGreaterThan(0);
  s.calls[0]!.done(one(1));
  for (const call of s.calls) call.over(new Error("Cancelled."));
  expect(await s.finished).toMatchObject({ outcome: "interrupted", done: 0, failed: [] });
  expect(s.disk.stat("1.out")).toBeNull();
});

test("stop and cancel after the end change nothing", async () => {
  const s = stage(many(1));
  (await s.last()).all();
  await s.finished;
  s.schedule.stop();
  s.schedule.cancel();
  expect(s.summary).toMatchObject({ outcome: "done" });
});

test("a full disk ends the run, without trying again", async () => {
  const s = stage(many(3, { retries: 5 }), { slots: 1, keepGoing: true });
  const first = await s.last();
  first.failed(one(1), "ENOSPC: no space left on device, write");
  first.over();
  expect(await s.finished).toMatchObject({ outcome: "failed", left: 2 });
  expect(s.events).toContainEqual({ kind: "stopping", why: "no space" });
});

test("a journal that cannot be written ends the run with the reason", async () => {
  const s = stage(many(2), { slots: 1 });
  const first = await s.last();
  const open = s.disk.openAppend;
  s.disk.openAppend = open;
  const write = s.disk.write;
  s.disk.write = (path, content) => {
    if (path === ".braid/journal") throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
    write(path, content);
  };
  first.all();
  await expect(s.finished).rejects.toThrow("EIO: i/o error");
});

test("outputs that are shown late are waited for, as long as the user says", async () => {
  const s = stage(many(1), { latencyWait: 5 });
  const call = await s.last();
  const [job] = call.spec.jobs;
  const late = setTimeout(() => s.disk.write(job!.output as string, "late"), 150);
  const { write } = s.disk;
  s.disk.write = (path, content) =>
    path.endsWith("1.out") && content === one(1) ? undefined : write(path, content);
  call.done(one(1));
  call.over();
  expect(await s.finished).toMatchObject({ outcome: "done" });
  clearTimeout(late);
  expect(s.disk.text("1.out")).toBe("late");
});

test("jobs lost with a machine go back among the others, and do not count as failed", async () => {
  const s = stage(many(2, { batch: 2 }), { slots: 1 });
  (await s.last()).over(new CallLost("node", "the node is gone"));
  (await s.last()).all();
  expect(await s.finished).toMatchObject({ outcome: "done", failed: [] });
});

test("a job that is reported twice, or after its end, counts once", async () => {
  const s = stage(many(1));
  const call = await s.last();
  call.done(one(1));
  call.failed(one(1));
  call.over();
  expect(await s.finished).toMatchObject({ outcome: "done", done: 2, failed: [] });
});
