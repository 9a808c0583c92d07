/** Slurm's programs as small scripts: what they are given, and what is made of their failures. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
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
  await (await slurmQueue({}, folder)).states(["r"]);
  const seen = readFileSync(join(folder, "seen"), "utf8");
  expect(seen.match(/^\w+=mine$/gm)).toEqual(["SBATCH_ACCOUNT=mine"]);
});

test("single tasks cannot be cancelled where squeue fails, and it is said", async () => {
  program("squeue", "echo slurm_load_jobs error: Unable to contact slurm controller >&2; exit 1");
  const queue = await slurmQueue({}, folder);
  await expect(queue.cancel(["r"], { tasks: ["r/0-0"] })).rejects.toThrow("Unable to contact");
  await expect(queue.states(["r"])).rejects.toThrow("Unable to contact");
});
