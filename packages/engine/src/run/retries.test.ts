/** How the scheduler retries jobs by reason, with an executor whose every call ends as the test says. */
import { expect, test } from "vitest";
import { CallLost, type CallSpec, type Executor, type TaskNeeds } from "../calls/executor.ts";
import { memoryFiles } from "../disk/memory-files.ts";
import type { RunEvent } from "../events.ts";
import type { Failure } from "../rules/retries.ts";
import { rule } from "../rules/rule.ts";
import { leaves } from "../testing/run-in-memory.ts";
import { run } from "./run.ts";

/** How a call ends: each job fails for a reason, the call is lost, or all is well. */
type End = Failure | CallLost | "done";

const oom: Failure = { reason: "oom" };
const exit = (exitCode: number): Failure => ({ reason: "exit", exitCode });
const lostOf = (kind: CallLost["kind"], ...suspects: number[]) =>
  new CallLost(kind, `It was ${kind}.`, suspects);

interface Given {
  readonly rule: object;
  readonly ends: readonly End[];
  /** As on a cluster. */
  readonly remote?: boolean;
  readonly request?: (needs: TaskNeeds) => Readonly<Record<string, string | number>>;
  readonly wanted?: readonly string[];
  readonly retries?: number;
}

async function play({ rule: more, ends, remote = false, request, wanted = ["1.out"], retries = 0 }: Given) {
  const files = memoryFiles();
  const calls: CallSpec[] = [];
  const events: RunEvent[] = [];
  const executor: Executor = {
    name: "played",
    async run(call, told) {
      const end = ends[calls.push(call) - 1] ?? "done";
      if (end instanceof CallLost) throw end;
      for (const job of call.jobs)
        if (end !== "done") told.failed(job.order, "It failed.", end);
        else {
          files.makeFolder(job.staging);
          for (const path of leaves(job.output)) files.write(path, "x");
          told.done(job.order);
        }
    },
    ...(remote && {
      remote: {
        pack: (_, { ready }) => ({ size: ready, full: true }),
        orphans: async () => [],
        reattach: async () => {},
        dismiss: async () => {},
        ...(request && { request }),
      },
    }),
    stop() {},
    cancel() {},
    close: async () => {},
  };
  const summary = await run({
    rules: { all: rule({ input: wanted }), fit: rule({ output: "{x}.out", run: () => {}, ...more }) },
    files,
    folder: "",
    slots: 4,
    retries,
    executor: async () => executor,
    emit: (event) => void events.push(event),
  });
  const notes = events.flatMap((event) => (event.kind === "retried" ? [event.note] : []));
  return { summary, calls, notes, events, errors: summary.failed.map(({ error }) => error) };
}

test("a job is retried as often as its rule says for the reason of the failure", async () => {
  const retries = { oom: 2, exit: { 75: 1 }, other: 0 };
  const well = await play({ rule: { retries }, ends: [oom, exit(75), oom] });
  expect(well.calls.map((call) => call.jobs[0]!.attempt)).toEqual([1, 2, 3, 4]);
  expect(well.summary.outcome).toBe("done");
  const badly = await play({ rule: { retries }, ends: [oom, exit(75), exit(75)] });
  expect(badly.errors).toEqual(["Attempt 3: It failed."]);
  expect((await play({ rule: { retries }, ends: [exit(1)] })).errors).toEqual(["It failed."]);
});

test("the event of a retry names the reason", async () => {
  const { events } = await play({ rule: { retries: 1 }, ends: [exit(75)] });
  expect(events).toContainEqual({
    kind: "retried",
    rule: "fit",
    job: "fit (x=1)",
    error: "It failed.",
    attempt: 1,
    reason: "exit",
    exitCode: 75,
    note: "",
  });
});

