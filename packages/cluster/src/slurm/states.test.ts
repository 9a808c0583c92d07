import { expect, test } from "vitest";
import { readState, readStates } from "./states.ts";

const runs = { names: new Map([["braid-r1", "r1"]]), arrays: new Map([["20", "r1/5"]]) };

test("squeue's lines become states by run, array and index; other people's jobs are passed over", () => {
  const squeue = [
    "17|0|braid-r1|RUNNING|None|2026-01-01T10:00:00|3 train_model",
    "17|1|braid-r1|PENDING|Resources|2026-01-01T10:00:00|3 train_model",
    "18|0|braid-r1|COMPLETED|None|2026-01-01T10:00:00|4 a|rule with a bar",
    "99|0|braid-r2|RUNNING|None|2026-01-01T10:00:00|3 train_model",
    "5|N/A|bash|RUNNING|None|2026-01-01T10:00:00|(null)",
    "",
  ].join("\n");
  expect([...readStates(squeue, runs)]).toEqual([
    ["r1/3-0", { kind: "running" }],
    ["r1/3-1", { kind: "pending" }],
    ["r1/4-0", { kind: "ended", loss: null, reason: expect.any(String) }],
  ]);
});

test("a task is known by its array job too, whatever a site's plugin makes of the comment", () => {
  const line = (job: number, comment: string) =>
    `${job}|1|braid-r1|RUNNING|None|2026-01-01T10:00:00|${comment}\n`;
  const squeue = line(20, "project=water") + line(20, "9 x") + line(21, "project=water") + line(21, "6 x");
  expect([...readStates(squeue, runs).keys()]).toEqual(["r1/5-1", "r1/6-1"]);
});

test("of an array that was submitted twice the livelier task counts", () => {
  const line = (state: string) => `1|0|braid-r1|${state}|None|2026-01-01T10:00:00|3 x\n`;
  expect(readStates(line("CANCELLED") + line("RUNNING") + line("PENDING"), runs).get("r1/3-0")).toEqual({
    kind: "running",
  });
});

test("after the controller's crash its CANCELLED is no person's word, unless the task is younger", () => {
  const squeue = "1|0|braid-r1|CANCELLED|None|2026-01-01T10:00:00|3 x\n";
  const state = (booted: string) => readStates(squeue, runs, booted).get("r1/3-0");
  expect(state("2026-01-01T10:00:01")).toMatchObject({ kind: "ended", loss: "node" });
  expect(state("2026-01-01T09:59:59")).toMatchObject({ kind: "ended", loss: "cancelled" });
});

test.each([
  ["TIMEOUT", "timeout"],
  ["OUT_OF_MEMORY", "memory"],
  ["NODE_FAIL", "node"],
  ["BOOT_FAIL", "node"],
  ["PREEMPTED", "preempted"],
  ["CANCELLED", "cancelled"],
  ["FAILED", "crashed"],
  ["DEADLINE", "timeout"],
])("%s is the loss %s", (state, loss) => {
  expect(readState(state, "None")).toMatchObject({ kind: "ended", loss });
});

test("a signal that ended a task's runner is explained", () => {
  expect(readState("FAILED", "RaisedSignal:9(Killed)")).toMatchObject({
    loss: "crashed",
    reason: expect.stringMatching(/^The task's runner was ended by SIGKILL: .*perhaps out of memory/),
  });
  expect(readState("FAILED", "NonZeroExitCode")).toMatchObject({
    reason: "The task's runner ended before its jobs did (NonZeroExitCode).",
  });
});

test("a task that waits for resources waits; one that would wait for ever is told so, with what to do", () => {
  for (const reason of ["Resources", "Priority", "JobHeldUser", "QOSMaxJobsPerUserLimit", "ReqNodeNotAvail"])
    expect(readState("PENDING", reason)).toEqual({ kind: "pending" });
  expect(readState("PENDING", "PartitionTimeLimit")).toEqual({
    kind: "pending",
    never: "Slurm would never start it: PartitionTimeLimit. Ask for less time in the profile.",
  });
  expect(readState("PENDING", "InvalidAccount")).toMatchObject({
    never: expect.stringContaining("another account"),
  });
});

test("what may pass, though it mostly does not, is told as a doubt", () => {
  expect(readState("PENDING", "PartitionConfig")).toEqual({
    kind: "pending",
    never: expect.stringContaining("PartitionConfig. No node of the Slurm partition has what it asks for"),
    doubtful: true,
  });
});

test("a task that its node could not start is lost with the node, not held", () => {
  expect(readState("PENDING", "launch failed requeued held")).toMatchObject({
    kind: "ended",
    loss: "node",
    held: true,
  });
});
