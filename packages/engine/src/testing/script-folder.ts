/** A folder for each test of a file, with scripts and what they make: for tests of rules with programs. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { Rules } from "../rules/rule.ts";
import type { RunOptions } from "../run/options.ts";
import { run } from "../run/run.ts";

export const noPython = spawnSync("python3", ["--version"]).status !== 0;
if (noPython) console.warn("Skipped: Python scripts, as there is no python3 on this machine.");
export const noR = spawnSync("Rscript", ["--version"]).status !== 0;
if (noR) console.warn("Skipped: R scripts, as there is no Rscript on this machine.");
export let folder: string;

/** To be called once by the file. */
export function newFolders(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "braid-script-"));
    mkdirSync(join(folder, "scripts"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}

/** Runs rules there, one job at a time. */
export const go = (rules: Rules, options: Partial<RunOptions> = {}) =>
  run({ rules, folder, slots: 1, ...options });

export const text = (path: string) => readFileSync(join(folder, path), "utf8");

/** Writes a file and gives its path. */
export function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** Writes the lines of a Python script and gives its path. */
export const py = (...lines: string[]) => file("scripts/script.py", `${lines.join("\n")}\n`);

/** Writes the lines of an R script and gives its path. */
export const r = (...lines: string[]) => file("scripts/script.R", `${lines.join("\n")}\n`);

/** Whether a process ends within seconds: one that was killed still runs until a busy machine gets to it. */
export async function endsSoon(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 500; tries++) {
    if (hasEnded(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}

/** True for a zombie too. */
function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return true;
  }
}