test("a resources function asks by attempt, by the last reason and by how often each was one", async () => {
  const resources = ({ attempt, reason, exitCode, failed }: Record<string, unknown>) => ({
    mem_mb: 2_000 * 2 ** (failed as { oom: number }).oom,
    level: reason === "exit" ? (exitCode as number) : (attempt as number),
  });
  const { calls, notes } = await play({ rule: { resources, retries: 3 }, ends: [oom, exit(75)] });
  expect(calls.map(({ resources }) => resources)).toEqual([
    { threads: 1, mem_mb: 2_000, level: 1 },
    { threads: 1, mem_mb: 4_000, level: 2 },
    { threads: 1, mem_mb: 4_000, level: 75 },
  ]);
  expect(notes).toEqual([
    "out of memory; trying again with 4,000 MB and level 2",
    "exit code 75; trying again with level 75",
  ]);
});

test("on a cluster, what ran out is asked for again and more of it; what did not is not", async () => {
  const resources = { mem: "2GB", runtime: "1h", threads: 2 } as const;
  const ends = [lostOf("memory", 1), lostOf("timeout", 1)];
  const { calls, notes } = await play({ rule: { resources }, ends, remote: true });
  expect(calls.map(({ resources }) => [resources.mem_mb, resources.runtime])).toEqual([
    [2_000, 60],
    [4_000, 60],
    [4_000, 120],
  ]);
  expect(notes).toEqual([
    "out of memory with 2,000 MB; trying again with 4,000 MB",
    "time limit reached after 60 min; trying again with 120 min",
  ]);
  expect(calls[2]!.jobs[0]!.failures).toEqual([oom, { reason: "timeout" }]);
});

test("the end names what the last attempt had", async () => {
  const resources = { mem_mb: 500 };
  const never = await play({
    rule: { resources, retries: { oom: 0 } },
    ends: [lostOf("memory")],
    remote: true,
  });
  expect(never.errors).toEqual(["Out of memory with 500 MB: It was memory."]);
  const ends = [lostOf("memory"), lostOf("memory"), lostOf("memory")];
  const usual = await play({ rule: { resources }, ends, remote: true });
  expect(usual.errors).toEqual(["Attempt 3, out of memory with 1,500 MB: It was memory."]);
});

test("a function that looks at the attempt is taken at its word; one that does not is helped", async () => {
  const ends = [lostOf("memory")];
  const memory = async (resources: (job: { attempt: number }) => object) =>
    (await play({ rule: { resources }, ends, remote: true })).calls.map(({ resources }) => resources.mem_mb);
  expect(await memory(({ attempt }) => ({ mem_mb: 100 + attempt }))).toEqual([101, 102]);
  expect(await memory(() => ({ mem_mb: 100 }))).toEqual([100, 200]);
});

test("a lost job goes to another part of the queue, under its attempt's number", async () => {
  const queue = ({ reason }: { reason?: string }) => ({
    partition: reason === "lost" ? "safe" : "cheap",
  });
  const { calls, summary, events } = await play({
    rule: { queue, retries: { lost: 1 } },
    ends: [lostOf("preempted")],
    remote: true,
  });
  expect(events).toContainEqual({
    kind: "warning",
    text: "fit (x=1): attempt 1 was lost; trying again with partition safe (It was preempted.)",
  });
  expect(calls.map((call) => [call.queue, call.jobs[0]!.attempt])).toEqual([
    [{ partition: "cheap" }, 1],
    [{ partition: "safe" }, 1],
  ]);
  expect(summary).toMatchObject({ outcome: "done", failed: [] });
});

test("a lost task is one warning, however many jobs it had", async () => {
  const ends = [lostOf("node"), lostOf("node")];
  const { events } = await play({ rule: {}, ends, remote: true, wanted: ["1.out", "2.out", "3.out"] });
  const warnings = events.flatMap((event) => (event.kind === "warning" ? [event.text] : []));
  expect(warnings).toEqual([
    "fit (x=1) and 2 more jobs: attempt 1 was lost (It was node.)",
    "fit (x=1) and 2 more jobs: attempt 1 was lost 2 times (It was node.)",
  ]);
});

