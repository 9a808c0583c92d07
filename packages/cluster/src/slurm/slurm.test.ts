/** Slurm's programs as small scripts: what they are given, and what is made of their failures. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realFiles } from "braid-engine/executor";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { submissionsIn } from "../queue/submissions.ts";
import { slurmQueue } from "./slurm.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-programs-"));
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  program("scontrol", "echo MaxArraySize = 100");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function program(name: string, lines: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${lines}\n`);
  chmodSync(join(folder, name), 0o755);
}

test("a person's settings for squeue and scancel do not count, those for sbatch do", async () => {
  for (const name of ["SQUEUE_PARTITION", "SCANCEL_INTERACTIVE", "SLURM_TIME_FORMAT", "SBATCH_ACCOUNT"])
    vi.stubEnv(name, "mine");
  program("squeue", `env > ${folder}/seen`);
  await (await slurmQueue({}, folder, realFiles(folder))).states(["r"]);
  const seen = readFileSync(join(folder, "seen"), "utf8");
  expect(seen.match(/^\w+=mine$/gm)).toEqual(["SBATCH_ACCOUNT=mine"]);
});

test("single tasks cannot be cancelled where squeue fails, and it is said", async () => {
  program("squeue", "echo slurm_load_jobs error: Unable to contact slurm controller >&2; exit 1");
  const queue = await slurmQueue({}, folder, realFiles(folder));
  await expect(queue.cancel(["r"], { tasks: ["r/0-0"] })).rejects.toThrow("Unable to contact");
  await expect(queue.states(["r"])).rejects.toThrow("Unable to contact");
});

/** What sbatch has told: array 0 of the run is Slurm's job 17, as a head that died has noted it. */
function submitted(): void {
  mkdirSync(join(folder, ".braid/tasks/r"), { recursive: true });
  submissionsIn(realFiles(folder)).note("r/0", { id: "17", size: 4 });
}

test("tasks whose comments a site has rewritten are found and cancelled by their array job", async () => {
  submitted();
  program(
    "squeue",
    'case "$*" in *%T*) echo "17|2|braid-r|RUNNING|None|2026-01-01T10:00:00|site=a" ;; *) echo "17_2|17|2|braid-r|site=a"; echo "17_3|17|3|braid-r|" ;; esac',
  );
  program("scancel", `echo "$*" > ${folder}/seen`);
  const queue = await slurmQueue({}, folder, realFiles(folder));
  expect([...(await queue.states(["r"]))]).toEqual([["r/0-2", { kind: "running" }]]);
  await queue.cancel(["r"], { tasks: ["r/0-2"] });
  expect(readFileSync(join(folder, "seen"), "utf8")).toBe("--quiet 17_2\n");
});

test("of tasks that squeue is silent about scontrol is asked; its own silence is no answer", async () => {
  submitted();
  const job = "JobName=braid-r UserId=me(1) JobState=";
  const says = (lines: string) =>
    program("scontrol", `[ "$2" = job ] || { echo MaxArraySize = 100; exit; }\n${lines}`);
  const tasks = ["r/0-0", "r/0-1", "r/0-3", "r/8-0"];
  says(
    `echo "JobId=18 ArrayJobId=17 ArrayTaskId=0 ${job}RUNNING Reason=None"; echo "JobId=17 ArrayJobId=17 ArrayTaskId=1-2%1 ${job}PENDING Reason=launch failed requeued held Dependency=(null)"`,
  );
  const queue = await slurmQueue({}, folder, realFiles(folder));
  const unknown = { kind: "ended", loss: "node", reason: "The queue no longer knows the task." };
  expect([...(await queue.confirm!(tasks))]).toEqual([
    ["r/0-0", { kind: "running" }],
    ["r/0-1", expect.objectContaining({ kind: "ended", held: true })],
    ["r/0-3", unknown],
    // Sbatch has told no id: there is nothing else to ask by.
    ["r/8-0", unknown],
  ]);
  says("echo slurm_load_jobs error: Invalid job id specified >&2; exit 1");
  expect((await queue.confirm!(tasks)).get("r/0-0")).toEqual(unknown);
  says("exit 0");
  await expect(queue.confirm!(tasks)).rejects.toThrow(
    "scontrol reports nothing about the job 17 (exit code 0)",
  );
  says("echo slurm_load_jobs error: Unable to contact slurm controller >&2; exit 1");
  await expect(queue.confirm!(tasks)).rejects.toThrow("Unable to contact");
});
