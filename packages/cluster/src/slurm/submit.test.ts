import { expect, test } from "vitest";
import { QueueBusy, type TaskArray } from "../queue/queue.ts";
import { refusal, requestOf, sbatchArguments, sbatchScript } from "./submit.ts";

const array: TaskArray = {
  run: "r1",
  number: 3,
  size: 50,
  rule: "train_model",
  attempt: 1,
  failures: [],
  jobs: 10,
  resources: { threads: 2, gpu: 1, mem_mb: 800, runtime: 20 },
};
const context = { settings: {}, folder: "/data/my work", maxTime: 3_000 };

test("a rule's own resources are what its tasks ask for", () => {
  expect(sbatchArguments(array, context)).toEqual([
    "--parsable",
    "--no-requeue",
    "--job-name=braid-r1",
    "--comment=3 train_model",
    "--array=0-49",
    "--chdir=/data/my work",
    "--output=/data/my work/.braid/tasks/r1/3-%a.out",
    "--open-mode=append",
    "--cpus-per-task=2",
    "--time=0-00:20:00",
    "--mem=800M",
    "--gres=gpu:1",
  ]);
});

test("the profile wins over the rule, and its words for the rule over those for all", () => {
  const settings = {
    account: "water",
    time: "60",
    mem: "2G",
    throttle: 10,
    extra: ["--constraint=ib"],
    rules: { train_model: { time: "30", gres: "gpu:a100:1", qos: "high" } },
  };
  const words = sbatchArguments(array, { ...context, settings });
  for (const word of [
    "--account=water",
    "--time=0-00:30:00",
    "--mem=2048M",
    "--gres=gpu:a100:1",
    "--qos=high",
    "--array=0-49%10",
    "--constraint=ib",
  ])
    expect(words).toContain(word);
});

test("the limits of the profile are raised for whatever ran out, within the partition's limit", () => {
  const settings = { time: "20", mem: "800" };
  const words = (...reasons: ("oom" | "timeout")[]) =>
    sbatchArguments({ ...array, failures: reasons.map((reason) => ({ reason })) }, { ...context, settings });
  expect(words("oom")).toEqual(expect.arrayContaining(["--mem=1600M", "--time=0-00:20:00"]));
  expect(words("timeout")).toEqual(expect.arrayContaining(["--mem=800M", "--time=0-00:40:00"]));
  expect(words("timeout", "oom", "timeout")).toEqual(
    expect.arrayContaining(["--mem=1600M", "--time=0-00:50:00"]),
  );
});

test("the engine has raised what the rule asks for itself", () => {
  const words = sbatchArguments({ ...array, failures: [{ reason: "oom" }] }, context);
  expect(words).toEqual(expect.arrayContaining(["--mem=800M", "--time=0-00:20:00"]));
});

test("the workflow's words for a rule or job override the profile's for all, and the profile's for the rule both", () => {
  const settings = {
    partition: "cpu",
    account: "water",
    extra: ["--export=NONE"],
    rules: { train_model: { qos: "high", partition: "own" } },
  };
  const queue = {
    partition: "long",
    qos: "low",
    account: "lab",
    constraint: "ib&avx512",
    gres: "gpu:a100:1",
    extra: ["--exclusive"],
    set: { ignored: 1 },
  };
  const words = sbatchArguments({ ...array, queue }, { ...context, settings });
  expect(words.slice(9)).toEqual([
    "--account=lab",
    "--partition=own",
    "--qos=high",
    "--constraint=ib&avx512",
    "--time=0-00:20:00",
    "--mem=800M",
    "--gres=gpu:a100:1",
    "--exclusive",
  ]);
});

test("messages name what a task asks Slurm for", () => {
  const settings = { partition: "cpu", mem: "2G" };
  const queue = { qos: "low", extra: ["--exclusive", "--nice=10"] };
  expect(requestOf(settings, { ...array, queue, failures: [{ reason: "oom" }] }, 600)).toEqual({
    cpus: 2,
    mem_mb: 4_096,
    runtime: 10,
    partition: "cpu",
    qos: "low",
    extra: "--exclusive --nice=10",
  });
});

test("the script sets up the environment and becomes the runner", () => {
  const settings = { setup: ["module load gcc"], prefix: "apptainer exec braid.sif", node: "node" };
  const lines = sbatchScript(array, { ...context, settings }).split("\n");
  expect(lines[0]).toBe("#!/bin/bash");
  expect(lines.indexOf("module load gcc")).toBeLessThan(lines.indexOf("export BRAID_CPUS=2"));
  expect(lines.at(-2)).toMatch(
    /^exec apptainer exec braid\.sif node \/\S+\/runner-main\.ts '\/data\/my work' r1\/3-"\$SLURM_ARRAY_TASK_ID"$/,
  );
});

test("limits and troubles of the controller are waited for, mistakes are not", () => {
  const many = refusal(
    "sbatch: error: QOSMaxSubmitJobPerUserLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
  );
  expect(many).toBeInstanceOf(QueueBusy);
  expect((many as QueueBusy).tooMany).toBe(true);
  const down = refusal(
    "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)",
  );
  expect(down).toBeInstanceOf(QueueBusy);
  expect((down as QueueBusy).tooMany).toBe(false);
  const hung = refusal("sbatch is not responding: ended after 120 s");
  expect(hung).toBeInstanceOf(QueueBusy);
  expect((hung as QueueBusy).tooMany).toBe(false);
  const wrong = refusal(
    "sbatch: error: invalid partition specified: nosuch\nsbatch: error: Batch job submission failed: Invalid partition name specified",
  );
  expect(wrong).not.toBeInstanceOf(QueueBusy);
  expect(wrong.message).toBe(
    "invalid partition specified: nosuch\nBatch job submission failed: Invalid partition name specified\nName another partition in the profile: `sinfo -s` lists them.",
  );
});

test.each([
  ["CPU count per node can not be satisfied", "fewer cpus"],
  ["Memory specification can not be satisfied", "less mem"],
  ["Invalid generic resource (gres) specification", "Mend gres or gpus"],
  ["Invalid account or account/partition combination specified", "another account"],
  ["Invalid qos specification", "another qos"],
  ["Requested time limit is invalid (missing or exceeds some limit)", "less time"],
])("%j is told with what to change", (said, advice) => {
  expect(refusal(`sbatch: error: Batch job submission failed: ${said}`).message).toContain(advice);
});