test("a job that is lost more often than its rule says has failed", async () => {
  const ends = Array.from({ length: 9 }, () => lostOf("node"));
  const errors = async (more: object) => (await play({ rule: more, ends, remote: true })).errors;
  expect(await errors({ retries: { lost: 1 } })).toEqual(["Lost 2 times: It was node."]);
  expect(await errors({ retries: { lost: 0 } })).toEqual(["Lost: It was node."]);
  expect(await errors({ retries: 9 })).toEqual(["Lost 6 times: It was node."]);
});

test("jobs of a rule share a task only if they ask the queue for the same", async () => {
  const wanted = ["1.out", "2.out", "3.out", "4.out"];
  const queue = ({ wildcards }: { wildcards: { x: string } }) => ({
    partition: Number(wildcards.x) < 3 ? "short" : "long",
  });
  const { calls } = await play({ rule: { queue }, ends: [], remote: true, wanted });
  expect(calls.map((call) => [call.queue?.partition, call.jobs.length])).toEqual([
    ["short", 2],
    ["long", 2],
  ]);
  const threads = ({ wildcards }: { wildcards: { x: string } }) => ({ threads: Number(wildcards.x) });
  const apart = await play({ rule: { resources: threads }, ends: [], remote: true, wanted });
  expect(apart.calls.map(({ resources }) => resources.threads)).toEqual([1, 2, 3, 4]);
});

test("where nothing runs on a cluster, nobody asks for the queue", async () => {
  const queue = () => {
    throw new Error("asked");
  };
  const { calls, summary } = await play({ rule: { queue, resources: () => ({}) }, ends: [] });
  expect(summary).toMatchObject({ outcome: "done", failed: [] });
  expect(calls[0]).not.toHaveProperty("queue");
  const there = await play({ rule: { queue }, ends: [], remote: true });
  expect(there.errors[0]).toContain("Its queue function failed: Error: asked");
});

test("a function that fails for the next attempt fails the job, with the error before", async () => {
  const resources = ({ reason }: { reason?: string }) => {
    if (reason === "oom") throw new Error("no more");
    return {};
  };
  const { errors } = await play({ rule: { resources, retries: 3 }, ends: [oom] });
  expect(errors[0]).toMatch(
    /^Its resources function failed: Error: no more[\s\S]*retried after this error: It failed\.$/,
  );
});

test("a function that fails for the next attempt of a lost job fails only the job", async () => {
  const queue = ({ reason, wildcards }: { reason?: string; wildcards: { x: string } }) => {
    if (reason === "lost" && wildcards.x === "1") throw new Error("there is no other partition");
    return {};
  };
  const { errors, summary } = await play({
    rule: { queue },
    remote: true,
    ends: [lostOf("preempted")],
    wanted: ["1.out", "2.out"],
  });
  expect(errors).toEqual([
    expect.stringMatching(
      /^Its queue function failed: Error: there is no other partition\n[\s\S]*retried after this error: It was preempted\.$/,
    ),
  ]);
  expect(summary).toMatchObject({ outcome: "failed", failed: [{ job: "fit (x=1)" }] });
});

test("a queue says itself what a task asks for, with what its profile adds", async () => {
  const seen: TaskNeeds[] = [];
  const { notes } = await play({
    rule: { resources: { mem_mb: 5 }, queue: { qos: "low" } },
    ends: [lostOf("memory")],
    remote: true,
    request(needs) {
      seen.push(needs);
      return { mem_mb: 1_000 * (needs.failures.length + 1) };
    },
  });
  expect(notes).toEqual(["out of memory with 1,000 MB; trying again with 2,000 MB"]);
  const needs = { rule: "fit", queue: { qos: "low" } };
  expect(seen).toContainEqual({ ...needs, resources: { threads: 1, mem_mb: 5 }, failures: [] });
  expect(seen).toContainEqual({ ...needs, resources: { threads: 1, mem_mb: 10 }, failures: [oom] });
});
